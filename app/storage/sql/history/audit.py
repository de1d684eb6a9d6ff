"""Rows of ``audit``, in the transaction of the caller."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, repeat
from typing import Any

from sqlalchemy import Connection, and_, bindparam, or_, select

from app.contracts.audit_entries import meets
from app.contracts.history import MAX_ENTRIES_EXAMINED, AuditEntry, AuditPage, AuditQuery
from app.contracts.stored_history import entry_in, entry_text
from app.storage.sql.engines.raw_rows import delete_rows, insert_rows
from app.storage.sql.history.authors import author_from
from app.storage.sql.history.positions import Position, read_position
from app.storage.sql.history.tables import audit, authors
from app.text import search_keys

_COLUMNS = tuple(audit.c.keys())
_ROWS_AT_ONCE = 250
_ENTRIES = select(
    audit.c.moment,
    audit.c.id_key,
    audit.c.content,
    authors.c.name,
    authors.c.account_id,
    authors.c.person_id,
).join_from(audit, authors, audit.c.author == authors.c.number, isouter=True)
_OLDER = (
    _ENTRIES.where(
        audit.c.moment >= bindparam("since"),
        audit.c.moment <= bindparam("before"),
        or_(
            audit.c.moment < bindparam("before"),
            and_(
                audit.c.moment == bindparam("before"), audit.c.id_key < bindparam("before_id_key")
            ),
        ),
    )
    .order_by(audit.c.moment.desc(), audit.c.id_key.desc())
    .limit(bindparam("most"))
)
_OF_NOBODY = (
    _ENTRIES.where(audit.c.id_key == "", audit.c.moment > bindparam("after"))
    .order_by(audit.c.moment)
    .limit(bindparam("most"))
)
_OLD = (
    select(audit.c.moment, audit.c.id_key)
    .where(audit.c.moment < bindparam("before"))
    .order_by(audit.c.moment)
    .limit(bindparam("most"))
)
_LAST = "~"  # after every moment, and every day's moments after the day


def insert(connection: Connection, rows: Iterable[tuple[AuditEntry, int]]) -> None:
    """Store entries, each with the number of its author."""
    insert_rows(connection, audit, _COLUMNS, (_row_of(*row) for row in rows))


def put(connection: Connection, entry: AuditEntry, author: int) -> None:
    """Store an entry; replace one of the same moment."""
    delete_rows(connection, audit, ("moment", "id_key"), [_row_of(entry, author)[:2]])
    insert(connection, [(entry, author)])


def _row_of(entry: AuditEntry, author: int) -> tuple[str, str, int, str]:
    id_key = search_keys.id_sort_key(entry.employee_id) if entry.employee_id else ""
    return entry.moment, id_key, author, entry_text(entry)


def page(connection: Connection, query: AuditQuery, cursor: str | None, limit: int) -> AuditPage:
    """Implement HistoryStore.audit."""
    first = Position(f"{query.until}{_LAST}", "")
    if (start := read_position(cursor)) is not None and start < first:
        first = start
    found: list[tuple[Position, AuditEntry]] = []
    rows = _entries_before(connection, query.since, first, limit + 1)
    for examined, (position, entry) in enumerate(rows, 1):
        if meets(entry, query):
            if len(found) == limit:
                return _page(found, found[-1][0])
            found.append((position, entry))
        if examined == MAX_ENTRIES_EXAMINED:
            return _page(found, position, examined)
    return _page(found, None)


def _page(
    found: list[tuple[Position, AuditEntry]], older: Position | None, examined: int | None = None
) -> AuditPage:
    entries = tuple(entry for _, entry in found)
    return AuditPage(entries, None if older is None else older.to_text(), examined)


def _entries_before(
    connection: Connection, since: str, position: Position, first_rows: int
) -> Iterator[tuple[Position, AuditEntry]]:
    """Yield entries, newest first: a page of them, then more at once, for filters."""
    for most in chain((first_rows,), repeat(_ROWS_AT_ONCE)):
        values = {
            "since": since,
            "before": position.moment,
            "before_id_key": position.id_key,
            "most": most,
        }
        rows = connection.execute(_OLDER, values).all()
        for row in rows:
            position = Position(row[0], row[1])
            yield position, _entry_in(row)
        if len(rows) < most:
            return


def of_nobody(connection: Connection, after: str, limit: int) -> list[AuditEntry]:
    """Return entries without a person after a moment, oldest first."""
    rows = connection.execute(_OF_NOBODY, {"after": after, "most": limit})
    return list(map(_entry_in, rows))


def _entry_in(row: Any) -> AuditEntry:
    moment, _, content, *author = row
    return entry_in(moment, author_from(*author), content)


def delete_of(connection: Connection, id_keys: Sequence[str]) -> None:
    """Delete what the log tells of the people with these id keys."""
    delete_rows(connection, audit, ("id_key",), [(id_key,) for id_key in id_keys])


def delete_before(connection: Connection, day: str, limit: int) -> int:
    """Delete so many entries before a day; return how many they were."""
    old = connection.execute(_OLD, {"before": day, "most": limit}).all()
    delete_rows(connection, audit, ("moment", "id_key"), [tuple(row) for row in old])
    return len(old)
