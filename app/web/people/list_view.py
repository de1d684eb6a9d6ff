"""A page of the list, ready for its template."""

from dataclasses import dataclass, replace
from typing import NamedTuple

from markupsafe import Markup

from app.contracts import PAGE_SIZE, Page, Query
from app.contracts.list_order import ListOrder
from app.contracts.queries import MANAGER, TEXT_FILTERS
from app.directory.list_pages import ListPage
from app.exports.formats import FORMATS
from app.model.employee import BADGES
from app.text import search_keys
from app.text.plurals import count_people
from app.web.people import list_counts
from app.web.people.edit_links import edit_label, rename_label
from app.web.people.headings import Heading, headings, is_in_order, unsorted_note
from app.web.people.suggestions import SuggestionsView, suggestions_view
from app.web.ui.dates import month
from app.web.ui.html.cards import grid, rows
from app.web.ui.html.menus import MenuCache
from app.web.ui.html.tabs import tabs
from app.web.ui.list_query import CARDS, TABLE, ListRequest

_BADGE = {badge.key: badge for badge in BADGES}


@dataclass(frozen=True, slots=True)
class Chip:
    """A selected filter, and the URL of the list without it."""

    label: str
    icon: str
    address: str


class WalkView(NamedTuple):
    """Of a list of everyone below somebody: their name, and the URL that counts on, or "".

    ``is_early`` says that the page was not full when it ended, ``most`` how many are expected in
    all, 0 if nothing tells, and ``looked`` and ``found`` how many were from the first page on.
    """

    top: str
    count_address: str
    is_early: bool
    looked: int
    found: int
    most: int


@dataclass(frozen=True, slots=True)
class ListView:
    """The variables of the list template; the Markup among them has every value escaped."""

    listing: ListRequest
    people: Markup
    menus: Markup
    tabs: Markup
    chips: tuple[Chip, ...]
    count: str
    show_people: str
    position: str
    next: str
    previous: str
    suggestions: SuggestionsView | None
    no_matches: bool
    rows_examined: int | None
    cards_address: str
    table_address: str
    clear_address: str
    exports: tuple[tuple[str, str], ...]
    edit: str
    edit_in_row: str
    notes: tuple[str, ...]
    headings: tuple[Heading, ...]
    previous_label: str = "Previous"
    next_label: str = "Next"
    walk: WalkView | None = None


def list_view(
    listing: ListRequest,
    result: ListPage,
    order: ListOrder,
    sprite: str,
    cache: MenuCache,
    *,
    without: frozenset[str] = frozenset(),
    manager: str = "",
) -> ListView:
    """Return what one page shows, ``without`` unseen fields, of those who report to ``manager``."""
    page, suggestions, everyone, counts = result[:4]
    count = list_counts.known_count(page, counts)
    listing = _as_found(listing, result, count)
    number = list_counts.page_number(listing, page, count)
    return ListView(
        listing=listing,
        people=_people(listing, page, sprite, without),
        menus=cache.menus(listing, everyone, counts.by_filter, sprite),
        tabs=tabs(listing, counts.by_filter["letter"] or everyone),
        chips=chips_of(listing, manager),
        count=list_counts.count_sentence(listing, result, count),
        show_people=f"Show {'people' if count is None else count_people(count)}",
        position=list_counts.page_position(listing, page, count),
        next=listing.address(page.next, _next_number(number, page)) if page.next else "",
        previous=listing.address(page.previous, number - 1) if page.previous else "",
        suggestions=suggestions_view(listing, suggestions, sprite, without),
        no_matches=not page.cards and not suggestions.people,
        rows_examined=page.rows_examined,
        cards_address=as_view(listing, CARDS),
        table_address=as_view(listing, TABLE),
        clear_address=ListRequest(Query(), listing.view).address(),
        exports=tuple((kind.label, listing.export_address(end)) for end, kind in FORMATS.items()),
        edit=edit_label(listing, count),
        edit_in_row=rename_label(listing) or edit_label(listing, count),
        notes=(*filter(None, (order.problem,)), *listing.notes),
        headings=headings(listing, count, without) if listing.view == TABLE else (),
        next_label="Search more people" if page.rows_examined else "Next",
    )


def _next_number(number: int, page: Page) -> int:
    """Return the number of the next page; after one that is not full, it is unknown."""
    return number + 1 if number and len(page.cards) == PAGE_SIZE else 0


def _as_found(listing: ListRequest, result: ListPage, count: int | None) -> ListRequest:
    """Return the list as it is shown: without an order that it cannot have, on a page it has."""
    if result.sort or not listing.sort or listing.view != TABLE:
        return replace(listing, page=result.number) if result.sort else listing
    unsorted = listing.sorted_by(None)
    if is_in_order(listing):
        return unsorted
    return replace(unsorted, notes=(*listing.notes, unsorted_note(listing.sort, count)))


def _people(listing: ListRequest, page: Page, sprite: str, without: frozenset[str]) -> Markup:
    if listing.view == TABLE:
        return rows(page.cards, sprite, without=without)
    return grid(page.cards, sprite, name_keys=page.name_keys if listing.query.is_empty else ())


def as_view(listing: ListRequest, view: str) -> str:
    """Return the URL of the same page as cards or as a table."""
    if listing.sort and view == CARDS:
        listing = listing.sorted_by(None)
    return replace(listing, view=view).address(listing.cursor, listing.page)


def chips_of(listing: ListRequest, manager: str) -> tuple[Chip, ...]:
    """Return a chip for each value of a filter: badges, texts, start months, the manager."""
    order = ("badge", *TEXT_FILTERS, "joined", MANAGER)
    return tuple(
        Chip(
            *_label(name, manager if name == MANAGER else value),
            listing.address_without(name, value),
        )
        for name in order
        for value in listing.query.values_of(name)
    )


def _label(name: str, value: str) -> tuple[str, str]:
    """Return the label and the icon of a value."""
    if name == "badge":
        badge = _BADGE.get(value)
        return (badge.label, badge.icon) if badge else (value, "")
    if name == MANAGER:
        return f"Reports to {value}", ""
    if name == "joined":
        known = month(value) if search_keys.is_month(value) else f"“{value}”"
        return f"Start date: {known}", ""
    return value, ""
