"""The filter menus of a list."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any, NamedTuple

from markupsafe import Markup, escape

from app.contracts import Facets
from app.contracts.queries import TEXT_FILTERS
from app.model.employee import BADGES
from app.model.facets import FACET
from app.text.sanitizing import visible
from app.text.search_keys import facet_key
from app.web.ui.facets import commonest_first
from app.web.ui.html.icons import icon_at
from app.web.ui.html.list_links import WORDS_MARK, escaped_pairs, link_template, with_words
from app.web.ui.list_query import ListRequest

MAX_VALUES = 60
MENUS = (*TEXT_FILTERS, "badge")
_SELECTED = ' aria-current="true"'
_ARROW = "chevron-down"
_MAX_CACHED = 256
_MAX_FILTERED = 64  # of some 40 kB each
_BADGE = {badge.key: badge for badge in BADGES}

# The placeholder for a value of a menu.
_ANY_VALUE = "-"


class _Row(NamedTuple):
    """One value of a menu: its URL parameter, its key, and its HTML."""

    pair: str
    key: str
    html: str


class _Menu(NamedTuple):
    """A menu, independent of the selected filters; ``counts`` is None if they are not shown."""

    name: str
    sprite: str
    counts: Mapping[str, int] | None
    rows: tuple[_Row, ...]
    more: int = 0


# The identities of the menus, and the parameters that their links keep.
_Filtered = tuple[tuple[int, ...], tuple[tuple[str, str], ...]]


class MenuCache:
    """A cache of menus by the counts that they show, independent of the selected filters."""

    def __init__(self) -> None:
        self._cached: OrderedDict[tuple[str, int, bool, str], tuple[Facets, _Menu]] = OrderedDict()
        self._filtered: OrderedDict[_Filtered, tuple[tuple[_Menu, ...], str]] = OrderedDict()

    def menus(
        self,
        listing: ListRequest,
        everyone: Facets,
        counts: Mapping[str, Facets | None],
        sprite: str,
    ) -> Markup:
        """Return the four menus.

        ``counts`` has the counts of each. Where they are unknown, the menu has the values of
        everyone, without numbers.
        """
        known = [counts[name] for name in MENUS]
        if listing.query.words and any(each and each is not everyone for each in known):
            # The counts of a search come once, and would take the places of those that stay.
            drawn = (_draw(name, counts[name], everyone, sprite) for name in MENUS)
            return with_words(_with_filters_all(drawn, listing), listing)
        menus = tuple(self._menu(name, counts[name], everyone, sprite) for name in MENUS)
        return with_words([self._with_filters(menus, listing)], listing)

    def _with_filters(self, menus: tuple[_Menu, ...], listing: ListRequest) -> str:
        key = (tuple(map(id, menus)), tuple(listing.pairs))
        cached = self._filtered.get(key)
        if cached is None:
            # The menus are kept too, so that their identities stay theirs.
            cached = menus, "".join(_with_filters_all(menus, listing))
            self._filtered[key] = cached
            _cut_to(self._filtered, _MAX_FILTERED)
        else:
            with suppress(KeyError):  # another thread took it out meanwhile
                self._filtered.move_to_end(key)
        return cached[1]

    def _menu(self, name: str, known: Facets | None, everyone: Facets, sprite: str) -> _Menu:
        facets = known or everyone
        key = (name, id(facets), known is not None, sprite)
        cached = self._cached.get(key)
        if cached is None:
            # The counts are kept with the menu, so that their identity stays theirs.
            cached = facets, _draw(name, known, everyone, sprite)
            self._cached[key] = cached
            _cut_to(self._cached, _MAX_CACHED)
        return cached[1]


def _with_filters_all(menus: Iterable[_Menu], listing: ListRequest) -> Iterator[str]:
    return (_with_filters(menu, listing) for menu in menus)


def _cut_to(cache: OrderedDict[Any, Any], most: int) -> None:
    while len(cache) > most:
        cache.popitem(last=False)


def found_values(
    name: str,
    typed: str,
    listing: ListRequest,
    counts: Facets | None,
    everyone: Facets,
    sprite: str,
) -> Markup:
    """Return the rows of a menu's values that contain each of the words typed."""
    words = facet_key(typed).split()
    found = {
        value: number
        for value, number in (counts or everyone).of(name).items()
        if all(word in facet_key(_plain_label(name, value)) for word in words)
    }
    menu = _menu_of(name, found, counts is not None, sprite)
    return with_words([_rows_with_filters(menu, listing, menu.rows)], listing)


