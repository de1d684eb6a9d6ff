"""The filter menus and the letter tabs of a list."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlencode

from markupsafe import Markup, escape

from app.contracts import Facets
from app.model.employee import BADGES
from app.model.fields import FACET, TEXT_FACETS
from app.text.sanitizing import visible
from app.text.search_keys import LETTERS, OTHER_LETTERS, facet_key
from app.web.ui.facets import most_frequent
from app.web.ui.html.icons import icon_at
from app.web.ui.list_query import ListRequest

MAX_VALUES = 60
_CHOSEN = ' aria-current="true"'

# Stands for the value of a menu in a link, until that is put in.
_ANY = "-"
# Stands for the words typed in what is rendered once for all words; no address can hold it.
_WORDS_MARK = "\x00"


class _Row(NamedTuple):
    """One value of a menu: its URL parameter, its key, and its HTML."""

    pair: str
    key: str
    visible: str


class _Menu(NamedTuple):
    """A menu without the other filters; ``name`` is its URL parameter."""

    name: str
    head: str
    rows: tuple[_Row, ...]
    note: str = ""


class MenuMemory:
    """A cache of the menus for the latest counts, independent of the selected filters."""

    def __init__(self) -> None:
        self._drawn: tuple[Facets | None, str, list[_Menu]] = (None, "", [])

    def menus(self, asked: ListRequest, facets: Facets, sprite: str) -> Markup:
        """Return the four menus."""
        known, at, drawn = self._drawn
        if known is not facets or at != sprite:
            drawn = list(_draw(facets, sprite))
            self._drawn = (facets, sprite, drawn)
        return _with_words((_with_filters(menu, asked) for menu in drawn), asked)


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
        _row("badge", key, key, f"{icon_at(sprite, icon)}<span>{escape(words)}</span>", count)
        for key, icon, words in ((badge.key, badge.icon, badge.label) for badge in BADGES)
        if (count := facets.badges.get(key))
    )
    yield _Menu("badge", _head(FACET["badge"].label, sprite), rows)


def _text(value: str) -> str:
    return f'<span dir="auto">{escape(visible(value))}</span>'


def _head(word: str, sprite: str) -> str:
    return (
        f'<details class="menu" name="menu">'
        f"<summary>{word}{icon_at(sprite, 'chevron-down')}</summary>"
        f'<ul class="menu-panel" role="list">'
    )


def _row(name: str, value: str, key: str, words: str, count: int) -> _Row:
    people = "person" if count == 1 else "people"
    return _Row(
        pair=_escaped_pairs([(name, value)]),
        key=key,
        visible=f'{words}<span class="menu-count">{count:,}'
        f'<span class="visually-hidden"> {people}</span></span></a></li>\n',
    )


def _with_filters(menu: _Menu, asked: ListRequest) -> str:
    if not menu.rows:
        return ""
    link = _wordless(asked.pairs_but(menu.name, _ANY))
    # Once only: in every value the sign between a name and its value is escaped.
    before, _, after = link.partition(f"{menu.name}={_ANY}")
    chosen = asked.query.facet_key(menu.name)
    rows = [
        f'<li><a href="{before}{pair}{after}"{_CHOSEN if chosen and key == chosen else ""}>{text}'
        for pair, key, text in menu.rows
    ]
    return f"{menu.head}{''.join(rows)}{menu.note}</ul></details>\n"


@lru_cache(maxsize=256)
def _tabs(filters: tuple[tuple[str, str], ...], current: str, present: frozenset[str]) -> str:
    others = [(name, value) for name, value in filters if name != "letter"]
    parts = [_tab("All", _wordless(others), current == "", "All people")]
    for letter in LETTERS:
        label = "Other" if letter == OTHER_LETTERS else letter.upper()
        if letter in present or letter == current:
            link = _wordless([("letter", letter), *others])
            parts.append(_tab(label, link, letter == current, ""))
        else:
            parts.append(f'<li><span class="tab-empty">{label}</span></li>')
    return "".join(parts)


def _tab(label: str, link: str, current: bool, name: str) -> str:
    mark = ' aria-current="page"' if current else ""
    spoken = f' aria-label="{name}"' if name else ""
    return f'<li><a href="{link}"{mark}{spoken}>{label}</a></li>'


def tabs(asked: ListRequest, present: Collection[str]) -> Markup:
    """Return the letter tabs, those with people as links."""
    return _with_words([_tabs(tuple(asked.pairs), asked.query.letter, frozenset(present))], asked)


def _wordless(pairs: list[tuple[str, str]]) -> str:
    """Return an escaped URL with a placeholder for the words typed; see ``_with_words``."""
    return f"/?{_WORDS_MARK}{_escaped_pairs(pairs)}"


def _escaped_pairs(pairs: list[tuple[str, str]]) -> str:
    return str(escape(urlencode(pairs, errors="replace")))


def _with_words(parts: Iterable[str], asked: ListRequest) -> Markup:
    """Put the words typed in place of the placeholder of each URL."""
    html = "".join(parts)
    if not asked.query.words:
        return Markup(_without_words(html))
    pair = urlencode([("q", asked.query.words)], errors="replace")
    html = html.replace(f'{_WORDS_MARK}"', f'{pair}"').replace(_WORDS_MARK, f"{pair}&amp;")
    return Markup(html)


@lru_cache(maxsize=32)
def _without_words(html: str) -> str:
    # Most lists are opened without words, and their menus are remembered: the same text each time.
    return html.replace(f'/?{_WORDS_MARK}"', '/"').replace(_WORDS_MARK, "")
