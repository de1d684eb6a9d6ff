"""The actions of a transaction, each on the condition that its item is as it was read."""

from typing import Any

from app.storage.dynamodb.accounts.items import Row, key_of
from app.storage.dynamodb.client.attributes import for_botocore
from app.storage.dynamodb.client.calls import Item

Action = dict[str, Any]


def update(
    table: str, row: Row, attributes: Item, seen: Item | None, *unchanged: str
) -> dict[str, Any]:
    """Return the request that sets these attributes if those named are as in ``seen``."""
    names = {f"#{number}": name for number, name in enumerate(attributes)}
    values = {f":{number}": attributes[name] for number, name in enumerate(attributes)}
    assignments = (f"#{number} = :{number}" for number in range(len(attributes)))
    condition = _unchanged(seen or {}, unchanged)
    return {
        "TableName": table,
        "Key": key_of(row),
        "UpdateExpression": f"SET {', '.join(assignments)}",
        "ConditionExpression": condition["ConditionExpression"],
        "ExpressionAttributeNames": {**names, **condition["ExpressionAttributeNames"]},
        "ExpressionAttributeValues": {**values, **condition.get("ExpressionAttributeValues", {})},
    }


def put(table: str, row: Row, attributes: Item) -> Action:
    """Return the action that puts an item."""
    return {"Put": {"TableName": table, "Item": {**key_of(row), **attributes}}}


def put_unchanged(
    table: str, row: Row, attributes: Item, seen: Item | None, *unchanged: str
) -> Action:
    """Return the action that puts an item if the attributes named are as in ``seen``."""
    item = {**key_of(row), **attributes}
    return {"Put": {"TableName": table, "Item": item, **_unchanged(seen or {}, unchanged)}}


def delete(table: str, row: Row) -> Action:
    """Return the action that deletes an item, if it exists."""
    return {"Delete": {"TableName": table, "Key": key_of(row)}}


def delete_unchanged(table: str, row: Row, seen: Item, *unchanged: str) -> Action:
    """Return the action that deletes an item if the attributes named are as in ``seen``."""
    return {"Delete": {"TableName": table, "Key": key_of(row), **_unchanged(seen, unchanged)}}


def check(table: str, row: Row, seen: Item | None, *unchanged: str) -> Action:
    """Return the action that checks that the attributes named are as in ``seen``."""
    condition = _unchanged(seen or {}, unchanged)
    return {"ConditionCheck": {"TableName": table, "Key": key_of(row), **condition}}


def _unchanged(seen: Item, names: tuple[str, ...]) -> dict[str, Any]:
    terms, values = [], {}
    for number, name in enumerate(names):
        if name in seen:
            terms.append(f"#seen{number} = :seen{number}")
            values[f":seen{number}"] = for_botocore(seen[name])
        else:
            terms.append(f"attribute_not_exists(#seen{number})")
    condition = {
        "ConditionExpression": " AND ".join(terms),
        "ExpressionAttributeNames": {f"#seen{number}": name for number, name in enumerate(names)},
    }
    return {**condition, "ExpressionAttributeValues": values} if values else condition
