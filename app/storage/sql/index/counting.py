"""What counting how many stand below somebody needs: everybody's manager, and a stored state."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import BigInteger, Connection, bindparam, select

from app.model import leaving
from app.model.stored_values import stored_text
from app.storage.sql.engines.database import Database
from app.storage.sql.rows import time_text
from app.storage.sql.tables import people, report_counting, report_counts

_BATCH_SIZE = 5_000
_BEFORE_FIRST = -(2**63)
_NEXT = (
    select(people.c.number, people.c.id, people.c.manager, people.c.left_on)
    .where(people.c.number > bindparam("after", type_=BigInteger), people.c.manager != "")
    .order_by(people.c.number)
    .limit(_BATCH_SIZE)
)
_FORGET = report_counts.delete().where(report_counts.c.counted_at < bindparam("before"))
_NAME = "state"
_READ = select(report_counting.c.content).where(report_counting.c.name == _NAME)


def iter_managers(database: Database) -> Iterator[tuple[str, str]]:
    """Implement ReportStore.iter_managers."""
    today, after = leaving.today(), _BEFORE_FIRST
    while True:
        with database.reading("iter_managers") as connection:
            rows = connection.execute(_NEXT, {"after": after}).all()
        for _, employee_id, text, left_on in rows:
            manager = stored_text(text)
            if manager and not leaving.has_come(left_on, today):
                yield employee_id, manager
        if len(rows) < _BATCH_SIZE:
            return
        after = rows[-1].number


def forget_counts(connection: Connection, before: datetime) -> None:
    """Remove what was counted before a time."""
    connection.execute(_FORGET, {"before": time_text(before)})


def read_state(connection: Connection) -> str:
    """Return the state, "" if there is none."""
    return stored_text(connection.execute(_READ).scalar())


def change_state(connection: Connection, before: str, after: str) -> bool:
    """Replace the state if it is ``before``, in a transaction that holds the write lock."""
    stored = read_state(connection)
    if stored == before != after:
        connection.execute(report_counting.delete().where(report_counting.c.name == _NAME))
        connection.execute(report_counting.insert(), {"name": _NAME, "content": after})
        return True
    return stored == after
