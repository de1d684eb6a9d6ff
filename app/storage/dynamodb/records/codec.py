"""A record of the table Employees becomes an Employee, whatever it holds, and an edit an update.

The attributes of the course's app: id, full_name, location, job_title, badges (a list of strings,
absent when empty), object_key (absent without a photo). Ours stand beside them.
"""

from __future__ import annotations

import base64
import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from app.model.employee import CONTENT_FIELDS, TEXT_FIELDS, Employee, badges_from
from app.model.errors import EmployeeNotFound
from app.storage.dynamodb.client.calls import Item
from app.storage.dynamodb.client.tables import PHOTO_PREFIX

_ATTRIBUTE = {name: name for name in CONTENT_FIELDS} | {"photo_key": "object_key"}
_LONGEST_ID = 2048  # bytes; an address can hold more
# What a change is conditional on: all that an edit could be about, and our version number.
_GUARDED = (*_ATTRIBUTE.values(), "version")


class Expression(NamedTuple):
    """An expression with its names and values."""

    text: str
    names: dict[str, str]
    values: Item


def employee_from(item: Item) -> Employee:
    """The employee in a record; never fails, however odd the record is."""
    texts = {name: _text(item.get(name)) for name in TEXT_FIELDS}
    texts["start_date"] = _iso_date(texts["start_date"])
    return Employee(
        id=item["id"]["S"],
        **texts,
        badges=badges_from(_plain(item.get("badges"))),
        photo_key=_photo_key(_text(item.get("object_key"))),
        version=_version(item.get("version")),
        updated_at=_time(_text(item.get("updated_at"))),
    )


def is_id(text: str) -> bool:
    """Whether a key can hold it: nobody has another."""
    try:
        return 0 < len(text.encode()) <= _LONGEST_ID
    except UnicodeEncodeError:
        return False


def checked_id(text: str) -> str:
    """The id, if it can be one. Raises EmployeeNotFound."""
    if is_id(text):
        return text
    raise EmployeeNotFound(text)


def tidy_text(employee: Employee) -> Employee:
    """The employee as it will be read back: NFC, and without what UTF-8 cannot hold."""
    texts: dict[str, Any] = {
        name: unicodedata.normalize(
            "NFC", getattr(employee, name).encode("utf-8", "ignore").decode()
        )
        for name in TEXT_FIELDS
    }
    texts["start_date"] = _iso_date(texts["start_date"])
    badges = badges_from(employee.badges)
    return replace(employee, **texts, badges=badges, photo_key=_photo_key(employee.photo_key))


def new_record(employee: Employee, ix: str, write_id: str, *, keep_version: bool = False) -> Item:
    """The whole record of an employee who is new: version 1 of this moment, or as they are."""
    item: Item = {"id": {"S": employee.id}, "ix": {"S": ix}}
    for name in CONTENT_FIELDS:
        value = _value(getattr(employee, name))
        if value is not None:
            item[_ATTRIBUTE[name]] = value
    item["version"] = {"N": str(employee.version if keep_version else 1)}
    if not keep_version:
        item["updated_at"] = {"S": _now()}
    elif employee.updated_at is not None:
        item["updated_at"] = {"S": employee.updated_at.astimezone(UTC).isoformat()}
    if write_id:
        item["write_id"] = {"S": write_id}
    return item


def changes(stored: Employee, wanted: Employee, ix: str, write_id: str) -> Expression:
    """The update that makes ``stored`` into ``wanted``; it names only what differs."""
    setting: Item = {
        "version": {"N": str(stored.version + 1)},
        "updated_at": {"S": _now()},
        "ix": {"S": ix},
        "write_id": {"S": write_id},
    }
    removing = []
    for name in CONTENT_FIELDS:
        new = getattr(wanted, name)
        if new != getattr(stored, name):
            value = _value(new)
            if value is None:
                removing.append(_ATTRIBUTE[name])
            else:
                setting[_ATTRIBUTE[name]] = value
    names = {f"#e{at}": name for at, name in enumerate((*setting, *removing))}
    place = {name: key for key, name in names.items()}
    text = "SET " + ", ".join(f"{place[name]} = :{place[name][1:]}" for name in setting)
    if removing:
        text += " REMOVE " + ", ".join(place[name] for name in removing)
    return Expression(text, names, {f":{place[name][1:]}": setting[name] for name in setting})


def changed(item: Item, change: Expression) -> Item:
    """The record after an update; a transaction does not return it."""
    kept = {name: value for name, value in item.items() if name not in change.names.values()}
    new = {name: change.values[f":{key[1:]}"] for key, name in change.names.items()
           if f":{key[1:]}" in change.values}  # fmt: skip
    return {**kept, **new}


def as_read(item: Item) -> Expression:
    """The condition that the record still holds what was read, whoever writes to the table."""
    parts, names, values = [], {"#g": "id"}, {}
    parts.append("attribute_exists(#g)")
    for at, name in enumerate(_GUARDED):
        names[f"#g{at}"] = name
        if name in item:
            parts.append(f"#g{at} = :g{at}")
            values[f":g{at}"] = _for_botocore(item[name])
        else:
            parts.append(f"attribute_not_exists(#g{at})")
    return Expression(" AND ".join(parts), names, values)


def written_by(item: Item) -> str:
    """The id of the form that last wrote the record."""
    return _text(item.get("write_id"))


def index_hash(item: Item) -> str:
    """The hash of the projection at our last write."""
    return _text(item.get("ix"))


def _value(content: str | tuple[str, ...]) -> dict[str, Any] | None:
    if not content:
        return None
    return {"S": content} if isinstance(content, str) else {"L": [{"S": key} for key in content]}


def _text(value: dict[str, Any] | None) -> str:
    content = (value or {}).get("S", (value or {}).get("N", ""))
    if not isinstance(content, str):
        return ""
    return content if content.isascii() else unicodedata.normalize("NFC", content)


def _plain(value: dict[str, Any] | None) -> object:
    if not value:
        return None
    if "L" in value:
        return [member["S"] for member in value["L"] if "S" in member]
    return set(value["SS"]) if "SS" in value else value.get("S")


def _photo_key(key: str) -> str:
    name = key.removeprefix(PHOTO_PREFIX)
    good = key != name and name and "/" not in name and name.isprintable() and len(name) <= 200
    return key if good else ""


def _iso_date(text: str) -> str:
    try:
        return text if len(text) == 10 and date.fromisoformat(text) else ""
    except ValueError:
        return ""


def _version(value: dict[str, Any] | None) -> int:
    digits = str((value or {}).get("N", ""))
    return int(digits) if digits.isdigit() and len(digits) < 16 else 0


def _time(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _for_botocore(value: dict[str, Any]) -> dict[str, Any]:
    """Binary values as bytes: the lean reader leaves them as they come, in base64."""
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
