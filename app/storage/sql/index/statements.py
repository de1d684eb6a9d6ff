"""The SQL of scans, by their shape; see scans.py. The values are bound by name."""

from enum import Enum
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
    union,
)

from app.model.facets import TEXT_FACETS
from app.storage.sql.index.conditions import LIKE_ESCAPE
from app.storage.sql.rows import CARD_COLUMNS
from app.storage.sql.tables import entry, people

# What is counted of a match: the initial of its sort key, and the values of filters.
MATCH_COLUMNS = ("initial", *(facet.name for facet in TEXT_FACETS), "badges")
# Sorts after every text that can follow a prefix.
LAST = "\U0010ffff"


_Columns = tuple[tuple[str, ...], ...]


class Seen(Enum):
    """Of whom a viewer may find somebody by every word; see contracts/sighted_search.py."""

    ALL = "everybody"
    UNLESS_HIDDEN = "those who hide nothing"
    NONE = "nobody"


class Shape(NamedTuple):
    """What decides the text of a statement, while its values are bound.

    ``views`` is the number of views that are scanned, and ``filters`` says how many views each
    filter has. ``words`` and ``excluded`` name the columns of the tests (see conditions.py).
    ``seen`` says which rows the caller tests once more, and gets words for.
    """

    views: int
    prefix_length: bool
    letter: bool
    words: tuple[_Columns, ...]
    filters: tuple[int, ...]
    excluded: _Columns = ()
    seen: Seen = Seen.ALL


_Row = Any  # an alias or subquery with the columns of ``entry`` by which a scan goes on


