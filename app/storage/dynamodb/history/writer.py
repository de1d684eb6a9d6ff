"""ChangeWriter: what the transaction of a record writes besides, so that its change is told."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from app.contracts.audit_entries import entry_of, erasure_entry
from app.contracts.history import AuditEntry
from app.history.changes import Change, Through, Via, Write
from app.history.difference import is_as_recorded, last_moment, mark_of, next_moment
from app.history.recording import change_of, outside_change
from app.model.employee import Employee
from app.storage.dynamodb.client.calls import Calls, Item
from app.storage.dynamodb.history.authors import AuthorNames
from app.storage.dynamodb.history.erasing import Erasure
from app.storage.dynamodb.history.items import (
    change_item,
    day_of,
    entry_item,
    log_key,
    own_entry_item,
)
from app.storage.dynamodb.history.oldest import OldestDay
from app.storage.dynamodb.history.reader import ChangeReader

_BY_ANOTHER_PROGRAM = Write("", through=Through(Via.OUTSIDE))
# In the place of a digest, so that the content is compared with what the changes tell.
_NO_DIGEST = "?"

Action = dict[str, Any]


class Recording(NamedTuple):
    """The mark that the record gets, and the actions of its transaction that tell the change."""

    mark: str
    actions: list[Action]


class Seen(NamedTuple):
    """A record as its changes have it: the last moment, and what another program did since."""

    last_moment: str
    outside: Change | None


class ChangeWriter:
    """The writer of changes. Names of authors are stored before the transaction."""

    def __init__(self, calls: Calls, index: str) -> None:
        self._calls = calls
        self._index = index
        self.names = AuthorNames(calls, index)
        self._oldest = OldestDay(calls, index)
        self._reader = ChangeReader(calls, index, self.names)

    def of_addition(self, employee: Employee, write: Write, *, in_bulk: bool = False) -> Recording:
        """Return what the addition of an employee, whose version is 1, leaves.

        ``in_bulk`` is without an entry of the audit log, which tells of all of them at once.
        """
        change = change_of(None, employee, write, next_moment("", _now()))
        return self._recording(change, employee, entry_of(change) if not in_bulk else None)

    def of_update(self, before: Employee, after: Employee, write: Write, last: str) -> Recording:
        """Return what an update leaves; ``last`` is the moment of the last change before it."""
        change = change_of(before, after, write, next_moment(last, _now()))
        return self._recording(change, after, entry_of(change))

    def erase(self, employee_id: str, write: Write) -> list[Action]:
        """Delete all that is told of a person; return what tells that somebody was erased.

        Call it before the record goes, so that a killed one asks again.
        """
        self.forget(employee_id)
        entry = erasure_entry(write, next_moment("", _now()))
        if entry is None:
            return []
        self._oldest.note(day_of(entry.moment))
        return [self._put(own_entry_item(entry, self.names.reference(entry.author)))]

    def forget(self, employee_id: str) -> None:
        """Delete all that is told of a person."""
        Erasure(self._calls, self._index, self.names).erase(employee_id)

    def of_finding(self, stored: Employee) -> Recording:
        """Return what it leaves that another program added a record."""
        moment = next_moment(last_moment(stored.history), _now())
        change = change_of(None, stored, _BY_ANOTHER_PROGRAM, moment)
        return self._recording(change, stored, entry_of(change))

    def of_outside(self, stored: Employee, change: Change) -> Recording:
        """Return what a change of another program leaves, as ``see`` found it."""
        return self._recording(change, stored, entry_of(change))

    def see(self, stored: Employee, *, is_replaced: bool = False) -> Seen:
        """Compare a record with its changes; reads them only if its mark does not suffice.

        A record without a mark that has changes was replaced by another program, or restored. One
        that ``is_replaced``, perhaps, may have an old mark.
        """
        moment = last_moment(stored.history)
        marked = stored
        if is_replaced or not stored.history:
            newest = next(self._reader.newest(stored.id), None)
            if newest is not None and newest.moment > moment:
                moment = newest.moment
                marked = replace(stored, history=f"{moment} {_NO_DIGEST}")
        change = outside_change(marked, lambda: self._reader.recorded(stored.id), _now())
        return Seen(moment, change)

    def repair(self, stored: Employee, *, is_replaced: bool) -> Recording | None:
        """Return what a record lacks of its history, or None.

        A record without a mark is looked at only if it ``is_replaced``, perhaps: it may be of
        before.
        """
        is_right = is_as_recorded(stored)
        if is_right and not is_replaced:
            return None
        seen = self.see(stored, is_replaced=is_replaced)
        if seen.outside is not None:
            return self.of_outside(stored, seen.outside)
        if is_right:
            return None
        return Recording(mark_of(seen.last_moment or next_moment("", _now()), stored), [])

    def _recording(self, change: Change, after: Employee, entry: AuditEntry | None) -> Recording:
        author = self.names.reference(change.author)
        self._oldest.note(day_of(change.moment))
        actions = [self._put(change_item(change, author))]
        if entry is not None:
            key = log_key(entry.moment, entry.employee_id)
            actions.append(self._put(entry_item(entry, author, key)))
        return Recording(mark_of(change.moment, after), actions)

    def _put(self, item: Item) -> Action:
        return {"Put": {"TableName": self._index, "Item": item}}


def _now() -> datetime:
    return datetime.now(UTC)
