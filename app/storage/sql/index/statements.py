"""The SQL of scans, by their shape; see scans.py. The values are bound by name."""

from functools import lru_cache
from itertools import count
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    func,
    not_,
    or_,
    select,
    union_all,
)

from app.model.fields import TEXT_FACETS
from app.storage.sql.rows import CARD_COLUMNS
from app.storage.sql.tables import entry, people

# What is counted of a match: its number, the initial of its sort key, and the values of filters.
MATCH_COLUMNS = ("number", "initial", *(facet.name for facet in TEXT_FACETS), "badges")
# Sorts after every text that can follow a prefix.
LAST = "\U0010ffff"


_Columns = tuple[tuple[str, ...], ...]


class Shape(NamedTuple):
    """What decides the text of a statement, while its values are bound.

    ``views`` is the number of views that are scanned, and ``filters`` says how many views each
    filter has. ``words`` and ``excluded`` name the columns of the tests (see conditions.py).
    """

    views: int
    prefix_length: bool
    letter: bool
    words: tuple[_Columns, ...]
    filters: tuple[int, ...]
    excluded: _Columns = ()


def _in_views(column: Any, place: str, number: int) -> ColumnElement[bool]:
    """Return the condition that a view is one of so many, which are bound by their place."""
    views: list[Any] = [bindparam(f"{place}_{each}") for each in range(number)]
    condition: ColumnElement[bool] = column == views[0] if number == 1 else column.in_(views)
    return condition


def _range(rows: Any, views: int) -> tuple[ColumnElement[bool], ...]:
    return (
        _in_views(rows.c.view, "in_view", views),
        rows.c.at > bindparam("after"),
        rows.c.at < bindparam("before"),
    )


def _window_keys(views: int, backwards: bool) -> Any:
    """Return the subquery of the sort keys in the next window of a scan.

    Each of several views is read in its own order, and no further than the window.
    """
    parts = [
        _first_keys(rows, rows.c.view == bindparam(f"in_view_{number}"), backwards)
        for number, rows in ((n, entry.alias(f"window_row_{n}")) for n in range(views))
    ]
    if len(parts) == 1:
        return parts[0].subquery()
    merged = union_all(*(select(part.subquery().c.at) for part in parts)).subquery()
    order = merged.c.at.desc() if backwards else merged.c.at
    return select(merged.c.at).order_by(order).limit(bindparam("window")).subquery()


def _first_keys(rows: Any, in_view: ColumnElement[bool], backwards: bool) -> Select[Any]:
    order = rows.c.at.desc() if backwards else rows.c.at
    return (
        select(rows.c.at)
        .where(in_view, rows.c.at > bindparam("after"), rows.c.at < bindparam("before"))
        .order_by(order)
        .limit(bindparam("window"))
    )


def _end_of(window_keys: Any, backwards: bool) -> Any:
    return func.min(window_keys.c.at) if backwards else func.max(window_keys.c.at)


@lru_cache(maxsize=64)
def window_end(views: int, backwards: bool) -> Select[Any]:
    """Return the statement of the end of a window; see IndexScan.window_end."""
    window_keys = _window_keys(views, backwards)
    return select(func.count(), _end_of(window_keys, backwards)).select_from(window_keys)


def _window(rows: Any, views: int, backwards: bool) -> tuple[ColumnElement[bool], ...]:
    """Return the range up to the end of the window; a second bound would widen the scan."""
    in_view, after, before = _range(rows, views)
    window_keys = _window_keys(views, backwards)
    end = select(_end_of(window_keys, backwards)).scalar_subquery()
    return (in_view, rows.c.at >= end, before) if backwards else (in_view, after, rows.c.at <= end)


def _sort_key(row: Any) -> ColumnElement[str]:
    """Return the expression of the sort key in the name view, without a read of the record."""
    return func.substr(row.c.at, row.c.sort_key_start, type_=entry.c.at.type)


def _filters(row: Any, shape: Shape) -> list[ColumnElement[bool]]:
    filters: list[ColumnElement[bool]] = [people.c.number == row.c.number]
    if shape.prefix_length:
        filters.append(row.c.first_prefix_length <= bindparam("prefix_length"))
    if shape.letter:
        filters.append(func.substr(row.c.at, row.c.sort_key_start, 1) == bindparam("letter"))
    for number, views in enumerate(shape.filters):
        other = entry.alias(f"other_{number}")
        filters.append(
            select(other.c.number)
            .where(
                _in_views(other.c.view, str(number), views),
                other.c.at == (_sort_key(row) if shape.prefix_length else row.c.at),
            )
            .exists()
        )
    return filters + _tests(shape)


def _tests(shape: Shape) -> list[ColumnElement[bool]]:
    """Return the tests of words; each reads a short text of a row, whose number is limited."""
    numbers = count()

    def all_of(columns: tuple[str, ...]) -> ColumnElement[bool]:
        return and_(
            *(people.c[column].like(bindparam(f"word_{next(numbers)}")) for column in columns)
        )

    met: list[ColumnElement[bool]] = [or_(*map(all_of, any_of)) for any_of in shape.words]
    return met + [not_(all_of(columns)) for columns in shape.excluded]


@lru_cache(maxsize=256)
def page(shape: Shape, backwards: bool, window: bool) -> Select[Any]:
    """Return the statement of a page; see IndexScan.page."""
    row = entry.alias("scan_row")
    span = _window(row, shape.views, backwards) if window else _range(row, shape.views)
    statement = (
        select(row.c.at, *CARD_COLUMNS)
        .where(*span, *_filters(row, shape))
        .order_by(row.c.at.desc() if backwards else row.c.at)
        .limit(bindparam("most"))
    )
    # An employee with several of the badges is in several views.
    return statement.distinct() if shape.views > 1 else statement


@lru_cache(maxsize=64)
def all_rows(shape: Shape) -> Select[Any]:
    """Return the statement of a whole scan; see IndexScan.all_rows."""
    row = entry.alias("scan_row")
    return (
        select(_sort_key(row), people.c.words, *CARD_COLUMNS)
        .where(*_range(row, shape.views), *_filters(row, shape))
        .limit(bindparam("most"))
    )


@lru_cache(maxsize=64)
def matches(shape: Shape) -> Select[Any]:
    """Return the statement of all matches; see IndexScan.matches."""
    row = entry.alias("scan_row")
    initial = func.substr(row.c.at, row.c.sort_key_start, 1)
    statement = (
        select(people.c.number, initial, *(people.c[name] for name in MATCH_COLUMNS[2:]))
        .where(*_range(row, shape.views), *_filters(row, shape))
        .limit(bindparam("most"))
    )
    return statement.distinct() if shape.views > 1 else statement


@lru_cache(maxsize=1)
def count_entries() -> Select[Any]:
    """Return the statement that counts the rows of a scan of one view, up to ``most``."""
    rows = entry.alias("scan_row")
    window_keys = select(rows.c.at).where(*_range(rows, 1)).limit(bindparam("most")).subquery()
    return select(func.count()).select_from(window_keys)


@lru_cache(maxsize=1)
def count_word() -> Select[Any]:
    """Return the statement that counts the employees of a scan of words, up to ``most``."""
    rows = entry.alias("scan_row")
    first = rows.c.first_prefix_length <= bindparam("prefix_length")
    people_of_word = (
        select(rows.c.number).where(*_range(rows, 1), first).limit(bindparam("most")).subquery()
    )
    return select(func.count()).select_from(people_of_word)
