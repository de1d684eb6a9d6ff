"""Those whose last day has come: out of all lists, without a change of their records."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, select

from app.contracts import MAX_LEAVERS_AT_ONCE
from app.storage.sql import records
from app.storage.sql.engines.database import Database, retry_when_rolled_back
from app.storage.sql.index import counters, order
from app.storage.sql.index.entries import LEAVING, entries_of, view_of
from app.storage.sql.tables import entry, people

_NUMBERS = (
    select(entry.c.number)
    .where(entry.c.view.in_(bindparam("views", expanding=True)))
    .order_by(entry.c.view, entry.c.at)
    .limit(MAX_LEAVERS_AT_ONCE)
)
_IDS = (
    select(people.c.id)
    .join_from(entry, people, people.c.number == entry.c.number)
    .where(entry.c.view.in_(bindparam("views", expanding=True)))
    .order_by(entry.c.view, entry.c.at)
)
_TO_CHANGE = (
    select(people)
    .where(people.c.number.in_(bindparam("numbers", expanding=True)))
    .order_by(people.c.number)
    .with_for_update()
)


def find_leaving(connection: Connection, days: Sequence[str], limit: int) -> list[str]:
    """Implement EmployeeStore.find_leaving: a walk along the rows of each day."""
    views = [view_of(LEAVING, day) for day in days]
    return list(connection.execute(_IDS.limit(limit), {"views": views}).scalars()) if days else []


def carry_out_leaving(database: Database, today: str) -> int:
    """Implement EmployeeStore.carry_out_leaving."""
    with database.reading("leaving") as connection:
        has_due = bool(counters.days_due(connection, today))
    return _carry_out(database, today) if has_due else 0


@retry_when_rolled_back
def _carry_out(database: Database, today: str) -> int:
    with database.writing("leaving") as connection:
        views = counters.days_due(connection, today)[:MAX_LEAVERS_AT_ONCE]
        numbers = list(connection.execute(_NUMBERS, {"views": views}).scalars()) if views else []
        rows = connection.execute(_TO_CHANGE, {"numbers": numbers}).mappings().all()
        return sum(_reindex(connection, records.record_from(row)) for row in rows)


def _reindex(connection: Connection, record: records.Record) -> bool:
    entries = entries_of(record.employee, order.written(connection))
    if entries == record.entries:
        return False
    records.reindex_record(connection, record, entries, {})
    return True
