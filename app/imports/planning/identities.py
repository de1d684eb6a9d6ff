"""Whether what identifies a row points at one employee, and the sentences if it does not."""

from collections.abc import Sequence
from typing import NamedTuple

from app.imports.planning.parsed_rows import ParsedRow
from app.model import leaving
from app.model.employee import Employee
from app.model.leaving import has_left
from app.text.folding import fold
from app.text.search_keys import email_key

_LABELS = {"id": "id", "employee_number": "employee number", "email": "email"}
# How many of the employees that share something are named.
_MAX_NAMED = 3


class Pointer(NamedTuple):
    """A field that identifies people, and the employees who have a row's value of it."""

    field: str
    employees: Sequence[Employee]


class Conflict(NamedTuple):
    """Why a row means nobody for sure: about which field, and the employees it may mean."""

    field: str
    reason: str
    employees: Sequence[Employee]


def conflict_of(pointers: Sequence[Pointer]) -> Conflict | None:
    """Return the conflict between what points at employees, the most certain first, or None.

    A value that several share is none if something more certain points at one of them.
    """
    first: Pointer | None = None
    for pointer in pointers:
        if not pointer.employees:
            continue
        if first is None:
            if len(pointer.employees) > 1:
                return _shared(pointer)
            first = pointer
        elif first.employees[0] not in pointer.employees:
            return _different(first, pointer)
    return None


def _shared(pointer: Pointer) -> Conflict:
    """Return the conflict of a value that several employees have."""
    label, count = _LABELS[pointer.field], len(pointer.employees)
    names = _names(pointer.employees)
    reason = (
        f"{count} people have this {label}: {names}. Enter the id of the right person in a column "
        "named Id"
    )
    return Conflict(pointer.field, reason, pointer.employees)


def _different(one: Pointer, other: Pointer) -> Conflict:
    """Return the conflict of two values that point at two employees."""
    [mine], theirs = one.employees, other.employees
    label, other_label = _LABELS[one.field], _LABELS[other.field]
    reason = (
        f"This {label} is that of {_name(mine)}, and the {other_label} that of {_names(theirs)}. "
        "Correct one of the two"
    )
    return Conflict(one.field, reason, (mine, *theirs))


def is_somebody_else(row: ParsedRow, employee: Employee) -> bool:
    """Return whether neither the name nor the email of a row is that of an employee.

    Somebody may get another name or another address, but hardly both at once.
    """
    stored = email_key(employee.email)
    if not row.email_key or not stored:
        return False
    if row.email_key.partition("@")[0] == stored.partition("@")[0]:
        return False
    return _has_other_name(row, employee)


def is_a_leavers_address(row: ParsedRow, employee: Employee) -> bool:
    """Return whether a row may have got the address of somebody else, who has left."""
    return bool(employee.left_on) and (
        has_left(employee, leaving.today()) and _has_other_name(row, employee)
    )


def _has_other_name(row: ParsedRow, employee: Employee) -> bool:
    name = row.text("full_name")
    words, stored_words = _words(name), _words(f"{employee.full_name} {employee.preferred_name}")
    if not words or not stored_words or _joined(name) == _joined(employee.full_name):
        return False
    return words.isdisjoint(stored_words)


def somebody_else(field: str, employee: Employee) -> str:
    """Return what to do about a row that is of somebody else than its id or number says."""
    label = _LABELS[field]
    return (
        f"This {label} is that of {_name(employee)}, and the name and the email of the row are "
        f"those of somebody else. Correct the {label}, or leave it empty"
    )


def _words(name: str) -> set[str]:
    return set(fold(name).replace(",", " ").replace("-", " ").split())


def _joined(name: str) -> str:
    """Return a name without spaces, as names of East Asia may be written."""
    return fold(name).replace(" ", "")


def _name(employee: Employee) -> str:
    name = employee.full_name or employee.id
    return f"{name} ({employee.email})" if employee.email else name


def _names(employees: Sequence[Employee]) -> str:
    names = [_name(employee) for employee in employees[:_MAX_NAMED]]
    if (more := len(employees) - len(names)) > 0:
        names.append(f"{more:,} more")
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
