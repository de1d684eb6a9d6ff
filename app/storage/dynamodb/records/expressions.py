"""Expressions of the update of a record."""

from typing import NamedTuple

from app.model.employee import Employee
from app.model.fields import CONTENT_FIELDS
from app.storage.dynamodb.client.calls import Item
from app.storage.dynamodb.records.codec import ATTRIBUTES, attribute_value, now


class Expression(NamedTuple):
    """An expression with its names and values."""

    text: str
    names: dict[str, str]
    values: Item


def update_expression(stored: Employee, employee: Employee, ix: str, write_id: str) -> Expression:
    """Return the update of ``stored`` to ``employee``; it names only the fields that differ."""
    to_set: Item = {
        "version": {"N": str(stored.version + 1)},
        "updated_at": {"S": now()},
        "ix": {"S": ix},
        "write_id": {"S": write_id},
    }
    to_remove = []
    for field in CONTENT_FIELDS:
        content = getattr(employee, field)
        if content != getattr(stored, field):
            value = attribute_value(content)
            if value is None:
                to_remove.append(ATTRIBUTES[field])
            else:
                to_set[ATTRIBUTES[field]] = value
    keys = {name: f"e{position}" for position, name in enumerate((*to_set, *to_remove))}
    text = "SET " + ", ".join(f"#{keys[name]} = :{keys[name]}" for name in to_set)
    if to_remove:
        text += " REMOVE " + ", ".join(f"#{keys[name]}" for name in to_remove)
    return Expression(
        text,
        {f"#{key}": name for name, key in keys.items()},
        {f":{keys[name]}": value for name, value in to_set.items()},
    )


def updated(item: Item, update: Expression) -> Item:
    """Return the record after an update; a transaction does not return it."""
    values = {name: update.values.get(f":{key[1:]}") for key, name in update.names.items()}
    return {name: value for name, value in {**item, **values}.items() if value is not None}
