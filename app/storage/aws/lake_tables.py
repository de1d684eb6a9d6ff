"""The tables of the data lake: columns, and rows as a DataFrame; what none can hold is NULL."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd  # type: ignore[import-untyped, unused-ignore]

from app.history.changes import Change, Value
from app.history.difference import time_of
from app.model.employee import Employee
from app.model.fields import DATE_FIELDS, TEXT_FIELDS
from app.text.plurals import count_of, count_people

# A timestamp of a table has 64 bits of nanoseconds.
_TIMESTAMP_YEARS = range(1678, 2262)
_MAX_VERSION = 2**63 - 1


@dataclass(frozen=True, slots=True)
class LakeTable:
    """A table: its columns with their types, how items become rows, and how they are counted."""

    columns: Mapping[str, str]
    frame: Callable[[Sequence[Any]], Any]
    count: Callable[[int], str]


def _frame_of_people(people: Sequence[Employee]) -> Any:
    columns: dict[str, Any] = {
        name: [getattr(person, name) or None for person in people] for name in PEOPLE.columns
    }
    for name in DATE_FIELDS:
        columns[name] = [_parse_date(getattr(person, name)) for person in people]
    for name in ("badges", "hidden"):
        columns[name] = [list(getattr(person, name)) for person in people]
    columns["version"] = _versions([person.version for person in people])
    times = [_naive_utc(person.updated_at) for person in people]
    columns["updated_at"] = pd.Series(times, dtype="datetime64[ns]")
    return pd.DataFrame(columns)


def _frame_of_changes(changes: Sequence[Change]) -> Any:
    rows = [row for change in changes for row in _rows_of(change)]
    columns: dict[str, Any] = dict(
        zip(CHANGES.columns, map(list, zip(*rows, strict=True)), strict=True)
    )
    columns["moment"] = pd.Series(columns["moment"], dtype="datetime64[ns]")
    for name in ("version", "row"):
        columns[name] = _versions(columns[name])
    return pd.DataFrame(columns)


def _rows_of(change: Change) -> Iterator[tuple[Any, ...]]:
    """Yield a row for each field."""
    author, through = change.author, change.through
    whole = (_naive_utc(time_of(change.moment)), change.employee_id, change.version)
    how = (author.name, author.account_id, through.via.value, through.source, through.job)
    more = (through.row or None, through.request_id or None, through.note or None)
    for name, now in change.now.items():
        was = change.was.get(name, "")
        about = (change.kind.value, change.full_name, name, _text(was), _text(now))
        yield (*whole, *about, *(text or None for text in how), *more)


def _text(value: Value) -> str | None:
    return (value if isinstance(value, str) else ", ".join(value)) or None


def _versions(numbers: Sequence[int | None]) -> Any:
    possible = [None if number is None or number > _MAX_VERSION else number for number in numbers]
    return pd.array(possible, dtype="Int64")


def _naive_utc(moment: datetime | None) -> datetime | None:
    if moment is None or moment.year not in _TIMESTAMP_YEARS:
        return None
    return moment.astimezone(UTC).replace(tzinfo=None)


def _parse_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


PEOPLE = LakeTable(
    {
        "id": "string",
        **{name: "date" if name in DATE_FIELDS else "string" for name in TEXT_FIELDS},
        "badges": "array<string>",
        "photo_key": "string",
        "hidden": "array<string>",
        "version": "bigint",
        "updated_at": "timestamp",
    },
    _frame_of_people,
    count_people,
)
# One row for each field of each change.
CHANGES = LakeTable(
    {
        "moment": "timestamp",
        "employee_id": "string",
        "version": "bigint",
        **dict.fromkeys(("kind", "full_name", "field", "was", "now"), "string"),
        **dict.fromkeys(("author", "account_id", "via", "source", "job"), "string"),
        "row": "bigint",
        "request_id": "string",
        "note": "string",
    },
    _frame_of_changes,
    lambda count: count_of(count, "change", "changes"),
)
