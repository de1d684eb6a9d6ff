"""The counts beside a page of the list: how many match, and what each value of a menu would give.

Counts are cached by query. Those of filters alone are right until any count of the directory
changes; those of words, which no count tells of, are read again after a few seconds.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from app.contracts import MAX_COUNTED_MATCHES, Facets, Matches, Page, Query
from app.contracts.counts import MANY_MATCHES, matches_of
from app.contracts.queries import FILTERS, TEXT_FILTERS
from app.directory.seen_people import PeopleReader
from app.text import search_keys

WORDS_SECONDS = 3.0
# More than a thousand do not become fewer in a moment, and counting them costs the most.
MANY_SECONDS = 300.0
UNKNOWN_SECONDS = 30.0
# Of filters alone, whose counts stay; and of words, which come once for each search.
_MAX_FILTERED, _MAX_SEARCHED = 128, 32


class ListCounts(NamedTuple):
    """The counts of a list; ``total`` is None if unknown, and then ``are_many`` if over a thousand.

    ``by_filter`` has for each filter the counts of those who meet all other conditions, so what
    each of its values would give; None if unknown.
    """

    total: int | None
    are_many: bool
    by_filter: dict[str, Facets | None]


class _Cached(NamedTuple):
    matches: Matches
    stamp: object
    changes: int
    counted_at: float


def is_whole(page: Page) -> bool:
    """Return whether the page shows everyone who matches."""
    return page.next is None and page.previous is None and page.rows_examined is None


class MatchCounter:
    """Counts matches with the help of the page, the counts of everyone, and a cache."""

    def __init__(self, store: PeopleReader, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._filtered: OrderedDict[Query, _Cached] = OrderedDict()
        self._searched: OrderedDict[Query, _Cached] = OrderedDict()
        self._changes = 0

    def expire(self) -> None:
        """Count the matches of words anew, after a change by this process."""
        self._changes += 1

    def of_list(self, query: Query, page: Page | None, everyone: Facets) -> ListCounts:
        """Return the counts beside a page of a query, or without one."""
        if query.is_empty:
            return ListCounts(everyone.total, False, dict.fromkeys(FILTERS, everyone))
        known = known_total(query, everyone)
        if page is not None and is_whole(page):
            matches = matches_of(map(search_keys.letter_of, page.name_keys), page.cards)
        elif known is not None and known > MAX_COUNTED_MATCHES:
            matches = MANY_MATCHES
        else:
            matches = self._count(query, everyone)
        by_filter = {
            name: self._beside(query.without(name), everyone)
            if query.values_of(name)
            else matches.facets
            for name in FILTERS
        }
        total = matches.facets.total if matches.facets else known
        return ListCounts(total, matches.are_many, by_filter)

    def _beside(self, others: Query, everyone: Facets) -> Facets | None:
        """Return the counts of the other conditions of a filter."""
        if others.is_empty:
            return everyone
        known = known_total(others, everyone)
        if known is not None and known > MAX_COUNTED_MATCHES:
            return None
        return self._count(others, everyone).facets

    def _count(self, query: Query, everyone: Facets) -> Matches:
        cache, most = (
            (self._searched, _MAX_SEARCHED) if query.words else (self._filtered, _MAX_FILTERED)
        )
        with self._lock:
            cached = cache.get(query)
            if cached is not None:
                cache.move_to_end(query)
        if cached is not None and self._is_valid(cached, query, everyone):
            return cached.matches
        changes, now = self._changes, self._clock()
        matches = self._store.count_matches(query)
        with self._lock:
            cache[query] = _Cached(matches, everyone.stamp, changes, now)
            if len(cache) > most:
                cache.popitem(last=False)
        return matches

    def _is_valid(self, cached: _Cached, query: Query, everyone: Facets) -> bool:
        age = self._clock() - cached.counted_at
        if cached.matches.facets is None:
            return age < (MANY_SECONDS if cached.matches.are_many else UNKNOWN_SECONDS)
        if cached.stamp != everyone.stamp:
            return False
        return not query.words or (age < WORDS_SECONDS and cached.changes == self._changes)


def known_total(query: Query, everyone: Facets) -> int | None:
    """Return how many match everything or one filter; None if the counts of everyone do not tell.

    They do not tell of several badges, since one employee may have them all.
    """
    if query.is_empty:
        return everyone.total
    names = {name for name, _ in query.filters}
    if query.left:
        return None if query.words or names else everyone.left
    if query.words or len(names) != 1 or not names <= set(FILTERS):
        return None
    (name,) = names
    counts, values = everyone.of(name), query.values_of(name)
    if name not in TEXT_FILTERS:
        is_told = name != "badge" or len(values) == 1
        return sum(counts.get(value, 0) for value in values) if is_told else None
    if len(values) == 1 and values[0] in counts:
        return counts[values[0]]
    keys = query.keys_of(name)
    same = (n for spelling, n in counts.items() if search_keys.facet_key(spelling) in keys)
    return sum(same) if keys else None
