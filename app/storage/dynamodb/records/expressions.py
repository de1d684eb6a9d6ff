"""Expressions of the update of a record."""

from typing import Any, NamedTuple

from app.model.employee import Employee
from app.model.fields import CONTENT_FIELDS
from app.storage.dynamodb.client.calls import Item
from app.storage.dynamodb.records.codec import (
    ATTRIBUTES,
    attribute_value,
    employee_from,
    now,
)
from app.storage.dynamodb.records.generations import PAIRS, attributes_of, differ, notes


class Expression(NamedTuple):
    """An expression with its names and values."""

    text: str
    names: dict[str, str]
    values: Item


def update_expression(
    item: Item, employee: Employee, ix: str, write_id: str, mark: str
) -> Expression:
    """Return the update of a record to ``employee``; it names only the attributes that differ.

    ``mark`` is that of the change which tells of it.
    """
    stored = employee_from(item)
    to_set: Item = {
        "version": {"N": str(stored.version + 1)},
        "updated_at": {"S": now()},
        "ix": {"S": ix},
        "write_id": {"S": write_id},
        "history": {"S": mark},
    }
    to_remove = []
    for field in CONTENT_FIELDS:
        content = getattr(employee, field)
        is_same = content == getattr(stored, field)
        for name in _attributes_to_write(item, field, content, is_same=is_same):
            if (value := attribute_value(content)) is None:
                to_remove.append(name)
            else:
                to_set[name] = value
    keys = {name: f"e{position}" for position, name in enumerate((*to_set, *to_remove))}
    text = "SET " + ", ".join(f"#{keys[name]} = :{keys[name]}" for name in to_set)
    if to_remove:
        text += " REMOVE " + ", ".join(f"#{keys[name]}" for name in to_remove)
    return Expression(
        text,
        {f"#{key}": name for name, key in keys.items()},
        {f":{keys[name]}": value for name, value in to_set.items()},
    )


def _attributes_to_write(item: Item, field: str, content: Any, *, is_same: bool) -> tuple[str, ...]:
    """Return the attributes of a field that do not have this content, in this record."""
    if field not in PAIRS:
        return () if is_same else (ATTRIBUTES[field],)
    if is_same and not differ(item, field, content):
        return ()
    names = attributes_of(item, field)
    return (*names, *(note for note, _ in notes(field, names, content)))


def marking(mark: str, ix: str = "") -> Expression:
    """Return the update of a record that changes its mark, its index hash, or both; "" keeps."""
    to_set = {name: {"S": text} for name, text in (("history", mark), ("ix", ix)) if text}
    return Expression(
        "SET " + ", ".join(f"#{name} = :{name}" for name in to_set),
        {f"#{name}": name for name in to_set},
        {f":{name}": value for name, value in to_set.items()},
    )


def updated(item: Item, update: Expression) -> Item:
    """Return the record after an update; a transaction does not return it."""
    values = {name: update.values.get(f":{key[1:]}") for key, name in update.names.items()}
    return {name: value for name, value in {**item, **values}.items() if value is not None}
