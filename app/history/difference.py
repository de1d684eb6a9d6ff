"""The content of a record as history has it: what differs, its digest, and moments in order.

Contents are mappings of the names of fields to their values, without those that are empty. A stored
record tells its last recorded change by a mark, ``<moment> <digest of its content>``, so that what
another program wrote since is noticed.
"""

import base64
import hashlib
import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Any

import orjson

from app.history.changes import Value
from app.model.employee import Employee
from app.model.fields import CONTENT_FIELDS, FIELDS
from app.runtime import strict_json

# A field that is added later comes last, so that the digests of records without it stay the same.
ORDER = tuple(field.name for field in sorted(FIELDS, key=attrgetter("digest")))
_values_of = attrgetter(*ORDER)
_EMPTY: dict[str, Value] = {
    name: () if isinstance(getattr(Employee(id="", full_name=""), name), tuple) else ""
    for name in CONTENT_FIELDS
}
_POSITION = {name: position for position, name in enumerate(CONTENT_FIELDS)}
_MILLISECOND = timedelta(milliseconds=1)
_TIME_CHARACTERS, MOMENT_CHARACTERS = 24, 29


def content_of(employee: Employee) -> dict[str, Value]:
    """Return the fields of an employee that are not empty, in the order of CONTENT_FIELDS."""
    return {name: value for name in CONTENT_FIELDS if (value := getattr(employee, name))}


def differences(
    before: Employee | None, after: Employee
) -> tuple[dict[str, Value], dict[str, Value]]:
    """Return each field that differs, as it was and as it is now; an added record was nothing."""
    if before is None:
        return {}, content_of(after)
    return content_differences(content_of(before), content_of(after))


def content_differences(
    before: Mapping[str, Value], after: Mapping[str, Value]
) -> tuple[dict[str, Value], dict[str, Value]]:
    """Return each field that differs between two contents, as it was and as it is now."""
    changed = [name for name in CONTENT_FIELDS if before.get(name) != after.get(name)]
    was = {name: before.get(name, _EMPTY[name]) for name in changed}
    return was, {name: after.get(name, _EMPTY[name]) for name in changed}


def packed_content(employee: Employee) -> bytes:
    """Return the whole content as a JSON array in ORDER; empty values at its end are cut."""
    return packed(list(_values_of(employee)))


def packed(values: list[Value]) -> bytes:
    """Return the values of all fields in ORDER as ``packed_content`` does."""
    while values and not values[-1]:
        values.pop()
    try:
        return orjson.dumps(values)
    except TypeError:  # a lone surrogate
        return orjson.dumps(strict_json.json_data(values))


def unpacked_content(values: list[Any]) -> dict[str, Value]:
    """Return the content that ``packed_content`` has packed, once it was parsed."""
    return clean_content(dict(zip(ORDER, values, strict=False)))


def clean_content(stored: Mapping[str, Any], *, keep_empty: bool = False) -> dict[str, Value]:
    """Return the known fields of a stored content with values of their types."""
    names = [name for name in stored if name in _EMPTY]
    if len(names) > 1:
        names.sort(key=_POSITION.__getitem__)
    if keep_empty:
        return {name: _value(name, stored[name]) for name in names}
    return {name: value for name in names if (value := _value(name, stored[name]))}


def _value(name: str, stored: object) -> Value:
    empty = _EMPTY[name]
    if isinstance(empty, str):
        return stored if isinstance(stored, str) else empty
    names = stored if isinstance(stored, list | tuple) else ()
    return tuple(name for name in names if isinstance(name, str))


def content_digest(employee: Employee) -> str:
    """Return a digest of the whole content, of 8 characters."""
    return digest_of_packed(packed_content(employee))


def digest_of_packed(packed: bytes) -> str:
    """Return the ``content_digest`` of a packed content."""
    digest = hashlib.blake2b(packed, digest_size=6).digest()
    return base64.urlsafe_b64encode(digest).decode("ascii")


def mark_of(moment: str, employee: Employee) -> str:
    """Return the mark of a record whose last change has this moment."""
    return f"{moment} {content_digest(employee)}"


def last_moment(mark: str) -> str:
    """Return the moment in the mark of a record; "" if there is none."""
    moment = mark.partition(" ")[0]
    return moment if time_of(moment) else ""


def is_as_recorded(employee: Employee) -> bool:
    """Return whether the content is that of the last recorded change, or nothing was recorded."""
    mark = employee.history
    return not mark or mark.partition(" ")[2] == content_digest(employee)


def next_moment(last: str, now: datetime) -> str:
    """Return the moment of a change now, later than the last one's whatever the clocks say."""
    then = time_of(last)
    now = now.astimezone(UTC)
    if then is not None and now < then + _MILLISECOND:
        now = then + _MILLISECOND
    return moment_of(now, os.urandom(2).hex())


def moment_of(then: datetime, mark: str) -> str:
    """Return the moment of this time in UTC, with four characters that tell equal times apart."""
    return f"{then.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z-{mark}"


def time_of(moment: str) -> datetime | None:
    """Return the time in a moment; None if it is none, or of the last year of the calendar."""
    if len(moment) != MOMENT_CHARACTERS or moment[_TIME_CHARACTERS] != "-" or moment > "9999":
        return None
    try:
        return datetime.fromisoformat(moment[:_TIME_CHARACTERS])
    except ValueError:
        return None
