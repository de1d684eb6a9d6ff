"""What a store of employees is given and returns beside pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from app.history.changes import Write
from app.model.employee import Employee
from app.text.plurals import count_of


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch of employees, and the bookmark from which ``iter_batches`` continues after it."""

    people: tuple[Employee, ...]
    bookmark: str


class RecordCount(NamedTuple):
    """A number of records; at least so many if it is not exact."""

    number: int
    is_exact: bool = True

    @property
    def not_listed(self) -> str:
        """Return what is told of so many records where lists show nobody."""
        counted = count_of(self.number, "record is", "records are")
        return (
            f"{counted} not listed yet" if self.is_exact else f"At least {counted} not listed yet"
        )


class Namesake(NamedTuple):
    """An employee who was found by name."""

    id: str
    full_name: str


class Deletion(NamedTuple):
    """The arguments of one deletion; see EmployeeStore.delete."""

    employee_id: str
    expected_revision: str | None
    write: Write


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of a long operation. ``total`` is an estimate, 0 if unknown."""

    done: int
    total: int
    changed: int
    what: str
