"""Everyone below somebody: a walk down the reporting lines, which needs no state between pages.

It goes depth first, in the order of the chart: each person, then all who stand below them, then the
next one of the same manager. Nobody is met twice: a line that goes round ends where its path meets
somebody again.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import NamedTuple

from app.access.rights import Right, may, require
from app.access.viewer import Viewer
from app.contracts import MAX_BATCH, MAX_ROWS_EXAMINED, PAGE_SIZE, Query
from app.contracts.reports import ReportStore
from app.contracts.walk_cursors import Level, Walk, read_walk, walk_text
from app.directory.service import Directory
from app.directory.walking import Below, Walker
from app.model import leaving
from app.model.errors import StorageUnavailable
from app.runtime import deadline, read_budget

# Of so many people at most the total is told; a count goes no further.
MAX_COUNTED_BELOW = 5_000
# How many are looked through for one batch of an export, which has a deadline of its own.
_LOOKED_AT_ONCE = 500


class BelowPage(NamedTuple):
    """A page of everyone below somebody, and ``managers``: the names of whom they report to.

    ``looked`` and ``found`` count from the beginning of the walk to the end of this page, which
    ``next`` continues; without it the walk has ended. ``is_cut`` says that somewhere it could not
    go further down, and ``is_early`` that the page ended before it was full. ``before`` were found
    on earlier pages.
    """

    people: tuple[Below, ...] = ()
    managers: Mapping[str, str] = {}
    looked: int = 0
    found: int = 0
    before: int = 0
    next: str = ""
    is_cut: bool = False
    is_early: bool = False

    @property
    def is_over(self) -> bool:
        """Return whether they are more than are counted."""
        return self.looked > MAX_COUNTED_BELOW


class PeopleBelow:
    """The reader of everyone below somebody."""

    def __init__(self, directory: Directory, reports: ReportStore) -> None:
        self._directory = directory
        self._reports = reports

    def page(self, viewer: Viewer, top: str, query: Query, cursor: str | None) -> BelowPage:
        """Return one page of those who meet a query, at most PAGE_SIZE.

        It looks through MAX_ROWS_EXAMINED people at most, and no further than the read budget.
        """
        walker = self._walker(viewer, top, query, read_walk(cursor, top, query))
        if walker is None:
            return BelowPage()
        before = walker.found
        with read_budget.limit():
            people = walker.step(PAGE_SIZE, MAX_ROWS_EXAMINED)
            names = self._names(viewer, walker, people)
        return BelowPage(
            tuple(people),
            names,
            walker.looked,
            walker.found,
            before,
            is_cut=walker.is_cut,
            next="" if walker.has_ended else walk_text(walker.position(), top, query),
            is_early=len(people) < PAGE_SIZE and not walker.has_ended,
        )

    def count(self, viewer: Viewer, top: str, query: Query, cursor: str | None) -> BelowPage:
        """Return only the counts of a longer step of the walk, which ``next`` continues.

        Past MAX_COUNTED_BELOW people there is no next one.
        """
        walker = self._walker(viewer, top, query, read_walk(cursor, top, query))
        if walker is None:
            return BelowPage()
        with read_budget.limit():
            left = MAX_COUNTED_BELOW + 1 - walker.looked
            walker.step(MAX_ROWS_EXAMINED, min(MAX_ROWS_EXAMINED, left))
        goes_on = not walker.has_ended and walker.looked <= MAX_COUNTED_BELOW
        following = walk_text(walker.position(), top, query) if goes_on else ""
        return BelowPage(
            looked=walker.looked, found=walker.found, is_cut=walker.is_cut, next=following
        )

    def ids(
        self, viewer: Viewer, top: str, query: Query, seconds: float = math.inf
    ) -> Iterator[list[str]]:
        """Yield the ids of all who meet a query, in batches of at most MAX_BATCH.

        Memory is bounded, and each batch has a deadline of ``seconds``.
        """
        walker = self._walker(viewer, top, query, None)
        while walker and not walker.has_ended:
            deadline.start(seconds)
            yield [each.card.id for each in walker.step(MAX_BATCH, _LOOKED_AT_ONCE)]

    def _walker(self, viewer: Viewer, top: str, query: Query, walk: Walk | None) -> Walker | None:
        """Return a walker at a position; None where the viewer sees nobody below."""
        require(viewer, Right.SEE_PEOPLE)
        with suppress(StorageUnavailable):
            self._directory.facets(viewer)  # which takes those out whose last day has come
        sight = self._directory.sight_of(viewer)
        seen = query.seen_with(sight)
        if not top or seen.is_impossible or "manager" in sight.restricted:
            return None
        start = walk or Walk((Level(top),))
        return Walker(self._directory.employees, self._reports, seen, start)

    def _names(self, viewer: Viewer, walker: Walker, people: list[Below]) -> dict[str, str]:
        """Return the names of the managers of people; the top may have left."""
        needed, today = {each.manager for each in people}, leaving.today()
        names = {key: name for key, name in walker.names.items() if key in needed}
        if missing := needed.difference(names):
            for key, record in self._directory.employees.get_many(missing).items():
                if may(viewer, Right.LEAVE) or not leaving.has_left(record, today):
                    names[key] = record.full_name
        return names
