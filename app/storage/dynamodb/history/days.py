"""The days that have changes or entries, so that no other day is looked at."""

from collections.abc import Iterator

from app.storage.dynamodb.client.calls import Calls
from app.storage.dynamodb.client.pagination import query_range
from app.storage.dynamodb.client.tables import Tables
from app.storage.dynamodb.history.items import DAYS_VIEW

_MAX_KNOWN = 1_000
_PAGE_SIZE = 32


class Days:
    """The days in one index table; those that this process has written are remembered."""

    def __init__(self, calls: Calls, index: str) -> None:
        self._calls = calls
        self._index = index
        self._known: set[str] = set()

    def add(self, day: str) -> None:
        """Store a day, before the first change of it; one write for each process and day."""
        if day in self._known:
            return
        request = {"TableName": self._index, "Item": Tables.index_key(DAYS_VIEW, day)}
        self._calls.write("PutItem", self._index, request)
        if len(self._known) >= _MAX_KNOWN:
            self._known.clear()
        self._known.add(day)

    def newest_first(self, since: str = "", until: str = "") -> Iterator[str]:
        """Yield the days from ``since`` to ``until``, both included; "" is no limit."""
        for day in self._between(since, until, backwards=True):
            if until and day > until:
                continue
            if day < since:
                return
            yield day

    def before(self, day: str) -> Iterator[str]:
        """Yield the days before this one, oldest first."""
        return (one for one in self._between("", day, backwards=False) if one < day)

    def remove(self, day: str) -> None:
        """Remove a day that has nothing any more."""
        request = {"TableName": self._index, "Key": Tables.index_key(DAYS_VIEW, day)}
        self._calls.write("DeleteItem", self._index, request)
        self._known.discard(day)

    def _between(self, since: str, until: str, *, backwards: bool) -> Iterator[str]:
        # Sort keys after ``until`` but none of another day: a day has digits and hyphens.
        rows = query_range(
            self._calls,
            self._index,
            DAYS_VIEW,
            before=f"{until}~" if until else "",
            backwards=backwards,
            page_size=_PAGE_SIZE,
        )
        return (item["at"]["S"] for item in rows)
