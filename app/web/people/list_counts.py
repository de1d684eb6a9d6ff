"""The number of people in a list, and the number of its page, if known."""

from collections.abc import Mapping
from math import ceil

from app.contracts import PAGE_SIZE, Facets, Page
from app.contracts.queries import TEXT_FILTERS
from app.model.fields import FACETS
from app.text import search_keys
from app.text.plurals import count_people
from app.web.ui.list_query import ListRequest

_COUNTS = {facet.name: facet.counts for facet in FACETS}


def is_whole(page: Page) -> bool:
    """Return whether the page shows everyone who matches."""
    return page.next is None and page.previous is None and page.rows_examined is None


def known_count(listing: ListRequest, page: Page, facets: Facets) -> int | None:
    """Return the number of matches if they fit on the page or one filter counts them, else None."""
    query = listing.query
    if is_whole(page):
        return len(page.cards)
    if query.is_empty:
        return max(facets.total, len(page.cards))
    if query.words or len(query.filters) > 1:
        return None
    ((name, value),) = query.filters
    counts: Mapping[str, int] = getattr(facets, _COUNTS[name])
    if value in counts or name not in TEXT_FILTERS:
        return counts.get(value)
    (key,) = query.keys_of(name) or ("",)
    return next(
        (count for spelling, count in counts.items() if search_keys.facet_key(spelling) == key),
        None,
    )


def page_number(listing: ListRequest, page: Page, count: int | None) -> int:
    """Return the number of the page; 0 if unknown or impossible."""
    if page.previous is None:
        return 1
    number = listing.page
    if number < 2 or count is None:
        return max(number, 0) if number != 1 else 0
    pages = ceil(count / PAGE_SIZE)
    is_last = page.next is None
    return number if number <= pages and is_last == (number == pages) else 0


def count_line(listing: ListRequest, page: Page, facets: Facets, count: int | None) -> str:
    """Return the sentence with the number of people."""
    shown = len(page.cards)
    total = max(facets.total, shown)
    if listing.query.is_empty:
        number = page_number(listing, page, count)
        if is_whole(page) or not number or not shown:
            return count_people(total)
        first = (number - 1) * PAGE_SIZE + 1
        return f"Showing {first:,}–{first + shown - 1:,} of {total:,}"
    if count is not None:
        return _matching(count, total) if count else "No one matches"
    if page.previous is not None and not page_number(listing, page, count):
        # The number of matches before this page is unknown.
        so_far = " so far" if page.rows_examined is not None else ""
        return f"{_more_matching(shown, total)}{so_far}"
    if page.previous is None and page.rows_examined is not None:
        return f"{_matching(shown, total)} so far"
    minimum = shown if page.previous is None else PAGE_SIZE  # the pages before this one were full
    return f"{minimum:,}+ of {count_people(total)} match"


def _matching(count: int, total: int) -> str:
    return f"{count:,} of {count_people(total)} {_match(count)}"


def _more_matching(count: int, total: int) -> str:
    if count == 0:
        return f"No more of the {count_people(total)} match"
    return f"{count:,} more of {count_people(total)} {_match(count)}"


def _match(count: int) -> str:
    return "matches" if count == 1 else "match"


def page_position(listing: ListRequest, page: Page, count: int | None) -> str:
    """Return the text between the links to the previous and the next page."""
    if is_whole(page):
        return _all(len(page.cards)) if page.cards else ""
    number = page_number(listing, page, count)
    if not number or not page.cards:
        return ""
    if count is None or page.rows_examined is not None:
        return f"Page {number:,}"
    return f"Page {number:,} of {max(ceil(count / PAGE_SIZE), number):,}"


def _all(count: int) -> str:
    return "1 person" if count == 1 else f"All {count_people(count)}"
