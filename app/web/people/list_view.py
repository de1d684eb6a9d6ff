"""A page of the list, ready for its template."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from markupsafe import Markup

from app.contracts import PAGE_SIZE, Facets, Page, Query
from app.contracts.queries import TEXT_FILTERS
from app.directory.fuzzy import Suggestions
from app.exports.formats import FORMATS
from app.model.employee import BADGES
from app.text import search_keys
from app.web.people import list_counts
from app.web.people.suggestions import SuggestionsView, suggestions_view, with_close
from app.web.ui.dates import month
from app.web.ui.html.cards import grid, rows
from app.web.ui.html.menus import MenuMemory, tabs
from app.web.ui.list_query import CARDS, TABLE, ListRequest

Found = tuple[Page, Suggestions]
_BADGE = {badge.key: badge for badge in BADGES}


@dataclass(frozen=True, slots=True)
class Chip:
    """A selected filter, and the URL of the list without it."""

    words: str
    icon: str
    address: str


@dataclass(frozen=True, slots=True)
class ListView:
    """The values of the list template; the HTML in them is ours, with every value escaped."""

    asked: ListRequest
    empty: bool
    people: Markup
    menus: Markup
    tabs: Markup
    chips: tuple[Chip, ...]
    count: str
    place: str
    next: str
    previous: str
    close: SuggestionsView | None
    nobody: bool
    rows_examined: int | None
    cards_address: str
    table_address: str
    clear_address: str
    exports: tuple[tuple[str, str], ...]


def list_view(
    asked: ListRequest, found: Found, facets: Facets, sprite: str, memory: MenuMemory
) -> ListView:
    """Return everything that one page of the list shows."""
    page, close = found
    count = list_counts.known_count(asked, page, facets)
    number = list_counts.page_number(asked, page, count)
    # Pages are counted while they are full, as is said of them.
    next_number = number + 1 if number and len(page.cards) == PAGE_SIZE else 0
    unasked = asked.query.is_empty
    table = asked.view == TABLE
    people = rows(page.cards, sprite) if table else grid(page.cards, sprite, marks=unasked)
    return ListView(
        asked=asked,
        empty=unasked and not page.cards and page.next is None and page.previous is None,
        people=people,
        menus=memory.menus(asked, facets, sprite),
        tabs=tabs(asked, _letters(asked, page, facets)),
        chips=_chips(asked),
        count=with_close(
            list_counts.count_line(asked, page, facets, count), len(page.cards), close
        ),
        place=list_counts.place_line(asked, page, count),
        next=asked.address(page.next, next_number) if page.next else "",
        previous=asked.address(page.previous, number - 1) if page.previous else "",
        close=suggestions_view(asked, close, sprite),
        nobody=not page.cards and not close.people,
        rows_examined=page.rows_examined,
        cards_address=_as_view(asked, CARDS),
        table_address=_as_view(asked, TABLE),
        clear_address=ListRequest(Query(), asked.view).address(),
        exports=tuple((kind.label, asked.export_address(end)) for end, kind in FORMATS.items()),
    )


def _letters(asked: ListRequest, page: Page, facets: Facets) -> Collection[str]:
    """Return the letters with people: of a complete result, else of the directory."""
    narrowed = not (asked.query.is_empty or asked.query.letter)
    if narrowed and list_counts.is_whole(page):
        return {search_keys.letter_of(search_keys.name_key(card.full_name)) for card in page.cards}
    return facets.letters


def _as_view(asked: ListRequest, view: str) -> str:
    return ListRequest(asked.query, view).address(asked.cursor, asked.page)


def _chips(asked: ListRequest) -> tuple[Chip, ...]:
    query = asked.query
    chips = [
        Chip(value, "", asked.address_but(name, ""))
        for name, value in query.filters
        if name in TEXT_FILTERS
    ]
    if query.badge:
        badge = _BADGE.get(query.badge)
        words, icon = (badge.label, badge.icon) if badge else (query.badge, "")
        chips.insert(0, Chip(words, icon, asked.address_but("badge", "")))
    if query.joined:
        words = month(query.joined) if search_keys.is_month(query.joined) else f"“{query.joined}”"
        chips.append(Chip(f"Start date: {words}", "", asked.address_but("joined", "")))
    return tuple(chips)
