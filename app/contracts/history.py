"""The contract of every store of changes, which the store of employees writes with each save."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from app.history.changes import ON_THE_PAGE, Author, Change, Through

CHANGES_PER_PAGE = 15
AUDIT_ENTRIES_PER_PAGE = 50
# As many as one page of the audit log looks through for its filters.
MAX_ENTRIES_EXAMINED = 2_000
MAX_CHANGES_OF_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One line of the audit log: a change of one person, a job, or an event without a person.

    ``event`` is ``added``, ``changed``, ``left``, ``restored``, ``erased``, ``import``, ``bulk``,
    ``undo``, or an event of app/accounts/audit_log.py. ``fields`` are the names of the changed
    fields, never their content. ``counts`` are those of a job (``added``, ``changed``, ``left``,
    ``rejected``), and ``details`` the sentences of an event. An entry of an erased person has
    neither id nor name.
    """

    moment: str
    event: str
    employee_id: str = ""
    full_name: str = ""
    fields: tuple[str, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
    details: tuple[tuple[str, str], ...] = ()
    author: Author = field(default_factory=Author)
    through: Through = ON_THE_PAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditQuery:
    """The filters of the audit log, joined by "and"; "" is any.

    ``words`` are parts of the name of a person, of a file or a request id, folded. ``since`` and
    ``until`` are days, ``2026-11-29``, both included. ``account_id`` is the author's.
    """

    words: str = ""
    account_id: str = ""
    author: str = ""
    via: str = ""
    event: str = ""
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class ChangePage:
    """Changes of one person, newest first, and the cursor of the older ones (None: no more)."""

    changes: tuple[Change, ...]
    older: str | None = None


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Entries of the audit log, newest first, and the cursor of the older ones.

    ``examined`` is None if the page is complete; otherwise so many entries were looked through,
    with fewer matches than asked for, and ``older`` goes on there.
    """

    entries: tuple[AuditEntry, ...]
    older: str | None = None
    examined: int | None = None


@dataclass(frozen=True, slots=True)
class ChangeBatch:
    """Changes in the store's own order, and the bookmark after them."""

    changes: tuple[Change, ...]
    bookmark: str


class HistoryStore(Protocol):
    """The changes of all people, and the audit log.

    The EmployeeStore of the same directory writes each change in the transaction of its record.
    Every method raises StorageUnavailable as those of EmployeeStore do. A cursor that is none
    returns the first page.
    """

    def changes_of(
        self, employee_id: str, cursor: str | None = None, limit: int = CHANGES_PER_PAGE
    ) -> ChangePage:
        """Return changes of one person, newest first, at a cost that depends on the page."""

    def find_change(self, employee_id: str, moment: str) -> Change | None:
        """Return one change of a person; None if there is none (any more)."""

    def changes_since(self, employee_id: str, moment: str, limit: int) -> tuple[Change, ...]:
        """Return at most ``limit`` changes of a person after this moment, oldest first."""

    def audit(
        self,
        query: AuditQuery,
        cursor: str | None = None,
        limit: int = AUDIT_ENTRIES_PER_PAGE,
    ) -> AuditPage:
        """Return entries of the audit log, newest first.

        Looks through at most MAX_ENTRIES_EXAMINED, and no day twice without an entry.
        """

    def note(self, entry: AuditEntry) -> None:
        """Write an entry that no save writes; one of the same moment is replaced."""

    def iter_changes(self, bookmark: str = "") -> Iterator[ChangeBatch]:
        """Yield every change in batches, for backups and the data lake, in bounded memory."""

    def iter_audit(self) -> Iterator[tuple[AuditEntry, ...]]:
        """Yield every entry of the audit log that no change has, for backups."""

    def restore_changes(self, changes: Iterable[Change]) -> int:
        """Store changes of a backup as they are; return how many were not there."""

    def erase(self, employee_id: str) -> None:
        """Delete every change of one person, and what the audit log tells of them. Repeatable.

        An EmployeeStore calls it before the record goes, so that a killed one asks again.
        """

    def erase_author(self, account_id: str) -> None:
        """Forget the names of this author; their changes say that it was erased. Repeatable."""

    def thin_out(self, before: str) -> Iterator[int]:
        """Delete changes and entries before this day, ``2023-11-30``; yield how many so far.

        The first and the newest change of each person stay. Resumable, in bounded memory.
        """
