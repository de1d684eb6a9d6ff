"""Who reports to whom: the line above somebody, and how many stand below."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sized
from datetime import datetime
from enum import Enum
from typing import NamedTuple, Protocol

from app.contracts.queries import MAX_BATCH
from app.model.employee import Employee

# Nobody has so many managers above them; further up, a line goes on.
MAX_CHAIN = 64
# So far up a write looks for a circle that it would close: further than any company is deep, since
# whoever may write may also have built a line that is longer than MAX_CHAIN.
MAX_CHECKED = 1_000
# Of so many reports at most the number is exact; one more says that there are more.
MAX_COUNTED_REPORTS = 1_000


class ChainEnd(Enum):
    """Why the line of managers above somebody ends."""

    TOP = "the last one has no manager"
    NOBODY = "the manager of the last one is nobody here"
    LOOP = "the line goes round in a circle"
    LIMIT = "the line goes on above"


class Chain(NamedTuple):
    """The managers above somebody, the nearest first; those who have left are among them."""

    managers: tuple[Employee, ...] = ()
    end: ChainEnd = ChainEnd.TOP


class ReportCount(NamedTuple):
    """How many report to somebody, and how many stand below them in all, at a time (UTC).

    ``direct`` may be some seconds old, and is at most MAX_COUNTED_REPORTS + 1. ``below`` is None
    until a job has counted it.
    """

    direct: int
    below: int | None = None
    counted_at: datetime | None = None


class RecordPage(NamedTuple):
    """Some records in the store's own order, each with the bookmark that continues after it.

    ``next`` is that after all of them, "" if they are the last. ``read_units`` is what DynamoDB
    charges for reading them; elsewhere 0.
    """

    records: tuple[tuple[str, Employee], ...]
    next: str = ""
    read_units: float = 0.0


class ReportStore(Protocol):
    """Who reports to whom, by the records of an EmployeeStore.

    Every method raises StorageUnavailable as those of an EmployeeStore do.
    """

    def chain(self, employee_id: str, limit: int = MAX_CHAIN) -> Chain:
        """Return the managers above an employee, at most ``limit``.

        Every link is as stored when it is read. Raises EmployeeNotFound.
        """

    def count_reports(self, employee_ids: Collection[str]) -> dict[str, ReportCount]:
        """Return how many report to each of at most MAX_BATCH employees; without whom nobody does.

        Raises ValueError for more ids.
        """

    def leading(self, employee_ids: Collection[str]) -> set[str]:
        """Return those of at most MAX_BATCH employees to whom anybody reports who works here.

        Exact as of now, and never from a hint. Raises ValueError for more ids.
        """

    def store_counts(self, counts: Mapping[str, ReportCount]) -> None:
        """Store how many stand below employees, for ``count_reports``; others stay as they are.

        One without ``below`` is removed. Safe to repeat. Raises ValueError for more than MAX_BATCH.
        """

    def forget_counts(self, before: datetime) -> None:
        """Remove what was counted before a time; a store may leave it to expire in a month."""

    def iter_managers(self) -> Iterator[tuple[str, str]]:
        """Yield the id and the manager of everybody who has one and has not left, in any order.

        Reads everybody, in bounded memory.
        """

    def counting_state(self) -> str:
        """Return the stored state of the counting, as it is now; "" before the first."""

    def change_counting_state(self, before: str, after: str) -> bool:
        """Store another state if it is still ``before``; return whether ``after`` is stored."""

    def read_records(self, bookmark: str, limit: int) -> RecordPage:
        """Return at most ``limit`` records after a bookmark, "" for the first ones.

        Those who have left are among them. A record may be about a second old. An employee that
        exists throughout is met once. A bookmark goes on at any later time; what is none begins.
        """


def check_batch(employees: Sized) -> None:
    """Raise ValueError if these are more than one call takes."""
    if len(employees) > MAX_BATCH:
        raise ValueError(f"{len(employees)} ids, of which one call takes {MAX_BATCH}")
