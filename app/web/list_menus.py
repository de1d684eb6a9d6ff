"""The filter menus and the index tabs of a list.

They hold some 150 links and change only with the counts, so they are rendered once for each set of
counts and filters, with the words typed put in afterwards.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Mapping
from functools import lru_cache

from markupsafe import escape

from app.cleaning import shown
from app.contracts import Facets
from app.employee import BADGES
from app.terms import LETTERS, OTHER_LETTERS, facet_key
from app.web.icons import icon_at
from app.web.list_request import ListRequest, wordless

MOST_VALUES = 60
_REMEMBERED = 64

# The name in the address and in Query, the word for people, and where Facets counts it.
TEXT_MENUS = (
    ("location", "Place", "locations"),
    ("department", "Department", "departments"),
    ("job_title", "Title", "job_titles"),
)
_Key = tuple[int, tuple[tuple[str, str], ...], str]


class MenuMemory:
    """The menus rendered lately, by the counts (that very object) and the filters."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[_Key, tuple[Facets, str]] = OrderedDict()

    def menus(self, asked: ListRequest, facets: Facets, sprite: str) -> str:
        """The four menus, without the words typed."""
        key = (id(facets), tuple(asked.pairs), sprite)
        with self._lock:
            known = self._known.get(key)
            if known is not None and known[0] is facets:
                self._known.move_to_end(key)
                return known[1]
        html = _menus(asked, facets, sprite)
        with self._lock:
            self._known[key] = (facets, html)
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return html


def _menus(asked: ListRequest, facets: Facets, sprite: str) -> str:
    parts = []
    for name, word, counted in TEXT_MENUS:
        counts: Mapping[str, int] = getattr(facets, counted)
        parts.append(_menu(word, _text_rows(asked, name, counts), sprite))
    rows = []
    for badge in BADGES:
        if facets.badges.get(badge.key):
            link = _link(asked, "badge", badge.key)
            chosen = badge.key == asked.query.badge
            words = f"{icon_at(sprite, badge.icon)}<span>{escape(badge.words)}</span>"
            rows.append(_row(link, words, facets.badges[badge.key], chosen))
    parts.append(_menu("Badge", "".join(rows), sprite))
    return "".join(parts)


def _text_rows(asked: ListRequest, name: str, counts: Mapping[str, int]) -> str:
    kept = set(most_frequent(counts, MOST_VALUES))
    chosen = facet_key(getattr(asked.query, name))
    rows = [
        _row(
            _link(asked, name, value),
            f'<span dir="auto">{escape(shown(value))}</span>',
            count,
            bool(chosen) and facet_key(value) == chosen,
        )
        for value, count in counts.items()
        if value in kept
    ]
    if len(counts) > MOST_VALUES:
        more = len(counts) - MOST_VALUES
        rows.append(f'<li class="menu-note">and {more:,} more: search for them</li>')
    return "".join(rows)


def most_frequent(counts: Mapping[str, int], most: int) -> list[str]:
    """The values that most people have, in the order of the counts; empty ones are none."""
    values = [value for value in counts if value]
    if len(values) <= most:
        return values
    kept = set(sorted(values, key=lambda value: -counts[value])[:most])
    return [value for value in values if value in kept]


def _menu(word: str, rows: str, sprite: str) -> str:
    if not rows:
        return ""
    return (
        f'<details class="menu" name="menu">'
        f"<summary>{word}{icon_at(sprite, 'chevron-down')}</summary>"
        f'<ul class="menu-panel" role="list">{rows}</ul></details>\n'
    )


def _link(asked: ListRequest, name: str, value: str) -> str:
    return wordless(asked.but(**{name: value}).pairs)


def _row(link: str, words: str, count: int, chosen: bool) -> str:
    current = ' aria-current="true"' if chosen else ""
    people = "person" if count == 1 else "people"
    return (
        f'<li><a href="{link}"{current}>{words}<span class="menu-count">{count:,}'
        f'<span class="visually-hidden"> {people}</span></span></a></li>\n'
    )


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
    """The index tabs, those with people as links, without the words typed."""
    return _tabs(tuple(asked.pairs), asked.query.letter, frozenset(present))
