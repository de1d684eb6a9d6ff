"""People as the viewer sees them who asks: masked cards, and counts without what is concealed."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any, Protocol

from app.access.masks import mask_cards
from app.access.visibility import Sight
from app.contracts import PAGE_SIZE, EmployeeStore, Facets, Matches, Page, Query
from app.contracts.queries import FILTERED_FIELD
from app.directory.due_leavers import DueLeavers
from app.model.errors import StorageUnavailable
from app.model.facets import FACET
from app.runtime.ttl import TtlValue

FACETS_SECONDS = 3.0
_COUNTS_OF = {field: FACET[name].counts for name, field in FILTERED_FIELD.items() if name in FACET}


class PeopleReader(Protocol):
    """What lists and searches read of a store; see EmployeeStore."""

    def browse(self, query: Query, cursor: str | None = None, limit: int = PAGE_SIZE) -> Page:
        """Return one page of cards."""

    def count_matches(self, query: Query) -> Matches:
        """Return the counts of those who match."""

    def vocabulary(self) -> Iterator[str]:
        """Yield the words of names, job titles, departments and locations."""


class SeenPeople:
    """A reader of a store that masks every card and count by the sight of the query."""

    def __init__(self, employees: EmployeeStore) -> None:
        self._employees = employees

    def browse(self, query: Query, cursor: str | None = None, limit: int = PAGE_SIZE) -> Page:
        """Return one page of masked cards."""
        page = self._employees.browse(query, cursor, limit)
        if query.sight.is_whole:
            return page
        return replace(page, cards=mask_cards(page.cards, query.sight))

    def count_matches(self, query: Query) -> Matches:
        """Return the counts of those who match, without those of concealed fields."""
        matches = self._employees.count_matches(query)
        if matches.facets is None:
            return matches
        return matches._replace(facets=mask_facets(matches.facets, query.sight))

    def vocabulary(self) -> Iterator[str]:
        """Yield the words that everybody may search by."""
        return self._employees.vocabulary()


def mask_facets(facets: Facets, sight: Sight) -> Facets:
    """Return counts without those of fields that the viewer may not see."""
    concealed = sight.restricted.intersection(_COUNTS_OF)
    if not concealed:
        return facets
    hidden: dict[str, Any] = {_COUNTS_OF[name]: {} for name in concealed}
    return replace(facets, **hidden)


class CountsOfEveryone:
    """The counts of everyone, at most FACETS_SECONDS old, so that a list page needs one query.

    They are the same object while they are equal: caches of rendered menus and charts depend on it.
    """

    def __init__(self, employees: EmployeeStore) -> None:
        self._employees = employees
        self._due_leavers = DueLeavers(employees)
        self._facets: TtlValue[Facets] = TtlValue(FACETS_SECONDS)
        self._masked: dict[frozenset[str], tuple[Facets, Facets]] = {}

    def expire(self) -> None:
        """Count anew, after a change by this process."""
        self._facets.expire()

    def _count(self, last: Facets | None) -> Facets:
        facets = self._employees.facets()
        if facets.leaving and self._due_leavers.carry_out(facets):
            facets = self._employees.facets()
        return last if last == facets and last.stamp == facets.stamp else facets

    def read(self) -> None:
        """Count if it is time, which takes those out of lists whose last day has come.

        Where nobody can be counted, whatever needs the counts says so.
        """
        with suppress(StorageUnavailable):
            self._facets.get(self._count)

    def seen_with(self, sight: Sight) -> Facets:
        """Return the counts without those of fields that the viewer may not see."""
        facets = self._facets.get(self._count)
        concealed = sight.restricted.intersection(_COUNTS_OF)
        if not concealed:
            return facets
        last = self._masked.get(concealed)
        if last is None or last[0] is not facets:
            last = facets, mask_facets(facets, sight)
            self._masked[concealed] = last
        return last[1]
