"""HistoryInMemory: the contract of a HistoryStore in its plainest form, in dictionaries.

Names of authors are erased where they stand. It sorts everything for every page.
"""

import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from app.contracts.audit_entries import entry_of, erasure_entry, meets
from app.contracts.history import (
    AUDIT_ENTRIES_PER_PAGE,
    CHANGES_PER_PAGE,
    MAX_CHANGES_OF_BATCH,
    MAX_ENTRIES_EXAMINED,
    AuditEntry,
    AuditPage,
    AuditQuery,
    ChangeBatch,
    ChangePage,
)
from app.history.changes import Author, Change, Write
from app.history.difference import next_moment, time_of
from app.history.folding import Recorded, recorded, thinned

Key = tuple[str, str]  # moment, id


class HistoryInMemory:
    """The changes of all people, and the audit log; any number of threads may call."""

    def __init__(self) -> None:
        self._changes: defaultdict[str, dict[str, Change]] = defaultdict(dict)
        self._entries: dict[Key, AuditEntry] = {}
        self._lock = threading.RLock()

    def record(self, change: Change) -> None:
        """What the store of employees does with each write."""
        with self._lock:
            self.record_change(change)
            self.put_entry(entry_of(change))

    def record_change(self, change: Change) -> None:
        with self._lock:
            self._changes[change.employee_id][change.moment] = change

    def put_entry(self, entry: AuditEntry | None) -> None:
        with self._lock:
            if entry is not None:
                self._entries[entry.moment, entry.employee_id] = entry

    def record_erasure(self, employee_id: str, write: Write, clock: object) -> None:
        self.erase(employee_id)
        last = max((moment for moment, _ in self._entries), default="")
        self.put_entry(erasure_entry(write, next_moment(last, clock)))  # type: ignore[arg-type]

    def recorded_content(self, employee_id: str) -> Recorded:
        with self._lock:
            return recorded(self._of(employee_id)[::-1])

    def _of(self, employee_id: str) -> list[Change]:
        with self._lock:
            found = self._changes.get(employee_id, {})
            return [found[moment] for moment in sorted(found)]

    def changes_of(
        self, employee_id: str, cursor: str | None = None, limit: int = CHANGES_PER_PAGE
    ) -> ChangePage:
        before = cursor if cursor and time_of(cursor) else "~"
        newest = [change for change in self._of(employee_id)[::-1] if change.moment < before]
        shown = tuple(newest[:limit])
        return ChangePage(shown, shown[-1].moment if len(newest) > limit else None)

    def find_change(self, employee_id: str, moment: str) -> Change | None:
        return self._changes.get(employee_id, {}).get(moment)

    def changes_since(self, employee_id: str, moment: str, limit: int) -> tuple[Change, ...]:
        return tuple([each for each in self._of(employee_id) if each.moment > moment][:limit])

    def audit(
        self,
        query: AuditQuery,
        cursor: str | None = None,
        limit: int = AUDIT_ENTRIES_PER_PAGE,
    ) -> AuditPage:
        with self._lock:
            entries = dict(self._entries)
        moment, _, employee_id = (cursor or "").partition(" ")
        start = (moment, employee_id) if time_of(moment) else ("~", "")
        keys = sorted((key for key in entries if key < start), reverse=True)
        examined = keys[:MAX_ENTRIES_EXAMINED]
        found = [key for key in examined if meets(entries[key], query)]
        shown = tuple(entries[key] for key in found[:limit])
        if len(found) > limit:
            return AuditPage(shown, " ".join(found[limit - 1]))
        if len(keys) > len(examined):
            return AuditPage(shown, " ".join(examined[-1]), len(examined))
        return AuditPage(shown)

    def note(self, entry: AuditEntry) -> None:
        self.put_entry(entry)

    def iter_changes(self, bookmark: str = "") -> Iterator[ChangeBatch]:
        with self._lock:
            everything = [change for key in sorted(self._changes) for change in self._of(key)]
        keys = [f"{change.employee_id} {change.moment}" for change in everything]
        first = next((n + 1 for n, key in enumerate(keys) if key == bookmark), 0)
        for start in range(first, len(keys), MAX_CHANGES_OF_BATCH):
            batch = everything[start : start + MAX_CHANGES_OF_BATCH]
            yield ChangeBatch(tuple(batch), keys[start + len(batch) - 1])

    def iter_audit(self) -> Iterator[tuple[AuditEntry, ...]]:
        with self._lock:
            entries = [self._entries[key] for key in sorted(self._entries) if not key[1]]
        if entries:
            yield tuple(entries)

    def restore_changes(self, changes: Iterable[Change]) -> int:
        stored = 0
        for change in changes:
            if self.find_change(change.employee_id, change.moment) is None:
                self.record(change)
                stored += 1
        return stored

    def erase(self, employee_id: str) -> None:
        with self._lock:
            self._changes.pop(employee_id, None)
            for key in [key for key in self._entries if key[1] == employee_id]:
                del self._entries[key]
            self._forget(lambda author: author.person_id == employee_id)

    def erase_author(self, account_id: str) -> None:
        with self._lock:
            self._forget(lambda author: "" != account_id == author.account_id)

    def _forget(self, is_meant: object) -> None:
        for changes in self._changes.values():
            for moment, change in changes.items():
                if is_meant(change.author):  # type: ignore[operator]
                    changes[moment] = replace(change, author=Author("", change.author.account_id))
        for key, entry in self._entries.items():
            if is_meant(entry.author):  # type: ignore[operator]
                self._entries[key] = replace(entry, author=Author("", entry.author.account_id))

    def thin_out(self, before: str) -> Iterator[int]:
        with self._lock:
            old = [key for key in self._entries if key[0] < before]
            for key in old:
                del self._entries[key]
            deleted = len(old)
            for changes in self._changes.values():
                first, *others = (changes[moment] for moment in sorted(changes))
                aged = [change for change in others if change.moment < before]
                following = others[len(aged)] if len(aged) < len(others) else None
                gone, rebased = thinned(first, aged, following)
                for change in gone:
                    del changes[change.moment]
                if rebased is not None:
                    changes[rebased.moment] = rebased
                deleted += len(gone)
        yield deleted