def _draw(name: str, known: Facets | None, everyone: Facets, sprite: str) -> _Menu:
    return _menu_of(name, (known or everyone).of(name), known is not None, sprite)


def _menu_of(name: str, counts: Mapping[str, int], numbered: bool, sprite: str) -> _Menu:
    values = [value for value in commonest_first(counts) if value]
    rows = tuple(
        _row(name, value, counts[value] if numbered else None, sprite)
        for value in values[:MAX_VALUES]
    )
    return _Menu(name, sprite, counts if numbered else None, rows, max(0, len(values) - MAX_VALUES))


def _row(name: str, value: str, count: int | None, sprite: str) -> _Row:
    pair, key, label = _value(name, value, sprite)
    if count is None:
        return _Row(pair, key, f"{label}</a></li>\n")
    people = "person" if count == 1 else "people"
    return _Row(
        pair,
        key,
        f'{label}<span class="menu-count">{count:,}'
        f'<span class="visually-hidden"> {people}</span></span></a></li>\n',
    )


@lru_cache(maxsize=4096)
def _value(name: str, value: str, sprite: str) -> tuple[str, str, str]:
    """Return the URL parameter, the key and the label of a value."""
    pair = escaped_pairs([(name, value)])
    if name == "badge":
        icon = icon_at(sprite, _BADGE[value].icon)
        return pair, value, f"{icon}<span>{escape(_plain_label(name, value))}</span>"
    return pair, facet_key(value), f'<span dir="auto">{escape(visible(value))}</span>'


def _plain_label(name: str, value: str) -> str:
    return _BADGE[value].label if name == "badge" else value


def _with_filters(menu: _Menu, listing: ListRequest) -> str:
    """Return a menu whose values add themselves to the list, or remove themselves if selected."""
    rows = (*_selected_elsewhere(menu, listing), *menu.rows)
    if not rows:
        return ""
    cut = f' data-more="{menu.more}"' if menu.more else ""
    return (
        f'<details class="menu" id="menu-{menu.name}" name="menu"{cut}>'
        f"<summary>{FACET[menu.name].label}{icon_at(menu.sprite, _ARROW)}</summary>"
        f'<ul class="menu-panel" role="list">'
        f"{_rows_with_filters(menu, listing, rows)}</ul></details>\n"
    )


def _selected_elsewhere(menu: _Menu, listing: ListRequest) -> Iterator[_Row]:
    """Yield the rows of selected values that are not among the commonest, or that nobody has."""
    shown = {row.key for row in menu.rows}
    for value in listing.query.values_of(menu.name):
        key = _key_of(menu.name, value)
        if not key or key in shown or (menu.name == "badge" and key not in _BADGE):
            continue
        count = None
        if menu.counts is not None:
            same = (n for each, n in menu.counts.items() if _key_of(menu.name, each) == key)
            count = sum(same)
        yield _row(menu.name, value, count, menu.sprite)


def _rows_with_filters(menu: _Menu, listing: ListRequest, rows: Iterable[_Row]) -> str:
    selected = {_key_of(menu.name, value): value for value in listing.query.values_of(menu.name)}
    before, after = _pairs_around(menu.name, listing)
    drawn = "".join(
        f'<li><a href="{_link_without(menu.name, selected[key], listing)}"{_SELECTED}>{html}'
        if key in selected
        else f'<li><a href="{before}{pair}{after}">{html}'
        for pair, key, html in rows
    )
    if not menu.more:
        return drawn
    return f'{drawn}<li class="menu-note">{menu.more:,} more: search to find them</li>'


def _key_of(name: str, value: str) -> str:
    return facet_key(value) if name in TEXT_FILTERS else value


def _pairs_around(name: str, listing: ListRequest) -> tuple[str, str]:
    """Return the parts of a link before and after another value of a filter."""
    pairs = listing.pairs_with(name, *listing.query.values_of(name), _ANY_VALUE)
    place = max(n for n, pair in enumerate(pairs) if pair == (name, _ANY_VALUE))
    before, after = link_template(pairs[:place]), escaped_pairs(pairs[place + 1 :])
    joint = "" if before.endswith(WORDS_MARK) else "&amp;"
    return f"{before}{joint}", f"&amp;{after}" if after else ""


def _link_without(name: str, value: str, listing: ListRequest) -> str:
    others = (other for other in listing.query.values_of(name) if other != value)
    return link_template(listing.pairs_with(name, *others))
