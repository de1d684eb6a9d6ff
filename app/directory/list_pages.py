"""Read a page of the list with all that stands beside it: similar people, and counts."""

from collections.abc import Callable
from typing import NamedTuple

from app.access.visibility import Sight
from app.contracts import Facets, Page, Query
from app.directory.fuzzy import Cost, FuzzySearch, Suggestions
from app.directory.match_counts import ListCounts, MatchCounter, known_total
from app.directory.seen_people import PeopleReader
from app.directory.sorting import MAX_SORTED, Sort, read_whole, sorted_page
from app.runtime import read_budget


class ListPage(NamedTuple):
    """A page of the list with all that stands beside it; ``everyone`` has the counts of all.

    ``sort`` is the order asked for, None if too many people match for it; ``number`` is that of a
    sorted page.
    """

    page: Page
    suggestions: Suggestions
    everyone: Facets
    counts: ListCounts
    sort: Sort | None = None
    number: int = 1


class ListPages:
    """The reader of pages of the list; all that one page reads shares a read budget."""

    def __init__(
        self,
        employees: PeopleReader,
        fuzzy_search: FuzzySearch,
        facets: Callable[[Sight], Facets],
    ) -> None:
        self._employees = employees
        self._fuzzy_search = fuzzy_search
        self._facets = facets
        self._counter = MatchCounter(employees)

    def expire_counts(self) -> None:
        """Count matches anew, after a change by this process."""
        self._counter.expire()

    def search(self, query: Query, cursor: str | None) -> tuple[Page, Suggestions]:
        """Return one page of cards and, if the search has few results, similar employees."""
        with read_budget.limit():
            return self._search(query, cursor)

    def page(self, query: Query, cursor: str | None, sort: Sort | None, number: int) -> ListPage:
        """Implement Directory.list_page."""
        with read_budget.limit():
            if sort and (sorted_list := self._sorted(query, sort, number)):
                return sorted_list
            page, suggestions = self._search(query, cursor)
            everyone = self._facets(query.sight)
            counts = self._counter.of_list(query, page, everyone)
        return ListPage(page, suggestions, everyone, counts)

    def count_matches(self, query: Query) -> ListCounts:
        """Return the counts beside a list, without a page of it."""
        with read_budget.limit():
            return self._counter.of_list(query, None, self._facets(query.sight))

    def _search(self, query: Query, cursor: str | None) -> tuple[Page, Suggestions]:
        start = Cost.now()
        page = self._employees.browse(query, cursor)
        return page, self._fuzzy_search.suggest(query, page, start.since())

    def _sorted(self, query: Query, sort: Sort, number: int) -> ListPage | None:
        """Return a page of a sorted list; None if it is too long, at no cost where known."""
        everyone = self._facets(query.sight)
        if (known_total(query, everyone) or 0) > MAX_SORTED:
            return None
        start = Cost.now()
        if (whole := read_whole(self._employees, query)) is None:
            return None
        suggestions = self._fuzzy_search.suggest(query, whole, start.since())
        counts = self._counter.of_list(query, whole, everyone)
        page, number = sorted_page(whole, sort, number)
        return ListPage(page, suggestions, everyone, counts, sort, number)
