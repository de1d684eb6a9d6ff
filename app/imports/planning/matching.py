"""Match rows to employees: by id, then by email; otherwise a row means a new employee."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from app.contracts import EmployeeStore
from app.contracts.batching import find_by_emails, find_by_ids
from app.imports.planning.lines import Line, Value
from app.imports.planning.parsed_rows import ParsedRow
from app.model.employee import Employee
from app.model.fields import FIELDS, FIRST_RELEASE

_NAMESPACE = uuid.UUID("6b1f3c5e-2a58-4d0a-9d38-5f6f2f6a7c11")
# An id of a deleted employee is not reused: this many are tried in turn.
MAX_ID_CANDIDATES = 3
_IDENTIFYING = frozenset(field.name for field in FIELDS if field.digest < FIRST_RELEASE)


@dataclass(slots=True)
class Match:
    """The employee that a row means, or the ids for a new one: the first unused is taken.

    ``owners`` are the ids of the employees with the row's email if there are several.
    """

    employee: Employee | None = None
    ids: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    by_email: bool = False


@dataclass(slots=True)
class _Lookup:
    """What the store has for the ids and addresses of some rows."""

    employees: dict[str, Employee] = field(default_factory=dict)
    ids_by_email: dict[str, tuple[str, ...]] = field(default_factory=dict)


def match(store: EmployeeStore, rows: Sequence[ParsedRow], job_id: str) -> list[Match]:
    """Match each row, in order; the store is asked in chunks of MAX_BATCH."""
    lookup = _Lookup()
    lookup.employees |= find_by_ids(store, (row.id for row in rows if row.id))
    by_email = [row for row in rows if row.id not in lookup.employees and row.email_key]
    lookup.ids_by_email = find_by_emails(store, (row.email_key for row in by_email))
    without_key = [row for row in rows if not row.id and not row.email_key]
    ids = [owners[0] for owners in lookup.ids_by_email.values() if len(owners) == 1]
    ids += [employee_id for row in without_key for employee_id in content_ids(row)]
    lookup.employees |= find_by_ids(store, ids)
    return [_match(row, lookup, job_id) for row in rows]


def _match(row: ParsedRow, lookup: _Lookup, job_id: str) -> Match:
    if row.id in lookup.employees:
        return Match(lookup.employees[row.id])
    if row.email_key:
        owners = lookup.ids_by_email.get(row.email_key, ())
        if len(owners) > 1:
            return Match(owners=owners)
        if owners and owners[0] in lookup.employees:
            return Match(lookup.employees[owners[0]], by_email=True)
    if row.id:
        return Match(ids=(row.id,))
    if row.email_key:
        return Match(ids=(generated_id(job_id, row.number),), by_email=True)
    ids = content_ids(row)
    stored = next((lookup.employees[key] for key in ids if key in lookup.employees), None)
    return Match(stored, ids)


def generated_id(job_id: str, number: int) -> str:
    """Return the id of the new employee from a row with an email but no id."""
    return str(uuid.uuid5(_NAMESPACE, f"{job_id} {number}"))


def content_ids(row: ParsedRow) -> tuple[str, ...]:
    """Return the id candidates of a row with neither id nor email, derived from its values.

    Only fields of the first release count: a file that it imported means the same people later,
    though more of its columns are read.
    """
    values = {name: value for name, value in row.values.items() if name in _IDENTIFYING}
    if "mobile" in row.values:  # the first release read it as the only phone
        values.setdefault("phone", row.values["mobile"])
    content = "\x1f".join(f"{name}={_text(values[name])}" for name in sorted(values))
    return id_candidates(str(uuid.uuid5(_NAMESPACE, content)))


def id_candidates(first: str) -> tuple[str, ...]:
    """Return this id and its replacements in case its employee was deleted."""
    numbers = range(1, MAX_ID_CANDIDATES)
    return (first, *(str(uuid.uuid5(_NAMESPACE, f"{first} {number}")) for number in numbers))


def possible_ids(line: Line) -> tuple[str, ...]:
    """Return the ids that the employee of an added line may have."""
    return id_candidates(line.id) if line.may_reassign_id else (line.id,)


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ",".join(value)
