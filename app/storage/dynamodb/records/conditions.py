"""Conditions that a record is still as it was read, for the actions of a transaction."""

from typing import Any

from app.storage.dynamodb.client.attributes import for_botocore
from app.storage.dynamodb.client.calls import Item
from app.storage.dynamodb.records.codec import ATTRIBUTES
from app.storage.dynamodb.records.expressions import Expression
from app.storage.dynamodb.records.generations import PAIRS

# All that an edit can be about, our version number, and the mark of the last recorded change.
_COMPARED = (*ATTRIBUTES.values(), *(pair.node for pair in PAIRS.values()), "version", "history")


def unchanged(item: Item) -> dict[str, Any]:
    """Return the condition that no program has changed the record since it was read."""
    return _condition(_unchanged(item))


def update_unchanged(item: Item, update: Expression) -> dict[str, Any]:
    """Return an update of the record with the condition that it is unchanged."""
    text, names, values = _unchanged(item)
    condition = Expression(text, {**names, **update.names}, {**values, **update.values})
    return {"UpdateExpression": update.text, **_condition(condition)}


def _unchanged(item: Item) -> Expression:
    parts, names, values = ["attribute_exists(#g)"], {"#g": "id"}, {}
    for position, name in enumerate(_COMPARED):
        names[f"#g{position}"] = name
        if name in item:
            parts.append(f"#g{position} = :g{position}")
            values[f":g{position}"] = for_botocore(item[name])
        else:
            parts.append(f"attribute_not_exists(#g{position})")
    return Expression(" AND ".join(parts), names, values)


def _condition(expression: Expression) -> dict[str, Any]:
    parts: dict[str, Any] = {
        "ConditionExpression": expression.text,
        "ExpressionAttributeNames": expression.names,
    }
    if expression.values:
        parts["ExpressionAttributeValues"] = expression.values
    return parts