def _range(rows: _Row, view: int = 0) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of the range of one of the views of a scan."""
    return (
        rows.c.view == bindparam(f"in_view_{view}"),
        rows.c.at > bindparam("after"),
        rows.c.at < bindparam("before"),
    )


def _in_order(rows: _Row, backwards: bool) -> Any:
    return rows.c.at.desc() if backwards else rows.c.at


def _first(statement: Select[Any], rows: _Row, backwards: bool) -> Select[Any]:
    """Return the rows of the next window of a scan."""
    return statement.order_by(_in_order(rows, backwards)).limit(bindparam("window"))


def _merged(views: int, backwards: bool | None = None) -> _Row:
    """Return the rows of several views, each employee once; in a direction, the next window.

    Each view is read in its own order, and no further than the window.
    """
    parts = []
    for view in range(views):
        rows = entry.alias(f"part_{view}")
        part = select(rows.c.at, rows.c.number, rows.c.sort_key_start).where(*_range(rows, view))
        if backwards is not None:
            part = _first(part, rows, backwards)
        parts.append(select(*part.subquery().c))
    merged = union(*parts).subquery()
    if backwards is None:
        return merged
    return _first(select(*merged.c), merged, backwards).subquery("scan_row")


def _window_of(views: int, backwards: bool) -> _Row:
    """Return the subquery of the next window of a scan, which has the sort keys."""
    if views > 1:
        return _merged(views, backwards)
    rows = entry.alias("window_row")
    return _first(select(rows.c.at).where(*_range(rows)), rows, backwards).subquery()


def _end_of(window: _Row, backwards: bool) -> Any:
    return func.min(window.c.at) if backwards else func.max(window.c.at)


@lru_cache(maxsize=64)
def window_end(views: int, backwards: bool) -> Select[Any]:
    """Return the statement of the end of a window; see IndexScan.window_end."""
    window = _window_of(views, backwards)
    return select(func.count(), _end_of(window, backwards)).select_from(window)


def _up_to_end(rows: _Row, backwards: bool) -> tuple[ColumnElement[bool], ...]:
    """Return the range up to the end of the window; a second bound would widen the scan."""
    in_view, after, before = _range(rows)
    end = select(_end_of(_window_of(1, backwards), backwards)).scalar_subquery()
    return (in_view, rows.c.at >= end, before) if backwards else (in_view, after, rows.c.at <= end)


def _sort_key(row: Any) -> ColumnElement[str]:
    """Return the expression of the sort key in the name view, without a read of the record."""
    return func.substr(row.c.at, row.c.sort_key_start, type_=entry.c.at.type)


def _filters(row: Any, shape: Shape) -> list[ColumnElement[bool]]:
    filters: list[ColumnElement[bool]] = [people.c.number == row.c.number]
    if shape.prefix_length:
        filters += _unless_tested(shape, [row.c.first_prefix_length <= bindparam("prefix_length")])
    if shape.letter:
        filters.append(func.substr(row.c.at, row.c.sort_key_start, 1) == bindparam("letter"))
    for number, views in enumerate(shape.filters):
        other = entry.alias(f"other_{number}")
        at = _sort_key(row) if shape.prefix_length else row.c.at
        found = [
            select(other.c.number).where(
                other.c.view == bindparam(f"{number}_{view}"), other.c.at == at
            )
            for view in range(views)
        ]
        # Of several views, each is looked up by its key; EXISTS with IN reads views as a whole.
        filters.append(
            found[0].exists()
            if views == 1
            else or_(*(each.scalar_subquery().is_not(None) for each in found))
        )
    return filters + _tests(shape)


def _tests(shape: Shape) -> list[ColumnElement[bool]]:
    """Return the tests of words; each reads a short text of a row, whose number is limited."""
    numbers = count()

    def all_of(columns: tuple[str, ...]) -> ColumnElement[bool]:
        return and_(*(_like(column, f"word_{next(numbers)}") for column in columns))

    met: list[ColumnElement[bool]] = [or_(*map(all_of, any_of)) for any_of in shape.words]
    return met + _unless_tested(shape, [not_(all_of(columns)) for columns in shape.excluded])


def _like(column: str, name: str) -> ColumnElement[bool]:
    escape = LIKE_ESCAPE if column == "facets" else None
    return people.c[column].like(bindparam(name), escape=escape)


def _unless_tested(
    shape: Shape, conditions: list[ColumnElement[bool]]
) -> list[ColumnElement[bool]]:
    """Return the conditions that show somebody once, for those whom the caller does not test."""
    if shape.seen is Seen.NONE:
        return []
    if shape.seen is Seen.ALL:
        return conditions
    return [or_(condition, people.c.hidden != "") for condition in conditions]


def _card_columns(shape: Shape) -> tuple[Any, ...]:
    """Return the columns of a card, and then those by which the caller tests it."""
    if shape.seen is Seen.ALL:
        return CARD_COLUMNS
    return (*CARD_COLUMNS, people.c.words, people.c.origins)


@lru_cache(maxsize=256)
def page(shape: Shape, backwards: bool, window: bool) -> Select[Any]:
    """Return the statement of a page; see IndexScan.page."""
    row: _Row = entry.alias("scan_row")
    span: tuple[ColumnElement[bool], ...] = ()
    if shape.views > 1:
        row = _merged(shape.views, backwards)
    else:
        span = _up_to_end(row, backwards) if window else _range(row)
    return (
        select(row.c.at, *_card_columns(shape))
        .where(*span, *_filters(row, shape))
        .order_by(_in_order(row, backwards))
        .limit(bindparam("most"))
    )


def _whole(shape: Shape) -> tuple[_Row, list[ColumnElement[bool]]]:
    """Return the rows of a whole scan, and the conditions on them."""
    if shape.views > 1:
        row = _merged(shape.views)
        return row, _filters(row, shape)
    row = entry.alias("scan_row")
    return row, [*_range(row), *_filters(row, shape)]


@lru_cache(maxsize=64)
def all_rows(shape: Shape) -> Select[Any]:
    """Return the statement of a whole scan; see IndexScan.all_rows."""
    row, conditions = _whole(shape)
    columns = (_sort_key(row), people.c.words, *_card_columns(shape))
    return select(*columns).where(*conditions).limit(bindparam("most"))


@lru_cache(maxsize=64)
def matches(shape: Shape) -> Select[Any]:
    """Return the statement of all matches; see IndexScan.matches."""
    row, conditions = _whole(shape)
    initial = func.substr(row.c.at, row.c.sort_key_start, 1)
    columns = (initial, *(people.c[name] for name in MATCH_COLUMNS[1:]))
    return select(*columns).where(*conditions).limit(bindparam("most"))


@lru_cache(maxsize=1)
def count_entries() -> Select[Any]:
    """Return the statement that counts the rows of a scan of one view, up to ``most``."""
    rows = entry.alias("scan_row")
    window_keys = select(rows.c.at).where(*_range(rows)).limit(bindparam("most")).subquery()
    return select(func.count()).select_from(window_keys)


@lru_cache(maxsize=1)
def count_word() -> Select[Any]:
    """Return the statement that counts the employees of a scan of words, up to ``most``."""
    rows = entry.alias("scan_row")
    first = rows.c.first_prefix_length <= bindparam("prefix_length")
    people_of_word = (
        select(rows.c.number).where(*_range(rows), first).limit(bindparam("most")).subquery()
    )
    return select(func.count()).select_from(people_of_word)
