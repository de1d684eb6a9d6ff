"""Codec between records of the table Employees and Employee.

The attributes of the course's app are id, full_name, location, job_title, badges (a list of
strings, absent when empty) and object_key (absent without a photo); ours are stored beside them.
Where name and photo are in a record of the course's newer application, generations.py knows.
"""

from dataclasses import replace
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

from app.model.employee import Employee, badges_from, hidden_from
from app.model.errors import EmployeeNotFound
from app.model.fields import CONTENT_FIELDS, DATE_FIELDS, FIELDS, TEXT_FIELDS
from app.model.stored_values import stored_date, stored_text, stored_time, stored_version
from app.photos.keys import any_photo_key
from app.storage.dynamodb.client.calls import Item
from app.storage.dynamodb.records.generations import (
    PAIRS,
    attributes_for,
    full_name_in,
    generation_in,
    notes,
    photo_key_in,
    text_of,
)

ATTRIBUTES = {field.name: field.dynamodb_attribute for field in FIELDS}
_texts_of = attrgetter(*TEXT_FIELDS)
_MAX_ID_BYTES = 2048  # of a key; an address can hold more


def employee_from(item: Item) -> Employee:
    """Decode a record, whatever other programs have put into it; never fails."""
    texts = {name: text_of(item.get(name)) for name in TEXT_FIELDS}
    texts["full_name"] = full_name_in(item)
    for name in DATE_FIELDS:
        texts[name] = stored_date(texts[name])
    return Employee(
        id=item["id"]["S"],
        **texts,
        badges=badges_from(_plain(item.get("badges"))),
        photo_key=photo_key_in(item),
        hidden=hidden_from(_plain(item.get("hidden"))),
        version=stored_version((item.get("version") or {}).get("N")),
        updated_at=stored_time(text_of(item.get("updated_at"))),
        generation=generation_in(item),
        history=text_of(item.get("history")),
    )


def is_id(text: str) -> bool:
    """Return whether a key can hold the id; no employee has another."""
    try:
        return 0 < len(text.encode()) <= _MAX_ID_BYTES
    except UnicodeEncodeError:
        return False


def checked_id(text: str) -> str:
    """Return the id if a key can hold it. Raises EmployeeNotFound."""
    if is_id(text):
        return text
    raise EmployeeNotFound(text)


def normalized(employee: Employee) -> Employee:
    """Return the employee as it will be read back: NFC, and without what UTF-8 cannot hold."""
    texts: dict[str, Any] = {
        name: text if text.isascii() else stored_text(text)
        for name, text in zip(TEXT_FIELDS, _texts_of(employee), strict=True)
    }
    for name in DATE_FIELDS:
        texts[name] = stored_date(texts[name])
    return replace(
        employee,
        **texts,
        badges=badges_from(employee.badges),
        photo_key=any_photo_key(employee.photo_key),
        hidden=hidden_from(employee.hidden),
    )


def new_record(
    employee: Employee, ix: str, write_id: str, mark: str = "", *, keep_version: bool = False
) -> Item:
    """Encode a new employee: version 1 and the time of now, or both as they are.

    ``mark`` is that of the change which tells of it, "" if none does.
    """
    item: Item = {"id": {"S": employee.id}, "ix": {"S": ix}}
    for field in CONTENT_FIELDS:
        content = getattr(employee, field)
        if (value := attribute_value(content)) is not None:
            names = _attributes_for(employee, field)
            item |= dict.fromkeys(names, value)
            item |= {name: {"S": text} for name, text in notes(field, names, content)}
    item["version"] = {"N": str(employee.version if keep_version else 1)}
    if not keep_version:
        item["updated_at"] = {"S": now()}
    elif employee.updated_at is not None:
        item["updated_at"] = {"S": employee.updated_at.astimezone(UTC).isoformat()}
    ours = {"write_id": write_id, "history": mark}
    return item | {name: {"S": text} for name, text in ours.items() if text}


def _attributes_for(employee: Employee, field: str) -> tuple[str, ...]:
    if field in PAIRS:
        return attributes_for(employee.generation, field)
    return (ATTRIBUTES[field],)


def written_by(item: Item) -> str:
    """Return the id of the write that last changed the record."""
    return text_of(item.get("write_id"))


def index_hash(item: Item) -> str:
    """Return the hash of the projection at our last write."""
    return text_of(item.get("ix"))


def attribute_value(content: str | tuple[str, ...]) -> dict[str, Any] | None:
    """Encode the content of a field; None for an empty one, which has no attribute."""
    if not content:
        return None
    return {"S": content} if isinstance(content, str) else {"L": [{"S": key} for key in content]}


def _plain(value: dict[str, Any] | None) -> object:
    if not value:
        return None
    if "L" in value:
        return [member["S"] for member in value["L"] if "S" in member]
    return set(value["SS"]) if "SS" in value else value.get("S")


def now() -> str:
    """Return the current time as records have it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
