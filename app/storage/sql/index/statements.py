"""The conditions of a query in terms of views, and the SQL of a scan of one view."""

from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, func, select

from app.contracts import Query
from app.storage.sql.index.entries import KINDS, NAMES, WORDS, view_of
from app.storage.sql.rows import CARD_COLUMNS
from app.storage.sql.tables import entry, people
from app.text import search_keys

# Sorts after every text that can follow a prefix.
LAST = "\U0010ffff"


class Conditions(NamedTuple):
    """The conditions of a query: prefixes of words, a prefix of the name, and views."""

    words: tuple[str, ...]
    letter: str
    views: tuple[str, ...]


def conditions_of(query: Query) -> Conditions | None:
    """Return the conditions of a query; None if no employee can meet them."""
    if query.is_impossible:
        return None
    views = tuple(view_of(KINDS[name], key) for name, key in query.facet_keys)
    letter = query.letter
    if letter == search_keys.OTHER_LETTERS:
        letter = search_keys.name_key("")  # the prefix of all such names
    return Conditions(query.search_words, letter, views)


class IndexScan(NamedTuple):
    """A range scan of one view, with the other conditions as filters.

    ``prefix`` is the prefix of sort keys; ``prefix_length`` is its length in ``word``, 0 elsewhere.
    """

    view: str
    prefix: str
    prefix_length: int
    words: tuple[str, ...] = ()
    letter: str = ""
    views: tuple[str, ...] = ()

    @property
    def is_filtered(self) -> bool:
        """Whether the scan may skip rows, so that it needs a limit of rows examined."""
        return bool(self.prefix_length or self.words or self.letter or self.views)

    def values(self, after: str, before: str, limit: int, window: int = 0) -> dict[str, Any]:
        """Return the bind values for the statements of this scan."""
        values: dict[str, Any] = {
            "in_view": self.view,
            "after": max(after, self.prefix),
            "before": min(before, self.prefix + LAST),
            "most": limit,
        }
        if window:
            values["window"] = window
        if self.prefix_length:
            values["prefix_length"] = self.prefix_length
        if self.letter:
            values["letter"] = self.letter
        values.update({f"word_{number}": f"% {word}%" for number, word in enumerate(self.words)})
        values.update({f"view_{number}": view for number, view in enumerate(self.views)})
        return values

    def page(self, *, backwards: bool, window: bool) -> Select[Any]:
        """Return the statement of a page in order: ``at``, then the columns of a card."""
        return _page(
            bool(self.prefix_length),
            bool(self.letter),
            len(self.words),
            len(self.views),
            backwards,
            window,
        )

    def all_rows(self) -> Select[Any]:
        """Return the statement of a whole scan, unordered: sort key, words, then a card."""
        return _all_rows(
            bool(self.prefix_length), bool(self.letter), len(self.words), len(self.views)
        )


def scan_by_word(conditions: Conditions) -> IndexScan:
    """Return the scan of the first search word, which is in the order of results."""
    first, *others = conditions.words
    return IndexScan(WORDS, first, len(first), tuple(others), conditions.letter, conditions.views)


def scan_by_other_word(conditions: Conditions, word: str) -> IndexScan:
    """Return the scan of another search word."""
    others = tuple(other for other in conditions.words if other != word)
    return IndexScan(WORDS, word, len(word), others, conditions.letter, conditions.views)


def scan_by_view(conditions: Conditions, view: str) -> IndexScan:
    """Return the scan of a view in the order of names; a letter is a range of it."""
    others = tuple(other for other in conditions.views if other != view)
    return IndexScan(view, conditions.letter, 0, conditions.words, "", others)


def scan_by_name(conditions: Conditions) -> IndexScan:
    """Return the scan of all names."""
    return scan_by_view(conditions, NAMES)


def _range(rows: Any) -> tuple[ColumnElement[bool], ...]:
    return (
        rows.c.view == bindparam("in_view"),
        rows.c.at > bindparam("after"),
        rows.c.at < bindparam("before"),
    )


def _window_keys(backwards: bool) -> Any:
    """Return the subquery of the sort keys in the next window of a scan."""
    rows = entry.alias("window_row")
    order = rows.c.at.desc() if backwards else rows.c.at
    return (
        select(rows.c.at).where(*_range(rows)).order_by(order).limit(bindparam("window")).subquery()
    )


def _end_of(window_keys: Any, backwards: bool) -> Any:
    return func.min(window_keys.c.at) if backwards else func.max(window_keys.c.at)


@lru_cache(maxsize=2)
def window_end(*, backwards: bool) -> Select[Any]:
    """Return the statement for the number of rows in a window, and the sort key of the last."""
    window_keys = _window_keys(backwards)
    return select(func.count(), _end_of(window_keys, backwards)).select_from(window_keys)


def _window(rows: Any, backwards: bool) -> tuple[ColumnElement[bool], ...]:
    """Return the range up to the end of the window; a second bound would widen the scan."""
    in_view, after, before = _range(rows)
    window_keys = _window_keys(backwards)
    end = select(_end_of(window_keys, backwards)).scalar_subquery()
    return (in_view, rows.c.at >= end, before) if backwards else (in_view, after, rows.c.at <= end)


def _sort_key(row: Any) -> ColumnElement[str]:
    """Return the expression of the sort key in the name view, without a read of the record."""
    return func.substr(row.c.at, row.c.sort_key_start, type_=entry.c.at.type)


def _filters(
    row: Any, prefix_length: bool, letter: bool, words: int, views: int
) -> list[ColumnElement[bool]]:
    filters: list[ColumnElement[bool]] = [people.c.number == row.c.number]
    if prefix_length:
        filters.append(row.c.first_prefix_length <= bindparam("prefix_length"))
    if letter:
        filters.append(func.substr(row.c.at, row.c.sort_key_start, 1) == bindparam("letter"))
    for number in range(views):
        other = entry.alias(f"other_{number}")
        filters.append(
            select(other.c.number)
            .where(
                other.c.view == bindparam(f"view_{number}"),
                other.c.at == (_sort_key(row) if prefix_length else row.c.at),
            )
            .exists()
        )
    # Reads one short text for each row of the scan; the window limits their number.
    filters.extend(people.c.words.like(bindparam(f"word_{number}")) for number in range(words))
    return filters


@lru_cache(maxsize=256)
def _page(
    prefix_length: bool, letter: bool, words: int, views: int, backwards: bool, window: bool
) -> Select[Any]:
    row = entry.alias("scan_row")
    span = _window(row, backwards) if window else _range(row)
    return (
        select(row.c.at, *CARD_COLUMNS)
        .where(*span, *_filters(row, prefix_length, letter, words, views))
        .order_by(row.c.at.desc() if backwards else row.c.at)
        .limit(bindparam("most"))
    )


@lru_cache(maxsize=64)
def _all_rows(prefix_length: bool, letter: bool, words: int, views: int) -> Select[Any]:
    row = entry.alias("scan_row")
    return (
        select(_sort_key(row), people.c.words, *CARD_COLUMNS)
        .where(*_range(row), *_filters(row, prefix_length, letter, words, views))
        .limit(bindparam("most"))
    )


@lru_cache(maxsize=1)
def count_entries() -> Select[Any]:
    """Return the statement that counts the rows of a scan, up to ``most``."""
    rows = entry.alias("scan_row")
    window_keys = select(rows.c.at).where(*_range(rows)).limit(bindparam("most")).subquery()
    return select(func.count()).select_from(window_keys)
