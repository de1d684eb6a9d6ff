"""The number of people in a list, and the number of its page, if known."""

from math import ceil

from app.contracts import MAX_COUNTED_MATCHES, PAGE_SIZE, Page
from app.directory.list_pages import ListPage
from app.directory.match_counts import ListCounts, is_whole
from app.text.plurals import count_people
from app.web.people.suggestions import count_with_suggestions
from app.web.ui.list_query import ListRequest


def known_count(page: Page, counts: ListCounts) -> int | None:
    """Return the number of matches, which is never less than the page shows; None if unknown."""
    if is_whole(page):
        return len(page.cards)
    return None if counts.total is None else max(counts.total, len(page.cards))


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


def count_sentence(listing: ListRequest, result: ListPage, count: int | None) -> str:
    """Return the sentence with the number of people, and of similar people."""
    page, suggestions, counts = result.page, result.suggestions, result.counts
    line = count_line(listing, page, counts, count)
    is_total = count is not None or counts.are_many
    if suggestions.beyond_page and is_total:
        return line  # it counts the later matches by name, too
    return count_with_suggestions(line, len(page.cards), suggestions)


def count_line(listing: ListRequest, page: Page, counts: ListCounts, count: int | None) -> str:
    """Return the sentence with the number of people."""
    shown = len(page.cards)
    if listing.query.is_empty:
        return _of_everyone(listing, page, count or shown)
    if count is not None:
        return _matching(count)
    if counts.are_many:
        return f"Over {MAX_COUNTED_MATCHES:,} people match"
    so_far = " so far" if page.rows_examined is not None else ""
    number = page_number(listing, page, count)
    if page.previous is not None and not number:
        # The number of matches before this page is unknown.
        return f"{_more_matching(shown)}{so_far}"
    if page.previous is None and so_far:
        return f"{_matching(shown)}{so_far}"
    # The page before this one was full.
    least = shown if page.previous is None else PAGE_SIZE
    return f"At least {_matching(least)}"


def _of_everyone(listing: ListRequest, page: Page, total: int) -> str:
    number, shown = page_number(listing, page, total), len(page.cards)
    if is_whole(page) or not number or not shown:
        return count_people(total)
    first = (number - 1) * PAGE_SIZE + 1
    return f"Showing {first:,}–{first + shown - 1:,} of {total:,}"


def _matching(count: int) -> str:
    return f"{count_people(count)} {_match(count)}" if count else "No one matches"


def _more_matching(count: int) -> str:
    if count == 0:
        return "No more people match"
    return f"{count:,} more {'person' if count == 1 else 'people'} {_match(count)}"


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
