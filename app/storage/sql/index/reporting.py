"""Who reports to whom: the line above somebody, and how many report to them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, exists, select

from app.contracts.queries import MAX_BATCH
from app.contracts.reports import MAX_CHECKED, MAX_COUNTED_REPORTS, ChainEnd, ReportCount
from app.model.errors import ReportingLoop
from app.model.stored_values import stored_text, stored_time
from app.storage.sql.engines.prepared import read_rows
from app.storage.sql.index.entries import manager_view
from app.storage.sql.index.statements import LAST, count_entries
from app.storage.sql.rows import time_text
from app.storage.sql.tables import entry, people, report_counts
from app.text import search_keys

_MANAGER_OF = select(people.c.id, people.c.manager).where(people.c.id_key == bindparam("of_id_key"))
# A record that another program inserted has no id key until it is saved or reindexed.
_MANAGER_OF_UNINDEXED = select(people.c.id, people.c.manager).where(
    people.c.id_key.is_(None), people.c.id == bindparam("of_id")
)
_COUNTS = select(report_counts).where(
    report_counts.c.id_key.in_(bindparam("id_keys", expanding=True))
)
# For how many views there are statements, so that few of them are compiled.
_LEADING_WIDTHS = (8, 32, MAX_BATCH)
_FORGET = report_counts.delete().where(
    report_counts.c.id_key.in_(bindparam("id_keys", expanding=True))
)


def managers_above(
    connection: Connection, employee_id: str, limit: int
) -> tuple[list[str], ChainEnd]:
    """Return the ids of the managers above somebody who exists, the nearest first."""
    above: list[str] = []
    manager = _manager_of(connection, employee_id)
    while manager:
        if manager == employee_id or manager in above:
            return above, ChainEnd.LOOP
        following = _manager_of(connection, manager)
        if following is None:
            return above, ChainEnd.NOBODY
        if len(above) == limit:
            return above, ChainEnd.LIMIT
        above.append(manager)
        manager = following
    return above, ChainEnd.TOP


def refuse_loop(connection: Connection, employee_id: str, manager: str) -> None:
    """Raise ReportingLoop if a new manager of somebody stands below them, or is themselves.

    Exact within a transaction that holds the write lock.
    """
    line: dict[str, None] = {}
    while manager and manager not in line and len(line) < MAX_CHECKED:
        line[manager] = None
        if manager == employee_id:
            raise ReportingLoop(tuple(line))
        manager = _manager_of(connection, manager) or ""


def _manager_of(connection: Connection, employee_id: str) -> str | None:
    """Return the manager of somebody, "" if they have none; None if nobody has this id."""
    id_key = search_keys.id_sort_key(employee_id)
    rows = read_rows(connection, _MANAGER_OF, {"of_id_key": id_key})
    if not rows:
        rows = read_rows(connection, _MANAGER_OF_UNINDEXED, {"of_id": employee_id})
    # The id key of a long id is a hash, so the id is compared too.
    return next((stored_text(text) for found, text in rows if found == employee_id), None)


def count_reports(
    connection: Connection, employee_ids: Collection[str]
) -> Iterator[tuple[str, ReportCount]]:
    """Yield how many report to each of these, without those to whom nobody does."""
    below = _counted_below(connection, employee_ids)
    for employee_id in employee_ids:
        values = {
            "in_view_0": manager_view(employee_id),
            "after": "",
            "before": LAST,
            "most": MAX_COUNTED_REPORTS + 1,
        }
        ((direct,),) = read_rows(connection, count_entries(), values)
        if direct:
            found = below.get(search_keys.id_sort_key(employee_id), ReportCount(0))
            yield employee_id, found._replace(direct=int(direct))


def leading(connection: Connection, employee_ids: Collection[str]) -> set[str]:
    """Return those of these to whom anybody reports, by one query for all of them."""
    ids = [*dict.fromkeys(employee_ids)]
    if not ids:
        return set()
    width = next(size for size in _LEADING_WIDTHS if size >= len(ids))
    views = [*map(manager_view, ids), *[""] * (width - len(ids))]
    values = {f"in_view_{number}": view for number, view in enumerate(views)}
    ((*found,),) = read_rows(connection, _leading(width), values)
    return {each for each, leads in zip(ids, found, strict=False) if leads}


@lru_cache(maxsize=len(_LEADING_WIDTHS))
def _leading(width: int) -> Select[Any]:
    """Return the statement that tells of each of so many views whether it has an entry."""
    columns: list[Any] = []
    for number in range(width):
        of_view = select(entry.c.at).where(entry.c.view == bindparam(f"in_view_{number}"))
        columns.append(exists(of_view).label(f"leads_{number}"))
    return select(*columns)


def _counted_below(connection: Connection, employee_ids: Collection[str]) -> dict[str, ReportCount]:
    id_keys = [*map(search_keys.id_sort_key, employee_ids)]
    rows = connection.execute(_COUNTS, {"id_keys": id_keys}) if id_keys else ()
    return {row.id_key: ReportCount(0, row.below, stored_time(row.counted_at)) for row in rows}


def store_counts(connection: Connection, counts: Mapping[str, ReportCount]) -> None:
    """Store how many stand below employees."""
    if not counts:
        return
    rows = [
        {
            "id_key": search_keys.id_sort_key(employee_id),
            "below": count.below,
            "counted_at": time_text(count.counted_at),
        }
        for employee_id, count in counts.items()
        if count.below is not None and count.counted_at is not None
    ]
    connection.execute(_FORGET, {"id_keys": [*map(search_keys.id_sort_key, counts)]})
    if rows:
        connection.execute(report_counts.insert(), rows)
