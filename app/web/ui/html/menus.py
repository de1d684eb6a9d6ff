"""The filter menus and the letter tabs of a list."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from markupsafe import escape

from app.contracts import Facets
from app.model.employee import BADGES
from app.text.sanitizing import visible
from app.text.search_keys import LETTERS, OTHER_LETTERS, facet_key
from app.web.ui.facets import TEXT_MENUS, most_frequent
from app.web.ui.html.icons import icon_at
from app.web.ui.list_query import ListRequest, escaped_pairs, wordless

MAX_VALUES = 60
_CHOSEN = ' aria-current="true"'

# The name in the address and in Query, the word for people, and where Facets counts it.
# Stands for the value of a menu in a link, until that is put in.
_ANY = "-"


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

    def menus(self, asked: ListRequest, facets: Facets, sprite: str) -> str:
        """Return the four menus, without the words typed."""
        known, at, drawn = self._drawn
        if known is not facets or at != sprite:
            drawn = list(_draw(facets, sprite))
            self._drawn = (facets, sprite, drawn)
        return "".join(_with_filters(menu, asked) for menu in drawn)


def _draw(facets: Facets, sprite: str) -> Iterator[_Menu]:
    for name, word, count_of in TEXT_MENUS:
        counts: Mapping[str, int] = getattr(facets, count_of)
        rows = tuple(
            _row(name, value, facet_key(value), _text(value), counts[value])
            for value in most_frequent(counts, MAX_VALUES)
        )
        more = len(counts) - MAX_VALUES
        note = f'<li class="menu-note">{more:,} more: search to find them</li>' if more > 0 else ""
        yield _Menu(name, _head(word, sprite), rows, note)
    rows = tuple(
        _row("badge", key, key, f"{icon_at(sprite, icon)}<span>{escape(words)}</span>", count)
        for key, icon, words in ((badge.key, badge.icon, badge.words) for badge in BADGES)
        if (count := facets.badges.get(key))
    )
    yield _Menu("badge", _head("Badge", sprite), rows)


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
        pair=escaped_pairs([(name, value)]),
        key=key,
        visible=f'{words}<span class="menu-count">{count:,}'
        f'<span class="visually-hidden"> {people}</span></span></a></li>\n',
    )


def _with_filters(menu: _Menu, asked: ListRequest) -> str:
    if not menu.rows:
        return ""
    link = wordless(asked.pairs_but(menu.name, _ANY))
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
    parts = [_tab("All", wordless(others), current == "", "All people")]
    for letter in LETTERS:
        label = "Other" if letter == OTHER_LETTERS else letter.upper()
        if letter in present or letter == current:
            link = wordless([("letter", letter), *others])
            parts.append(_tab(label, link, letter == current, ""))
        else:
            parts.append(f'<li><span class="tab-empty">{label}</span></li>')
    return "".join(parts)


def _tab(label: str, link: str, current: bool, name: str) -> str:
    mark = ' aria-current="page"' if current else ""
    spoken = f' aria-label="{name}"' if name else ""
    return f'<li><a href="{link}"{mark}{spoken}>{label}</a></li>'


def tabs(asked: ListRequest, present: Collection[str]) -> str:
    """Return the letter tabs, those with people as links, without the words typed."""
    return _tabs(tuple(asked.pairs), asked.query.letter, frozenset(present))
