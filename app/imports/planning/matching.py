"""Match rows to employees: by id, then by employee number, then by email; others are new.

A row whose id, employee number and email are those of different employees means nobody for sure.
"""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from app.contracts import EmployeeStore
from app.contracts.batching import find_by_emails, find_by_ids, find_by_numbers
from app.imports.planning.identities import Pointer, conflict_of, is_somebody_else, somebody_else
from app.imports.planning.lines import Line, Value
from app.imports.planning.parsed_rows import ParsedRow
from app.model.employee import Employee
from app.model.fields import FIELDS, FIRST_RELEASE
from app.text.search_keys import email_key, number_key

_NAMESPACE = uuid.UUID("6b1f3c5e-2a58-4d0a-9d38-5f6f2f6a7c11")
# An id of a deleted employee is not reused: this many are tried in turn.
MAX_ID_CANDIDATES = 3
_IDENTIFYING = frozenset(field.name for field in FIELDS if field.digest < FIRST_RELEASE)


@dataclass(slots=True)
class Match:
    """The employee that a row means, or the ids for a new one: the first unused is taken.

    ``owners`` are the ids of the employees that a row may mean if that is not certain; then
    ``conflict`` says why, about the field ``conflict_field``.
    """

    employee: Employee | None = None
    ids: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    by_email: bool = False
    conflict: str = ""
    conflict_field: str = ""


@dataclass(slots=True)
class _Lookup:
    """What the store has for the ids, employee numbers and addresses of some rows."""

    employees: dict[str, Employee] = field(default_factory=dict)
    ids_by_number: dict[str, tuple[str, ...]] = field(default_factory=dict)
    ids_by_email: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def number_of(self, row: ParsedRow) -> str:
        """Return the key of the employee number of a row: its id may be one that nobody has."""
        return row.number_key or ("" if row.id in self.employees else row.id_number_key)

    def by_numbers(self, row: ParsedRow) -> list[Employee]:
        """Return the employees with the number of a row."""
        return self._existing(self.ids_by_number.get(self.number_of(row), ()))

    def by_emails(self, key: str) -> list[Employee]:
        """Return the employees with an address."""
        return self._existing(self.ids_by_email.get(key, ()))

    def _existing(self, ids: Iterable[str]) -> list[Employee]:
        return [self.employees[each] for each in ids if each in self.employees]


def match(store: EmployeeStore, rows: Sequence[ParsedRow], job_id: str) -> list[Match]:
    """Match each row, in order; the store is asked in chunks of MAX_BATCH."""
    lookup = _Lookup()
    lookup.employees |= find_by_ids(store, (row.id for row in rows if row.id))
    lookup.ids_by_number = find_by_numbers(store, _numbers_to_find(rows, lookup))
    lookup.ids_by_email = find_by_emails(store, _emails_to_find(rows, lookup))
    without_key = [row for row in rows if not row.id and not row.email_key]
    ids = [key for row in without_key for key in content_ids(row)]
    for owners in (*lookup.ids_by_number.values(), *lookup.ids_by_email.values()):
        ids += owners
    lookup.employees |= find_by_ids(store, (key for key in ids if key not in lookup.employees))
    return [_match(row, lookup, job_id) for row in rows]


def _numbers_to_find(rows: Iterable[ParsedRow], lookup: _Lookup) -> Iterator[str]:
    """Yield the numbers that are not those of the employees with the rows' ids."""
    for row in rows:
        stored, key = lookup.employees.get(row.id), lookup.number_of(row)
        if key and not (stored and number_key(stored.employee_number) == key):
            yield key


def _emails_to_find(rows: Iterable[ParsedRow], lookup: _Lookup) -> Iterator[str]:
    """Yield the addresses that are not those of the employees with the rows' ids."""
    for row in rows:
        stored = lookup.employees.get(row.id)
        if stored is None:
            yield from filter(None, (row.email_key, *row.other_email_keys))
        elif row.email_key and email_key(stored.email) != row.email_key:
            yield row.email_key


def _match(row: ParsedRow, lookup: _Lookup, job_id: str) -> Match:
    stored = lookup.employees.get(row.id)
    pointers = [
        Pointer("id", [stored] if stored else []),
        Pointer("employee_number", lookup.by_numbers(row)),
        Pointer("email", lookup.by_emails(row.email_key)),
    ]
    if conflict := conflict_of(pointers):
        owners = tuple(employee.id for employee in conflict.employees)
        return Match(owners=owners, conflict=conflict.reason, conflict_field=conflict.field)
    for pointer in pointers:
        if pointer.employees:
            return _certain(row, pointer)
    return _match_others(row, lookup, job_id)


def _certain(row: ParsedRow, pointer: Pointer) -> Match:
    [employee] = pointer.employees
    if pointer.field != "email" and is_somebody_else(row, employee):
        reason = somebody_else(pointer.field, employee)
        return Match(owners=(employee.id,), conflict=reason, conflict_field=pointer.field)
    return Match(employee, by_email=pointer.field == "email")


def _match_others(row: ParsedRow, lookup: _Lookup, job_id: str) -> Match:
    """Match a row whose id, number and first address nobody has."""
    for key in row.other_email_keys:
        owners = lookup.by_emails(key)
        if len(owners) == 1:
            return Match(owners[0], by_email=True)
    if row.id:
        return Match(ids=(row.id,))
    if row.email_key:
        return Match(ids=(generated_id(job_id, row.number),), by_email=True)
    ids = content_ids(row)
    stored = next((lookup.employees[key] for key in ids if key in lookup.employees), None)
    if stored and row.number_key and stored.employee_number:
        return Match(ids=number_ids(row))  # of somebody else with equal values
    return Match(stored, ids)


def generated_id(job_id: str, number: int) -> str:
    """Return the id of the new employee from a row with an email but no id."""
    return str(uuid.uuid5(_NAMESPACE, f"{job_id} {number}"))


def number_ids(row: ParsedRow) -> tuple[str, ...]:
    """Return the id candidates of a row by its employee number, where others have its values."""
    return id_candidates(str(uuid.uuid5(_NAMESPACE, f"employee_number={row.number_key}")))


def content_ids(row: ParsedRow) -> tuple[str, ...]:
    """Return the id candidates of a row with neither id nor email, derived from its values.

    Only fields of the first release count: a file that it imported means the same people later,
    though more of its columns are read.
    """
    values = {
        name: value
        for name, value in row.values.items()
        if name in _IDENTIFYING and (value or not row.is_sparse)
    }
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
