"""DynamoHistory: the HistoryStore in the index table of DynamoDB."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

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
from app.contracts.stored_accounts import cursor_after, key_in_cursor
from app.history.changes import Change
from app.history.difference import time_of
from app.storage.dynamodb.client.batch_reads import batch_get
from app.storage.dynamodb.client.batch_writes import write_batches
from app.storage.dynamodb.client.calls import Calls, Item
from app.storage.dynamodb.client.key_errors import explaining_keys
from app.storage.dynamodb.client.pagination import scan_pages
from app.storage.dynamodb.client.tables import Tables
from app.storage.dynamodb.history.audit import AuditReader
from app.storage.dynamodb.history.authors import AuthorNames
from app.storage.dynamodb.history.erasing import Erasure
from app.storage.dynamodb.history.items import (
    CHANGE_VIEW,
    SEPARATOR,
    change_item,
    change_view,
    day_of,
    entry_item,
    log_key,
    note_view,
    own_entry_item,
)
from app.storage.dynamodb.history.oldest import OldestDay
from app.storage.dynamodb.history.reader import ChangeReader
from app.storage.dynamodb.history.thinning import Thinning

_RESTORE_SIZE = 100
_SCAN: dict[str, Any] = {
    "FilterExpression": "begins_with(#view, :changes)",
    "ExpressionAttributeNames": {"#view": "view"},
    "ExpressionAttributeValues": {":changes": {"S": CHANGE_VIEW}},
}


class DynamoHistory:
    """A HistoryStore in the index table of DynamoDB. Any number of threads may share it."""

    def __init__(self, calls: Calls, tables: Tables) -> None:
        self.calls = calls
        self.tables = tables
        self._index = tables.index
        self._names = AuthorNames(calls, tables.index)
        self._oldest = OldestDay(calls, tables.index)
        self._reader = ChangeReader(calls, tables.index, self._names)
        self._audit = AuditReader(calls, tables.index, self._names)

    @explaining_keys
    def changes_of(
        self, employee_id: str, cursor: str | None = None, limit: int = CHANGES_PER_PAGE
    ) -> ChangePage:
        """Implement HistoryStore.changes_of: one Query, and a read of the authors' names."""
        page = self._reader.page(employee_id, _moment_in(cursor), limit)
        return ChangePage(page.changes, _cursor(page.older))

    @explaining_keys
    def find_change(self, employee_id: str, moment: str) -> Change | None:
        """Implement HistoryStore.find_change."""
        return self._reader.find(employee_id, moment) if time_of(moment) else None

    @explaining_keys
    def changes_since(self, employee_id: str, moment: str, limit: int) -> tuple[Change, ...]:
        """Implement HistoryStore.changes_since."""
        return self._reader.after(employee_id, moment, limit)

    @explaining_keys
    def audit(
        self,
        query: AuditQuery,
        cursor: str | None = None,
        limit: int = AUDIT_ENTRIES_PER_PAGE,
    ) -> AuditPage:
        """Implement HistoryStore.audit: a few rows of each of its views, merged."""
        page = self._audit.page(query, _key_in(cursor), limit)
        return AuditPage(page.entries, _cursor(page.older), page.examined)

    @explaining_keys
    def note(self, entry: AuditEntry) -> None:
        """Implement HistoryStore.note."""
        author = self._names.reference(entry.author)
        self._oldest.note(day_of(entry.moment))
        if entry.employee_id:  # so that an erasure finds it
            self._put(Tables.index_key(note_view(entry.employee_id), entry.moment))
        self._put(own_entry_item(entry, author))

    @explaining_keys
    def iter_changes(self, bookmark: str = "") -> Iterator[ChangeBatch]:
        """Implement HistoryStore.iter_changes by a scan of the whole index."""
        for page in scan_pages(self.calls, self._index, _SCAN, _start_after(bookmark)):
            for start in range(0, len(page.items), MAX_CHANGES_OF_BATCH):
                items = page.items[start : start + MAX_CHANGES_OF_BATCH]
                changes = self._reader.decoded(items)
                yield ChangeBatch(changes, _bookmark_after(items[-1]))

    @explaining_keys
    def iter_audit(self) -> Iterator[tuple[AuditEntry, ...]]:
        """Implement HistoryStore.iter_audit."""
        return self._audit.own_entries()

    @explaining_keys
    def restore_changes(self, changes: Iterable[Change]) -> int:
        """Implement HistoryStore.restore_changes."""
        source, count = iter(changes), 0
        while batch := list(islice(source, _RESTORE_SIZE)):
            count += self._restore(batch)
        return count

    @explaining_keys
    def erase(self, employee_id: str) -> None:
        """Implement HistoryStore.erase."""
        Erasure(self.calls, self._index, self._names).erase(employee_id)

    @explaining_keys
    def erase_author(self, account_id: str) -> None:
        """Implement HistoryStore.erase_author; another process may know a name for 30 seconds."""
        if account_id:
            self._names.erase(account_id)

    @explaining_keys
    def thin_out(self, before: str) -> Iterator[int]:
        """Implement HistoryStore.thin_out; see thinning.py for the cost."""
        return Thinning(self.calls.for_background_task(), self._index, self._oldest, before).run()

    def _restore(self, changes: list[Change]) -> int:
        by_key = {(change_view(one.employee_id), one.moment): one for one in changes}
        keys = [Tables.index_key(*key) for key in by_key]
        stored = batch_get(self.calls, {self._index: keys})[self._index]
        for item in stored:
            del by_key[item["view"]["S"], item["at"]["S"]]
        items = (item for change in by_key.values() for item in self._items(change))
        write_batches(self.calls, self._index, ({"PutRequest": {"Item": one}} for one in items))
        return len(by_key)

    def _items(self, change: Change) -> Iterator[Item]:
        """Yield the items of a change, the one that tells that it is there last."""
        author = self._names.reference(change.author)
        self._oldest.note(day_of(change.moment))
        if (entry := entry_of(change)) is not None:
            yield entry_item(entry, author, log_key(entry.moment, entry.employee_id))
        yield change_item(change, author)

    def _put(self, item: Item) -> None:
        self.calls.write("PutItem", self._index, {"TableName": self._index, "Item": item})


def _cursor(key: str | None) -> str | None:
    return cursor_after(key) if key else None


def _key_in(cursor: str | None) -> str:
    """Return the sort key in a cursor of the audit log; "" if there is none."""
    key = key_in_cursor(cursor)
    return key if time_of(key.partition(SEPARATOR)[0]) else ""


def _moment_in(cursor: str | None) -> str:
    key = _key_in(cursor)
    return key if SEPARATOR not in key else ""


def _bookmark_after(item: Item) -> str:
    return f"{item['at']['S']} {item['view']['S']}"


def _start_after(bookmark: str) -> Item | None:
    at, _, view = bookmark.partition(" ")
    return Tables.index_key(view, at) if at and view.startswith(CHANGE_VIEW) else None
