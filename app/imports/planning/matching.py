"""Whom the rows of a file mean: by id, then by mail address, else somebody new."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from app.contracts import EmployeeStore
from app.contracts.batching import find_by_emails, find_by_ids
from app.imports.planning.lines import Line, Value
from app.imports.planning.parsed_rows import ParsedRow
from app.model.employee import Employee

_OURS = uuid.UUID("6b1f3c5e-2a58-4d0a-9d38-5f6f2f6a7c11")
# Whoever was deleted does not come back under the same id: so many are tried, one after another.
MAX_REINCARNATIONS = 3


@dataclass(slots=True)
class Match:
    """Whom a row means: ``person``, or a newcomer with the first of ``ids`` that is free."""

    person: Employee | None = None
    ids: tuple[str, ...] = ()
    namesakes: tuple[str, ...] = ()
    by_mail: bool = False


@dataclass(slots=True)
class Known:
    """What the store knows of the ids and addresses that some rows give."""

    people: dict[str, Employee] = field(default_factory=dict)
    by_mail: dict[str, tuple[str, ...]] = field(default_factory=dict)


def match(store: EmployeeStore, rows: Sequence[ParsedRow], job_id: str) -> list[Match]:
    """Whom each row means, in order. Asks the store at most a hundred at once."""
    known = Known()
    known.people |= find_by_ids(store, (row.id for row in rows if row.id))
    by_mail = [row for row in rows if row.id not in known.people and row.mail]
    known.by_mail = find_by_emails(store, (row.mail for row in by_mail))
    unnamed = [row for row in rows if not row.id and not row.mail]
    wanted = [ids[0] for ids in known.by_mail.values() if len(ids) == 1]
    wanted += [employee_id for row in unnamed for employee_id in ids_from_content(row)]
    known.people |= find_by_ids(store, wanted)
    return [_match(row, known, job_id) for row in rows]


def _match(row: ParsedRow, known: Known, job_id: str) -> Match:
    if row.id in known.people:
        return Match(known.people[row.id])
    if row.mail:
        ids = known.by_mail.get(row.mail, ())
        if len(ids) > 1:
            return Match(namesakes=ids)
        if ids and ids[0] in known.people:
            return Match(known.people[ids[0]], by_mail=True)
    if row.id:
        return Match(ids=(row.id,))
    if row.mail:
        return Match(ids=(minted_id(job_id, row.number),), by_mail=True)
    ids = ids_from_content(row)
    there = next((known.people[each] for each in ids if each in known.people), None)
    return Match(there, ids)


def minted_id(job_id: str, number: int) -> str:
    """The id of the newcomer whom a line without an id, but with a mail address, adds."""
    return str(uuid.uuid5(_OURS, f"{job_id} {number}"))


def ids_from_content(row: ParsedRow) -> tuple[str, ...]:
    """The ids of a person of whom nothing is known by which to find them but all that is known."""
    content = "\x1f".join(f"{name}={_text(row.values[name])}" for name in sorted(row.values))
    return id_candidates(str(uuid.uuid5(_OURS, content)))


def id_candidates(first: str) -> tuple[str, ...]:
    """This id, and those that take its place when who had it was deleted."""
    later = (str(uuid.uuid5(_OURS, f"{first} {life}")) for life in range(1, MAX_REINCARNATIONS))
    return (first, *later)


def possible_ids(line: Line) -> tuple[str, ...]:
    """The ids that whom a line adds may have."""
    return id_candidates(line.id) if line.reborn else (line.id,)


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ",".join(value)
