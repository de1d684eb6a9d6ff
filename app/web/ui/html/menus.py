"""The filter menus and the letter tabs of a list."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlencode

from markupsafe import Markup, escape

from app.contracts import Facets
from app.contracts.queries import TEXT_FILTERS
from app.model.employee import BADGES
from app.model.fields import FACET, TEXT_FACETS
from app.text.sanitizing import visible
from app.text.search_keys import LETTERS, OTHER_LETTERS, facet_key
from app.web.ui.facets import most_frequent
from app.web.ui.html.icons import icon_at
from app.web.ui.list_query import ListRequest

MAX_VALUES = 60
_SELECTED = ' aria-current="true"'

# Placeholders: for a value of a menu, and in cached URLs for the words typed (never in a URL).
_ANY_VALUE = "-"
_WORDS_MARK = "\x00"


class _Row(NamedTuple):
    """One value of a menu: its URL parameter, its key, and its HTML."""

    pair: str
    key: str
    html: str


class _Menu(NamedTuple):
    """A menu, independent of the selected filters; ``name`` is its URL parameter."""

    name: str
    head: str
    rows: tuple[_Row, ...]
    note: str = ""


class MenuCache:
    """A cache of the menus for the latest counts, independent of the selected filters."""

    def __init__(self) -> None:
        self._cached: tuple[Facets | None, str, list[_Menu]] = (None, "", [])

    def menus(self, listing: ListRequest, facets: Facets, sprite: str) -> Markup:
        """Return the four menus."""
        cached_facets, cached_sprite, menus = self._cached
        if cached_facets is not facets or cached_sprite != sprite:
            menus = list(_draw(facets, sprite))
            self._cached = (facets, sprite, menus)
        return _with_words((_with_filters(menu, listing) for menu in menus), listing)


def _draw(facets: Facets, sprite: str) -> Iterator[_Menu]:
    for facet in TEXT_FACETS:
        counts: Mapping[str, int] = getattr(facets, facet.counts)
        rows = tuple(
            _row(facet.name, value, facet_key(value), _text(value), counts[value])
            for value in most_frequent(counts, MAX_VALUES)
        )
        more = len(counts) - MAX_VALUES
        note = f'<li class="menu-note">{more:,} more: search to find them</li>' if more > 0 else ""
        yield _Menu(facet.name, _head(facet.label, sprite), rows, note)
    rows = tuple(
        _row("badge", key, key, f"{icon_at(sprite, icon)}<span>{escape(label)}</span>", count)
        for key, icon, label in ((badge.key, badge.icon, badge.label) for badge in BADGES)
        if (count := facets.badges.get(key))
    )
    yield _Menu("badge", _head(FACET["badge"].label, sprite), rows)


def _text(value: str) -> str:
    return f'<span dir="auto">{escape(visible(value))}</span>'


def _head(label: str, sprite: str) -> str:
    return (
        f'<details class="menu" name="menu">'
        f"<summary>{label}{icon_at(sprite, 'chevron-down')}</summary>"
        f'<ul class="menu-panel" role="list">'
    )


def _row(name: str, value: str, key: str, label: str, count: int) -> _Row:
    people = "person" if count == 1 else "people"
    return _Row(
        pair=_escaped_pairs([(name, value)]),
        key=key,
        html=f'{label}<span class="menu-count">{count:,}'
        f'<span class="visually-hidden"> {people}</span></span></a></li>\n',
    )


def _with_filters(menu: _Menu, listing: ListRequest) -> str:
    """Return a menu whose values add themselves to the list, or remove themselves if selected."""
    if not menu.rows:
        return ""
    selected = {_key_of(menu.name, value): value for value in listing.query.values_of(menu.name)}
    before, after = _pairs_around(menu.name, listing)
    rows = [
        f'<li><a href="{_link_without(menu.name, selected[key], listing)}"{_SELECTED}>{html}'
        if key in selected
        else f'<li><a href="{before}{pair}{after}">{html}'
        for pair, key, html in menu.rows
    ]
    return f"{menu.head}{''.join(rows)}{menu.note}</ul></details>\n"


def _key_of(name: str, value: str) -> str:
    return facet_key(value) if name in TEXT_FILTERS else value


def _pairs_around(name: str, listing: ListRequest) -> tuple[str, str]:
    """Return the parts of a link before and after another value of a filter."""
    pairs = listing.pairs_with(name, *listing.query.values_of(name), _ANY_VALUE)
    place = max(n for n, pair in enumerate(pairs) if pair == (name, _ANY_VALUE))
    before, after = _link_template(pairs[:place]), _escaped_pairs(pairs[place + 1 :])
    joint = "" if before.endswith(_WORDS_MARK) else "&amp;"
    return f"{before}{joint}", f"&amp;{after}" if after else ""


def _link_without(name: str, value: str, listing: ListRequest) -> str:
    others = (other for other in listing.query.values_of(name) if other != value)
    return _link_template(listing.pairs_with(name, *others))


@lru_cache(maxsize=256)
def _tabs(filters: tuple[tuple[str, str], ...], current: str, present: frozenset[str]) -> str:
    others = [(name, value) for name, value in filters if name != "letter"]
    parts = [_tab("All", _link_template(others), current == "", "All people")]
    for letter in LETTERS:
        label = "Other" if letter == OTHER_LETTERS else letter.upper()
        if letter in present or letter == current:
            link = _link_template([("letter", letter), *others])
            parts.append(_tab(label, link, letter == current, ""))
        else:
            parts.append(f'<li><span class="tab-empty">{label}</span></li>')
    return "".join(parts)


def _tab(label: str, link: str, current: bool, name: str) -> str:
    mark = ' aria-current="page"' if current else ""
    aria_label = f' aria-label="{name}"' if name else ""
    return f'<li><a href="{link}"{mark}{aria_label}>{label}</a></li>'


def tabs(listing: ListRequest, present: Collection[str]) -> Markup:
    """Return the letter tabs; those of letters with people are links."""
    return _with_words(
        [
            _tabs(
                tuple(listing.pairs), "".join(listing.query.values_of("letter")), frozenset(present)
            )
        ],
        listing,
    )


def _link_template(pairs: list[tuple[str, str]]) -> str:
    """Return an escaped URL with a placeholder for the words typed; see ``_with_words``."""
    return f"/?{_WORDS_MARK}{_escaped_pairs(pairs)}"


def _escaped_pairs(pairs: list[tuple[str, str]]) -> str:
    return str(escape(urlencode(pairs, errors="replace")))


def _with_words(parts: Iterable[str], listing: ListRequest) -> Markup:
    """Put the words typed in place of the placeholder of each URL."""
    html = "".join(parts)
    if not listing.query.words:
        return Markup(_without_words(html))
    pair = urlencode([("q", listing.query.words)], errors="replace")
    html = html.replace(f'{_WORDS_MARK}"', f'{pair}"').replace(_WORDS_MARK, f"{pair}&amp;")
    return Markup(html)


@lru_cache(maxsize=32)
def _without_words(html: str) -> str:
    # Cached, because most lists are opened without words and so have the same menus.
    return html.replace(f'/?{_WORDS_MARK}"', '/"').replace(_WORDS_MARK, "")
