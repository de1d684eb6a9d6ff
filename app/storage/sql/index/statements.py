"""What a query asks, in terms of views; and the SQL of one walk along a view."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, func, select

from app.contracts import Query
from app.storage.sql.index.entries import KINDS, NAMES, WORDS, view_of
from app.storage.sql.rows import CARD_COLUMNS
from app.storage.sql.tables import entry, people
from app.text import search_keys

# Sorts after every text that can follow a beginning.
LAST = "\U0010ffff"


class Conditions(NamedTuple):
    """The conditions of a query: words to begin with, the beginning of the name, views to be in."""

    words: tuple[str, ...]
    letter: str
    views: tuple[str, ...]


def conditions_of(query: Query) -> Conditions | None:
    """What a query asks; None when nobody can meet it."""
    if query.is_impossible:
        return None
    views = tuple(view_of(KINDS[name], key) for name, key in query.facet_keys)
    letter = query.letter
    if letter == search_keys.OTHER_LETTERS:
        letter = search_keys.name_key("")  # what every such name begins with
    return Conditions(query.search_words, letter, views)


class IndexScan(NamedTuple):
    """A walk along one view, and what else is asked of the people met on it.

    ``prefix`` is what places begin with; ``lead`` the length of the word typed, 0 outside ``word``.
    """

    view: str
    prefix: str
    lead: int
    words: tuple[str, ...] = ()
    letter: str = ""
    views: tuple[str, ...] = ()

    @property
    def asks_more(self) -> bool:
        """Whether some who are met are not shown, so that the walk needs a bound."""
        return bool(self.lead or self.words or self.letter or self.views)

    def values(self, after: str, before: str, limit: int, window: int = 0) -> dict[str, Any]:
        """The values for the statements of this walk."""
        values: dict[str, Any] = {
            "in_view": self.view,
            "after": max(after, self.prefix),
            "before": min(before, self.prefix + LAST),
            "most": limit,
        }
        if window:
            values["window"] = window
        if self.lead:
            values["lead"] = self.lead
        if self.letter:
            values["letter"] = self.letter
        values.update({f"word_{place}": f"% {word}%" for place, word in enumerate(self.words)})
        values.update({f"view_{place}": view for place, view in enumerate(self.views)})
        return values

    def page(self, *, backwards: bool, window: bool) -> Select[Any]:
        """The cards in order: ``at``, then the columns of a card."""
        return _page(
            bool(self.lead), bool(self.letter), len(self.words), len(self.views), backwards, window
        )

    def everyone(self) -> Select[Any]:
        """Everyone on a short walk, in no order: ``place``, ``words``, then the card's columns."""
        return _everyone(bool(self.lead), bool(self.letter), len(self.words), len(self.views))


def scan_by_word(asked: Conditions) -> IndexScan:
    """The walk along the first word typed, which is the order of the results."""
    first, *others = asked.words
    return IndexScan(WORDS, first, len(first), tuple(others), asked.letter, asked.views)


def scan_by_other_word(asked: Conditions, word: str) -> IndexScan:
    """The walk along another word typed."""
    others = tuple(each for each in asked.words if each != word)
    return IndexScan(WORDS, word, len(word), others, asked.letter, asked.views)


def scan_by_view(asked: Conditions, view: str) -> IndexScan:
    """The walk along a view that is in the order of names; a letter is a range of it."""
    others = tuple(each for each in asked.views if each != view)
    return IndexScan(view, asked.letter, 0, asked.words, "", others)


def scan_by_name(asked: Conditions) -> IndexScan:
    """The walk along all names."""
    return scan_by_view(asked, NAMES)


def _range(rows: Any) -> tuple[ColumnElement[bool], ...]:
    return (
        rows.c.view == bindparam("in_view"),
        rows.c.at > bindparam("after"),
        rows.c.at < bindparam("before"),
    )


def _seen(backwards: bool) -> Any:
    """The next so many places of a walk."""
    rows = entry.alias("seen_row")
    order = rows.c.at.desc() if backwards else rows.c.at
    return (
        select(rows.c.at).where(*_range(rows)).order_by(order).limit(bindparam("window")).subquery()
    )


def _end_of(seen: Any, backwards: bool) -> Any:
    return func.min(seen.c.at) if backwards else func.max(seen.c.at)


@lru_cache(maxsize=2)
def window_end(*, backwards: bool) -> Select[Any]:
    """How many places lie in the window, and the last of them."""
    seen = _seen(backwards)
    return select(func.count(), _end_of(seen, backwards)).select_from(seen)


def _window(rows: Any, backwards: bool) -> tuple[ColumnElement[bool], ...]:
    """The range, ended by the window; a second bound there would let the walk run on."""
    in_view, after, before = _range(rows)
    seen = _seen(backwards)
    end = select(_end_of(seen, backwards)).scalar_subquery()
    return (in_view, rows.c.at >= end, before) if backwards else (in_view, after, rows.c.at <= end)


def _place(met: Any) -> ColumnElement[str]:
    """The place among the names, without a look at the record."""
    return func.substr(met.c.at, met.c.start, type_=entry.c.at.type)


def _filters(
    met: Any, lead: bool, letter: bool, words: int, views: int
) -> list[ColumnElement[bool]]:
    asked: list[ColumnElement[bool]] = [people.c.number == met.c.number]
    if lead:
        asked.append(met.c.lead <= bindparam("lead"))
    if letter:
        asked.append(func.substr(met.c.at, met.c.start, 1) == bindparam("letter"))
    for number in range(views):
        other = entry.alias(f"other_{number}")
        asked.append(
            select(other.c.number)
            .where(
                other.c.view == bindparam(f"view_{number}"),
                other.c.at == (_place(met) if lead else met.c.at),
            )
            .exists()
        )
    # A look at one short text for each person met; the window bounds how many are met.
    asked.extend(people.c.words.like(bindparam(f"word_{number}")) for number in range(words))
    return asked


@lru_cache(maxsize=256)
def _page(
    lead: bool, letter: bool, words: int, views: int, backwards: bool, window: bool
) -> Select[Any]:
    met = entry.alias("met")
    span = _window(met, backwards) if window else _range(met)
    return (
        select(met.c.at, *CARD_COLUMNS)
        .where(*span, *_filters(met, lead, letter, words, views))
        .order_by(met.c.at.desc() if backwards else met.c.at)
        .limit(bindparam("most"))
    )


@lru_cache(maxsize=64)
def _everyone(lead: bool, letter: bool, words: int, views: int) -> Select[Any]:
    met = entry.alias("met")
    return (
        select(_place(met), people.c.words, *CARD_COLUMNS)
        .where(*_range(met), *_filters(met, lead, letter, words, views))
        .limit(bindparam("most"))
    )


@lru_cache(maxsize=1)
def places_met() -> Select[Any]:
    """How many places a walk has, counted as far as ``most``."""
    rows = entry.alias("met")
    seen = select(rows.c.at).where(*_range(rows)).limit(bindparam("most")).subquery()
    return select(func.count()).select_from(seen)
