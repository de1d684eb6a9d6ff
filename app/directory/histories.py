"""Histories as viewers see them: the changes of one person, and the audit log of everybody.

Editors see those of everybody, a colleague that of their own record. What is concealed from a
viewer is absent from the changes too.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple
from weakref import WeakKeyDictionary

from app.access.rights import Right, require, require_history
from app.access.viewer import Viewer
from app.contracts.history import CHANGES_PER_PAGE, AuditEntry, AuditPage, AuditQuery, ChangePage
from app.directory.seen_changes import seen_changes
from app.directory.service import Directory
from app.history.changes import Author, Change, ChangeKind
from app.model.employee import Employee
from app.model.errors import DirectoryError

# As many as one page looks through for its filters, in pieces of so many.
MAX_CHANGES_EXAMINED = 300
_EXAMINED_AT_ONCE = 50
_EXPORTED_AT_ONCE = 100
_MAX_FIRST_KNOWN = 1_000
_FIRST: WeakKeyDictionary[Directory, OrderedDict[str, FirstChange]] = WeakKeyDictionary()


class ChangeNotFound(DirectoryError):
    """The history of this person has no such change, or has it no more."""


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """The filters of a history, joined by "and"; "" is any.

    ``author`` is a key of ``author_key``; ``since`` and ``until`` are days, both included.
    """

    field: str = ""
    author: str = ""
    via: str = ""
    since: str = ""
    until: str = ""

    @property
    def is_empty(self) -> bool:
        """Return whether every change matches."""
        return self == HistoryFilter()

    def matches(self, change: Change) -> bool:
        """Return whether a change meets every filter."""
        day = change.moment[:10]
        return (
            (not self.field or self.field in change.now)
            and self.author in ("", author_key(change.author))
            and self.via in ("", change.through.via.value)
            and (not self.since or day >= self.since)
            and (not self.until or day <= self.until)
        )


class FirstChange(NamedTuple):
    """What is told of the oldest change of a person, which stays for good."""

    moment: str
    version: int
    kind: ChangeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPage:
    """Changes of one person as the viewer sees them, newest first.

    ``older`` is the cursor of the older ones, None if there are no more. ``examined`` is None if
    the page is complete; otherwise so many changes were looked through for the filters, with fewer
    matches than asked for. ``first`` is the oldest change, on the first page.
    """

    employee: Employee
    changes: tuple[Change, ...]
    older: str | None = None
    examined: int | None = None
    first: FirstChange | None = None


def author_key(author: Author) -> str:
    """Return what tells an author from others: the account, or the name of who has none."""
    return author.account_id or author.name


def read_history(
    directory: Directory,
    viewer: Viewer,
    employee_id: str,
    chosen: HistoryFilter | None = None,
    cursor: str | None = None,
) -> HistoryPage:
    """Return a page of the history of a person. Raises NotAllowed, EmployeeNotFound."""
    require_history(viewer, employee_id)
    employee = directory.get(viewer, employee_id)
    if chosen is None or chosen.is_empty:
        page, examined = _page(directory, employee_id, cursor, CHANGES_PER_PAGE), None
    else:
        page, examined = _filtered(directory, employee_id, chosen, cursor)
    seen = seen_changes(directory.sight_of(viewer), employee_id, page.changes)
    first = None
    if cursor is None and page.changes:
        first = _first(directory, employee_id, page)
    return HistoryPage(
        employee=employee, changes=seen, older=page.older, examined=examined, first=first
    )


def read_change(
    directory: Directory, viewer: Viewer, employee_id: str, moment: str
) -> tuple[Employee, Change]:
    """Return a person and one of their changes.

    Raises NotAllowed, EmployeeNotFound, ChangeNotFound.
    """
    require_history(viewer, employee_id)
    employee = directory.get(viewer, employee_id)
    found = directory.history.find_change(employee_id, moment) if directory.history else None
    seen = seen_changes(directory.sight_of(viewer), employee_id, (found,)) if found else ()
    if not seen:
        raise ChangeNotFound(f"the history of {employee_id!r} has no change of {moment!r}")
    return employee, seen[0]


def iter_history(
    directory: Directory, viewer: Viewer, employee_id: str, chosen: HistoryFilter
) -> Iterator[tuple[Change, ...]]:
    """Yield the matching changes of a person, newest first, for an export.

    Raises NotAllowed, EmployeeNotFound.
    """
    require_history(viewer, employee_id)
    require(viewer, Right.EXPORT)
    directory.get(viewer, employee_id)
    cursor: str | None = None
    while True:
        page = _page(directory, employee_id, cursor, _EXPORTED_AT_ONCE)
        matching = tuple(filter(chosen.matches, page.changes))
        yield seen_changes(directory.sight_of(viewer), employee_id, matching)
        cursor = page.older
        if cursor is None:
            return


def read_audit(
    directory: Directory, viewer: Viewer, query: AuditQuery, cursor: str | None = None
) -> AuditPage:
    """Return a page of the audit log. Raises NotAllowed."""
    require(viewer, Right.SEE_AUDIT)
    return directory.history.audit(query, cursor) if directory.history else AuditPage(())


def iter_audit(
    directory: Directory, viewer: Viewer, query: AuditQuery
) -> Iterator[tuple[AuditEntry, ...]]:
    """Yield the matching entries of the audit log, newest first, for an export.

    Raises NotAllowed.
    """
    require(viewer, Right.EXPORT)
    cursor: str | None = None
    while True:
        page = read_audit(directory, viewer, query, cursor)
        yield page.entries
        cursor = page.older
        if cursor is None:
            return


def _page(directory: Directory, employee_id: str, cursor: str | None, limit: int) -> ChangePage:
    if directory.history is None:
        return ChangePage(())
    return directory.history.changes_of(employee_id, cursor, limit)


def _first(directory: Directory, employee_id: str, page: ChangePage) -> FirstChange | None:
    """Return the oldest change of a person, which is asked for once: it does not change."""
    if page.older is None:
        return _told(page.changes[-1])
    known: OrderedDict[str, FirstChange] = _FIRST.setdefault(directory, OrderedDict())
    if employee_id not in known and directory.history is not None:
        for oldest in directory.history.changes_since(employee_id, "", 1):
            known[employee_id] = _told(oldest)
        while len(known) > _MAX_FIRST_KNOWN:
            known.popitem(last=False)
    return known.get(employee_id)


def _told(change: Change) -> FirstChange:
    return FirstChange(change.moment, change.version, change.kind)


def _filtered(
    directory: Directory, employee_id: str, chosen: HistoryFilter, cursor: str | None
) -> tuple[ChangePage, int | None]:
    """Return at least a page of matching changes, unless too many have to be looked through."""
    found: list[Change] = []
    examined = 0
    while True:
        page = _page(directory, employee_id, cursor, _EXAMINED_AT_ONCE)
        found += filter(chosen.matches, page.changes)
        examined += len(page.changes)
        cursor = page.older
        if cursor is None or len(found) >= CHANGES_PER_PAGE:
            return ChangePage(tuple(found), cursor), None
        if chosen.since and page.changes[-1].moment[:10] < chosen.since:
            return ChangePage(tuple(found)), None
        if examined >= MAX_CHANGES_EXAMINED:
            return ChangePage(tuple(found), cursor), examined
