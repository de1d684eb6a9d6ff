"""Write an employee as a line of JSON with every field of a record, and read it back."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import Any

from app.exports.people_of_view import People
from app.model.employee import GENERATIONS, Employee, badges_from, hidden_from
from app.model.fields import TEXT_FIELDS
from app.model.stored_values import encodable, stored_time, stored_version
from app.photos.keys import any_photo_key
from app.runtime import strict_json

# Of who does not leave, a line is as it was before there was a last day.
_TEXTS = tuple(name for name in TEXT_FIELDS if name != "left_on")


def json_lines_file(pages: Iterable[People]) -> Iterator[bytes]:
    """Yield the file, one piece per page of people."""
    for people in pages:
        if people:
            yield b"".join(to_json_line(person) for person in people)


def to_json_line(person: Employee, *, for_backup: bool = False) -> bytes:
    """Serialize an employee; equal employees give equal bytes in every store.

    A backup also has the generation of a record, which a restore into DynamoDB brings back, and the
    mark of its last recorded change.
    """
    moment = person.updated_at
    record: dict[str, Any] = {
        "id": person.id,
        **{name: getattr(person, name) for name in _TEXTS},
        "badges": person.badges,
        "photo_key": any_photo_key(person.photo_key),
        "version": person.version,
        "updated_at": moment.astimezone(UTC).isoformat(timespec="microseconds") if moment else None,
    }
    if person.left_on:
        record["left_on"] = person.left_on
    if person.hidden:
        record["hidden"] = person.hidden
    if for_backup and person.generation:
        record["generation"] = person.generation
    if for_backup and person.history:
        record["history"] = person.history
    line = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    return line.encode("utf-8", "replace") + b"\n"


def from_json_line(line: bytes) -> Employee:
    """Parse a line; what a record cannot hold is read as missing.

    Raises ValueError if it is not a line of this format.
    """
    record = strict_json.parse(line)
    if not isinstance(record, dict) or not isinstance(record.get("id"), str) or not record["id"]:
        raise ValueError("this line has no person")
    return employee_from(record)


def employee_from(record: dict[str, Any]) -> Employee:
    """Return the employee in the object of a line."""
    return Employee(
        id=record["id"],
        **{name: _text(record.get(name)) for name in TEXT_FIELDS},
        badges=badges_from(record.get("badges")),
        photo_key=any_photo_key(record.get("photo_key")),
        hidden=hidden_from(record.get("hidden")),
        version=stored_version(record.get("version")),
        updated_at=stored_time(record.get("updated_at")),
        history=_text(record.get("history")),
        generation=generation if (generation := record.get("generation")) in GENERATIONS else "",
    )


def _text(value: object) -> str:
    """Return a text as it was written, which a store normalizes, or not; "" for other types."""
    return encodable(value) if isinstance(value, str) else ""
