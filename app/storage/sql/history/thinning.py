"""Deletion of old changes and entries, some in each transaction."""

from collections.abc import Iterator

from sqlalchemy import Connection, bindparam, case, func, select

from app.history.folding import thinned
from app.storage.sql.engines.database import Database, retry_when_rolled_back
from app.storage.sql.history import audit, changes
from app.storage.sql.history.tables import changes as history

_BATCH_SIZE = 500
_is_old = history.c.moment < bindparam("before")
_PEOPLE = (
    select(history.c.id_key, func.count(), func.sum(case((_is_old, 1), else_=0)))
    .where(history.c.id_key > bindparam("after"))
    .group_by(history.c.id_key)
    .order_by(history.c.id_key)
    .limit(_BATCH_SIZE)
)


def thin_out(database: Database, day: str) -> Iterator[int]:
    """Implement HistoryStore.thin_out; a run after a killed one finds less to delete."""
    deleted = 0
    while gone := _delete_entries(database, day):
        deleted += gone
        yield deleted
    after = ""
    while True:
        with database.reading("thin_out") as connection:
            rows = connection.execute(_PEOPLE, {"after": after, "before": day}).all()
        if not rows:
            return
        for id_key, total, old in rows:
            # The first change stays, and the newest.
            while total > 2 and old > 1 + (old == total):
                gone = _thin(database, id_key, day)
                total, old, deleted = total - gone, old - gone, deleted + gone
                if not gone:
                    break
        after = rows[-1][0]
        yield deleted


@retry_when_rolled_back
def _delete_entries(database: Database, day: str) -> int:
    with database.writing("thin_out") as connection:
        return audit.delete_before(connection, day, _BATCH_SIZE)


@retry_when_rolled_back
def _thin(database: Database, id_key: str, day: str) -> int:
    """Delete some old changes of one person; return how many."""
    with database.writing("thin_out") as connection:
        return _thin_person(connection, id_key, day)


def _thin_person(connection: Connection, id_key: str, day: str) -> int:
    several = changes.of_id_key(connection, id_key, _BATCH_SIZE + 2)
    if len(several) <= 2:
        return 0
    first, *others = several
    old = [change for change in others[:_BATCH_SIZE] if change.moment < day]
    rest = others[len(old) :]
    gone, rebased = thinned(first, old, rest[0] if rest else None)
    changes.delete(connection, gone)
    if rebased is not None:
        changes.set_base(connection, rebased)
    return len(gone)
