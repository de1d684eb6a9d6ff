"""Conditions that a record is still as it was read, for the actions of a transaction."""

import base64
from typing import Any

from app.storage.dynamodb.client.calls import Item
from app.storage.dynamodb.records.codec import ATTRIBUTES
from app.storage.dynamodb.records.expressions import Expression

# All that an edit can be about, and our version number.
_COMPARED = (*ATTRIBUTES.values(), "version")


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
            values[f":g{position}"] = _for_botocore(item[name])
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


def _for_botocore(value: dict[str, Any]) -> dict[str, Any]:
    """Decode binary values, which the fast path returns in base64 as they come."""
    kind, content = next(iter(value.items()))
    if kind == "B":
        return {"B": base64.b64decode(content)}
    if kind == "BS":
        return {"BS": [base64.b64decode(part) for part in content]}
    if kind == "L":
        return {"L": [_for_botocore(part) for part in content]}
    if kind == "M":
        return {"M": {name: _for_botocore(part) for name, part in content.items()}}
    return value
