"""The audit log: entries merged from the views over which they are spread."""

import heapq
from collections.abc import Iterator
from itertools import islice

from app.contracts.audit_entries import meets
from app.contracts.history import MAX_ENTRIES_EXAMINED, AuditEntry, AuditPage, AuditQuery
from app.storage.dynamodb.client.attributes import string_of
from app.storage.dynamodb.client.calls import Calls, Item
from app.storage.dynamodb.client.pagination import query_range
from app.storage.dynamodb.history.authors import NOBODY, AuthorNames
from app.storage.dynamodb.history.items import SHARDS, entry_from, log_view

_BATCH_SIZE = 100
_MIN_PAGE_SIZE = 16
_FILTERED_PAGE_SIZE = 200


class AuditReader:
    """The reader of the audit log."""

    def __init__(self, calls: Calls, index: str, names: AuthorNames) -> None:
        self._calls = calls
        self._index = index
        self._names = names

    def page(self, query: AuditQuery, before: str, limit: int) -> AuditPage:
        """Return a page of entries whose sort keys are before this one; ``older`` is one too."""
        shown: list[AuditEntry] = []
        last, examined = before, 0
        is_filtered = query != AuditQuery()
        page_size = _FILTERED_PAGE_SIZE if is_filtered else max(limit // 2, _MIN_PAGE_SIZE)
        for at, entry in self._entries(query, before, page_size):
            if examined == MAX_ENTRIES_EXAMINED:
                return AuditPage(tuple(shown), last, examined)
            if entry is not None and meets(entry, query):
                if len(shown) == limit:
                    return AuditPage(tuple(shown), last)
                shown.append(entry)
            last, examined = at, examined + 1
        return AuditPage(tuple(shown))

    def own_entries(self) -> Iterator[tuple[AuditEntry, ...]]:
        """Yield the entries that no change has, newest first, in batches."""
        rows = (row for row in self._rows(AuditQuery(), "", _BATCH_SIZE) if "own" in row)
        while batch := list(islice(rows, _BATCH_SIZE)):
            yield tuple(entry for _, entry in self._decoded(batch) if entry is not None)

    def _entries(
        self, query: AuditQuery, before: str, page_size: int
    ) -> Iterator[tuple[str, AuditEntry | None]]:
        rows = self._rows(query, before, page_size)
        while batch := list(islice(rows, page_size)):
            yield from self._decoded(batch)

    def _decoded(self, items: list[Item]) -> Iterator[tuple[str, AuditEntry | None]]:
        authors = self._names.with_references(string_of(item, "by") for item in items)
        for item in items:
            yield item["at"]["S"], entry_from(item, lambda one: authors.get(one, NOBODY))

    def _rows(self, query: AuditQuery, before: str, page_size: int) -> Iterator[Item]:
        """Yield rows from the newest to the oldest, of the days of the query."""
        # What begins with a day sorts before the day and "~".
        before = min(filter(None, (before, query.until and f"{query.until}~")), default="")
        views = (
            query_range(
                self._calls,
                self._index,
                log_view(shard),
                after=query.since,
                before=before,
                backwards=True,
                page_size=page_size,
            )
            for shard in range(SHARDS)
        )
        return heapq.merge(*views, key=lambda item: item["at"]["S"], reverse=True)
