"""The changes and the audit log in a backup: as lines, and read as if a stranger wrote them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from app.backups.gathering import Source
from app.backups.parts import parse_json, to_line
from app.contracts.history import AuditEntry, HistoryStore
from app.contracts.stored_history import (
    entry_data,
    entry_from,
    through_data,
    through_from,
)
from app.history.changes import Author, Change, ChangeKind, Value
from app.history.difference import clean_content, time_of
from app.model.stored_values import stored_text
from app.runtime import strict_json

_MAX_ID_BYTES = 2_048
_MAX_VERSION = 10**15
_MAX_LINE_BYTES = 1_000_000


def changes_of(history: HistoryStore) -> Source[Change]:
    """Return the changes of all people, those of each in the order of time."""
    return Source(
        "history",
        lambda bookmark: ((each.bookmark, each.changes) for each in history.iter_changes(bookmark)),
        lambda change: (change.employee_id, change.moment),
        change_line,
        parse_change,
    )


def audit_of(history: HistoryStore) -> Source[AuditEntry]:
    """Return the entries of the audit log that no change has; it is read from its beginning."""
    return Source(
        "audit",
        lambda bookmark: (("", entries) for entries in history.iter_audit()),
        lambda entry: (entry.moment, ""),
        entry_line,
        parse_entry,
    )


def change_line(change: Change) -> bytes:
    """Return a change as a line; equal changes give equal bytes."""
    data = {
        "id": change.employee_id,
        "moment": change.moment,
        "kind": change.kind.value,
        "version": change.version,
        "name": change.full_name,
        "was": _sorted(change.was),
        "now": _sorted(change.now),
        "base": None if change.base is None else _sorted(change.base),
        "author": asdict(change.author),
        "through": through_data(change.through),
    }
    return to_line({name: value for name, value in data.items() if value is not None})


def parse_change(line: bytes) -> Change:
    """Return the change in a line. Raises ValueError."""
    record = _parse(line)
    employee_id, version = record.get("id"), record.get("version")
    if not isinstance(employee_id, str) or not 0 < len(employee_id.encode()) <= _MAX_ID_BYTES:
        raise ValueError(f"the id is no text of 1 to {_MAX_ID_BYTES:,} bytes")
    if type(version) is not int or not 0 <= version < _MAX_VERSION:
        raise ValueError("the version is no whole number that can be one")
    base = record.get("base")
    return Change(
        employee_id=employee_id,
        moment=_moment(record),
        kind=ChangeKind(record.get("kind", "")),
        version=version,
        full_name=stored_text(record.get("name")),
        was=_content(record.get("was")),
        now=_content(record.get("now")),
        base=None if base is None else _content(base),
        author=_author(record.get("author")),
        through=through_from(record.get("through")),
    )


def parse_changes(lines: Iterable[bytes]) -> Iterator[Change]:
    """Yield the change of each line. Raises ValueError, with the line and the reason."""
    return _numbered(lines, parse_change, "change")


def entry_line(entry: AuditEntry) -> bytes:
    """Return an entry of the audit log as a line."""
    return to_line({"moment": entry.moment, "author": asdict(entry.author), **entry_data(entry)})


def parse_entry(line: bytes) -> AuditEntry:
    """Return the entry in a line. Raises ValueError."""
    record = _parse(line)
    return entry_from(_moment(record), _author(record.get("author")), record)


def parse_entries(lines: Iterable[bytes]) -> Iterator[AuditEntry]:
    """Yield the entry of each line. Raises ValueError, with the line and the reason."""
    return _numbered(lines, parse_entry, "entry of the audit log")


def _numbered(lines: Iterable[bytes], parse: Any, what: str) -> Iterator[Any]:
    for number, line in enumerate(lines, 1):
        try:
            yield parse(line)
        except (ValueError, OverflowError) as error:
            raise ValueError(f"line {number} is no {what}: {error}") from error


def _parse(line: bytes) -> dict[str, Any]:
    if len(line) > _MAX_LINE_BYTES:
        raise ValueError(f"it is longer than {_MAX_LINE_BYTES:,} bytes")
    return parse_json(line)


def _moment(record: Mapping[str, Any]) -> str:
    moment = record.get("moment")
    if not isinstance(moment, str) or time_of(moment) is None:
        raise ValueError("the moment is none")
    return moment


def _content(stored: object) -> dict[str, Value]:
    if not isinstance(stored, dict):
        raise ValueError("the fields are no object")  # noqa: TRY004
    return clean_content(stored, keep_empty=True)


def _author(stored: object) -> Author:
    data = strict_json.mapping(stored)
    return Author(*(stored_text(data.get(name)) for name in ("name", "account_id", "person_id")))


def _sorted(content: Mapping[str, Value]) -> dict[str, Value]:
    return {name: content[name] for name in sorted(content)}
