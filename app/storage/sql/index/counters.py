"""How many people each view has, by spelling: changed with the record, read at a flat cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, func, select

from app.contracts import Facets
from app.contracts.queries import facets_from
from app.storage.sql.index.entries import CHANGES, KINDS, NAMES, Spelling
from app.storage.sql.tables import facet

_AT = (facet.c.view == bindparam("in_view"), facet.c.spelling == bindparam("as_spelled"))
_ADD = facet.update().where(*_AT).values(people=facet.c.people + bindparam("more"))
_PUT = facet.insert()
# Less than nobody is a mistake that a reindex will add up to right, so it is kept.
_DROP_EMPTY = facet.delete().where(*_AT, facet.c.people == 0)
_KNOWN = select(facet.c.view, facet.c.spelling).where(
    facet.c.view.in_(bindparam("views", expanding=True))
)
_CHANGES = select(facet.c.people).where(facet.c.view == CHANGES)
_ALL = select(facet.c.view, facet.c.spelling, facet.c.people)
_PEOPLE_IN = (
    select(facet.c.view, func.sum(facet.c.people))
    .where(facet.c.view.in_(bindparam("views", expanding=True)))
    .group_by(facet.c.view)
)


class CountSnapshot(NamedTuple):
    """Counts as they were read, with how often they had changed by then."""

    changes: int
    facets: Facets


def change(connection: Connection, more: Mapping[Spelling, int]) -> None:
    """Count so many people more or less; always in one order, so that no two writers lock up."""
    wanted = {spelling: number for spelling, number in more.items() if number}
    if not wanted:
        return
    wanted[CHANGES, ""] = 1
    views = sorted({view for view, _ in wanted})
    known = {(row.view, row.spelling) for row in connection.execute(_KNOWN, {"views": views})}
    rows: list[dict[str, Any]] = [
        {"in_view": view, "as_spelled": as_spelled, "more": wanted[view, as_spelled]}
        for view, as_spelled in sorted(wanted.keys() & known)
    ]
    if rows:
        connection.execute(_ADD, rows)
    new = [
        {"view": view, "spelling": as_spelled, "people": wanted[view, as_spelled]}
        for view, as_spelled in sorted(wanted.keys() - known)
    ]
    if new:
        connection.execute(_PUT, new)
    if fewer := [row for row in rows if row["more"] < 0]:
        connection.execute(_DROP_EMPTY, fewer)


def read(connection: Connection, known: CountSnapshot | None) -> CountSnapshot:
    """The counts; the same object again while nothing has changed."""
    changes = connection.execute(_CHANGES).scalar() or 0
    if known is not None and known.changes == changes:
        return known
    # A write between the two reads makes the counts newer than their number: read again next time.
    rows = connection.execute(_ALL).all()
    return CountSnapshot(
        changes, _facets_from({(view, as_spelled): n for view, as_spelled, n in rows})
    )


def stored(connection: Connection) -> dict[Spelling, int]:
    """The counts as they stand, without the number of changes."""
    rows = connection.execute(_ALL).all()
    return {(view, as_spelled): n for view, as_spelled, n in rows if view != CHANGES}


def people_in(connection: Connection, views: Iterable[str]) -> dict[str, int]:
    """How many people each of these views has."""
    wanted = list(views)
    found = {view: int(n) for view, n in connection.execute(_PEOPLE_IN, {"views": wanted})}
    return {view: found.get(view, 0) for view in wanted}


def _facets_from(counts: Mapping[Spelling, int]) -> Facets:
    by_kind: dict[str, dict[str, int]] = {}
    for (view, spelling), number in counts.items():
        kind, _, key = view.partition(":")
        if number > 0:
            by_kind.setdefault(kind, {})[spelling or key] = number
    by_facet = {name: by_kind[kind] for name, kind in KINDS.items() if kind in by_kind}
    return facets_from(by_kind.get(NAMES, {}).get("", 0), by_facet)
