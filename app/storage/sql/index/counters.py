"""The counts of employees by view and spelling, changed in the transaction of each record."""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, func, select

from app.contracts import Facets
from app.contracts.counts import facets_from
from app.storage.sql.index.entries import CHANGES, KINDS, LEAVING, LEFT, NAMES, FacetKey, view_of
from app.storage.sql.tables import facet

_KEY = (facet.c.view == bindparam("in_view"), facet.c.spelling == bindparam("as_spelled"))
_ADD = facet.update().where(*_KEY).values(people=facet.c.people + bindparam("delta"))
_INSERT = facet.insert()
# A negative count is an error that reindex corrects by addition, so it is kept.
_DELETE_EMPTY = facet.delete().where(*_KEY, facet.c.people == 0)
_EXISTING = select(facet.c.view, facet.c.spelling).where(
    facet.c.view.in_(bindparam("views", expanding=True))
)
_CHANGES = select(facet.c.people).where(facet.c.view == CHANGES)
_DAYS = (
    select(facet.c.view)
    .where(facet.c.view > bindparam("first"), facet.c.view <= bindparam("last"), facet.c.people > 0)
    .order_by(facet.c.view)
)
_ALL = select(facet.c.view, facet.c.spelling, facet.c.people)
_COUNT_PEOPLE = (
    select(facet.c.view, func.sum(facet.c.people))
    .where(facet.c.view.in_(bindparam("views", expanding=True)))
    .group_by(facet.c.view)
)


class CountSnapshot(NamedTuple):
    """Counts as read, with the number of changes until then, and the people of each view."""

    changes: int
    facets: Facets
    people_in: Mapping[str, int]


def apply_delta(connection: Connection, delta: Mapping[FacetKey, int]) -> None:
    """Add a delta to the counts; always in the order of keys, which prevents deadlocks."""
    changes = {facet_key: number for facet_key, number in delta.items() if number}
    if not changes:
        return
    changes[CHANGES, ""] = 1
    views = sorted({view for view, _ in changes})
    existing = {(row.view, row.spelling) for row in connection.execute(_EXISTING, {"views": views})}
    rows: list[dict[str, Any]] = [
        {"in_view": view, "as_spelled": spelling, "delta": changes[view, spelling]}
        for view, spelling in sorted(changes.keys() & existing)
    ]
    if rows:
        connection.execute(_ADD, rows)
    new = [
        {"view": view, "spelling": spelling, "people": changes[view, spelling]}
        for view, spelling in sorted(changes.keys() - existing)
    ]
    if new:
        connection.execute(_INSERT, new)
    if decreased := [row for row in rows if row["delta"] < 0]:
        connection.execute(_DELETE_EMPTY, decreased)


def read(connection: Connection, previous: CountSnapshot | None) -> CountSnapshot:
    """Read the counts; return the previous snapshot if nothing has changed since."""
    changes = connection.execute(_CHANGES).scalar() or 0
    if previous is not None and previous.changes == changes:
        return previous
    # After a write between the two reads the counts are newer than ``changes``, and read again.
    rows = connection.execute(_ALL).all()
    counts = {(view, spelling): n for view, spelling, n in rows}
    return CountSnapshot(changes, _facets_from(counts, changes), _people_in(counts))


def read_counts(connection: Connection) -> dict[FacetKey, int]:
    """Read all counts, without the number of changes."""
    rows = connection.execute(_ALL).all()
    return {(view, spelling): n for view, spelling, n in rows if view != CHANGES}


def count_people(
    connection: Connection,
    groups: Iterable[tuple[str, ...]],
    known: CountSnapshot | None = None,
) -> dict[tuple[str, ...], int]:
    """Return how many employees the views of each group have; one in several counts in each.

    Counts that are ``known``, of whatever age, are not read again.
    """
    groups = list(groups)
    count_of = known.people_in if known else _count_views(connection, chain.from_iterable(groups))
    return {group: sum(count_of.get(view, 0) for view in group) for group in groups}


def _count_views(connection: Connection, views: Iterable[str]) -> dict[str, int]:
    rows = connection.execute(_COUNT_PEOPLE, {"views": sorted(set(views))})
    return {view: int(n) for view, n in rows}


def _people_in(counts: Mapping[FacetKey, int]) -> Mapping[str, int]:
    people_in: Counter[str] = Counter()
    for (view, _), number in counts.items():
        people_in[view] += number if isinstance(number, int) else 0
    return people_in


def _facets_from(counts: Mapping[FacetKey, int], stamp: int) -> Facets:
    by_kind: dict[str, dict[str, int]] = {}
    for (view, spelling), number in counts.items():
        kind, _, key = view.partition(":")
        if isinstance(number, int) and number > 0:  # SQLite holds any type in any column
            by_kind.setdefault(kind, {})[spelling or key] = number
    by_facet = {name: by_kind[kind] for name, kind in KINDS.items() if kind in by_kind}
    leavers = {**by_kind.get(LEAVING, {}), LEFT: by_kind.get(LEFT, {}).get("", 0)}
    return facets_from(by_kind.get(NAMES, {}).get("", 0), by_facet, stamp, leavers)


def days_due(connection: Connection, today: str) -> list[str]:
    """Return the views of the last days up to today that are counted, in order of time."""
    values = {"first": view_of(LEAVING, ""), "last": view_of(LEAVING, today)}
    return list(connection.execute(_DAYS, values).scalars())
