"""SqlHistory: the HistoryStore in an SQL database."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from sqlalchemy import Connection

from app.contracts.audit_entries import entry_of
from app.contracts.history import (
    AUDIT_ENTRIES_PER_PAGE,
    CHANGES_PER_PAGE,
    MAX_CHANGES_OF_BATCH,
    AuditEntry,
    AuditPage,
    AuditQuery,
    ChangeBatch,
    ChangePage,
)
from app.history.changes import Change
from app.history.difference import time_of
from app.storage.sql.engines.database import Database, retry_when_rolled_back
from app.storage.sql.history import audit, authors, changes, recorder, thinning
from app.storage.sql.history.authors import AuthorNumbers
from app.storage.sql.history.positions import Position, read_position


class SqlHistory:
    """A HistoryStore in an SQL database; its SqlStore writes the changes."""

    def __init__(self, database: Database, numbers: AuthorNumbers) -> None:
        self._database = database
        self._authors = numbers

    def changes_of(
        self, employee_id: str, cursor: str | None = None, limit: int = CHANGES_PER_PAGE
    ) -> ChangePage:
        """Implement HistoryStore.changes_of."""
        before = cursor if cursor and time_of(cursor) else ""
        with self._database.reading("changes_of") as connection:
            found = changes.newest(connection, employee_id, before, limit + 1)
        shown = tuple(found[:limit])
        return ChangePage(shown, shown[-1].moment if len(found) > limit else None)

    def find_change(self, employee_id: str, moment: str) -> Change | None:
        """Implement HistoryStore.find_change."""
        if not time_of(moment):
            return None
        with self._database.reading("find_change") as connection:
            return changes.find(connection, employee_id, moment)

    def changes_since(self, employee_id: str, moment: str, limit: int) -> tuple[Change, ...]:
        """Implement HistoryStore.changes_since."""
        with self._database.reading("changes_since") as connection:
            return tuple(changes.since(connection, employee_id, moment, limit))

    def audit(
        self,
        query: AuditQuery,
        cursor: str | None = None,
        limit: int = AUDIT_ENTRIES_PER_PAGE,
    ) -> AuditPage:
        """Implement HistoryStore.audit."""
        with self._database.reading("audit") as connection:
            return audit.page(connection, query, cursor, limit)

    @retry_when_rolled_back
    def note(self, entry: AuditEntry) -> None:
        """Implement HistoryStore.note."""
        author = self._authors.number_of(entry.author)
        with self._database.writing("note") as connection:
            audit.put(connection, entry, author)

    def iter_changes(self, bookmark: str = "") -> Iterator[ChangeBatch]:
        """Implement HistoryStore.iter_changes, by id key and moment."""
        moment, id_key = read_position(bookmark) or ("", "")
        while True:
            with self._database.reading("iter_changes") as connection:
                found = changes.following(connection, id_key, moment, MAX_CHANGES_OF_BATCH)
            if not found:
                return
            id_key, moment = changes.key_of(found[-1])
            yield ChangeBatch(tuple(found), Position(moment, id_key).to_text())

    def iter_audit(self) -> Iterator[tuple[AuditEntry, ...]]:
        """Implement HistoryStore.iter_audit."""
        moment = ""
        while True:
            with self._database.reading("iter_audit") as connection:
                found = audit.of_nobody(connection, moment, MAX_CHANGES_OF_BATCH)
            if not found:
                return
            moment = found[-1].moment
            yield tuple(found)

    def restore_changes(self, restored: Iterable[Change]) -> int:
        """Implement HistoryStore.restore_changes."""
        changes_left = iter(restored)
        restored_count = 0
        while batch := tuple(islice(changes_left, MAX_CHANGES_OF_BATCH)):
            restored_count += self._restore(batch)
        return restored_count

    @retry_when_rolled_back
    def _restore(self, batch: tuple[Change, ...]) -> int:
        numbers = [self._authors.number_of(change.author) for change in batch]
        with self._database.writing("restore_changes") as connection:
            stored = changes.existing_keys(connection, batch)
            new = {
                key: (change, number)
                for change, number in zip(batch, numbers, strict=True)
                if (key := changes.key_of(change)) not in stored
            }
            changes.insert(connection, new.values())
            for change, number in new.values():
                if (entry := entry_of(change)) is not None:
                    audit.put(connection, entry, number)
        return len(new)

    def erase(self, employee_id: str) -> None:
        """Implement HistoryStore.erase; EmployeeStore.delete does it in its own transaction."""
        self._erase(lambda connection: recorder.erase(connection, [employee_id]))

    def erase_author(self, account_id: str) -> None:
        """Implement HistoryStore.erase_author."""
        self._erase(lambda connection: authors.erase(connection, account_id))

    def _erase(self, erase: Callable[[Connection], object]) -> None:
        _in_transaction(self._database, erase)
        self._database.overwrite_deleted()

    def thin_out(self, before: str) -> Iterator[int]:
        """Implement HistoryStore.thin_out."""
        return thinning.thin_out(self._database, before)


@retry_when_rolled_back
def _in_transaction(database: Database, write: Callable[[Connection], object]) -> None:
    with database.writing("erase") as connection:
        write(connection)
