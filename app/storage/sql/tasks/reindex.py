"""Reindex: make index entries and counts agree with the records, a batch at a time."""

from collections import Counter
from collections.abc import Callable, Iterator

from sqlalchemy import BigInteger, Connection, RowMapping, and_, bindparam, func, or_, select

from app.contracts import Progress
from app.contracts.cursors import SEPARATOR
from app.contracts.list_order import StoredOrder
from app.history.difference import is_as_recorded
from app.model.employee import Employee
from app.storage.sql import records
from app.storage.sql.engines.database import Database, retry_when_rolled_back
from app.storage.sql.history import recorder
from app.storage.sql.history.tables import changes
from app.storage.sql.index import counters, entry_rows, order
from app.storage.sql.index.entries import (
    INDEX_COLUMNS,
    WORDS,
    FacetKey,
    entries_from,
    entries_of,
)
from app.storage.sql.rows import employee_from
from app.storage.sql.tables import entry, people, tombstones
from app.text import search_keys
from app.text.person_names import SortBy

BATCH_SIZE = 500
_INDEX_COLUMNS = tuple(people.c[name] for name in INDEX_COLUMNS)
_PEOPLE = (
    select(people)
    .where(
        people.c.number > bindparam("after", type_=BigInteger), people.c.number <= bindparam("last")
    )
    .order_by(people.c.number)
    .limit(BATCH_SIZE)
)
_LOCK_PEOPLE = (
    select(people)
    .where(people.c.number.in_(bindparam("numbers", expanding=True)))
    .order_by(people.c.number)
    .with_for_update()
)
_ENTRIES = (
    select(entry.c.view, entry.c.at, entry.c.number, *_INDEX_COLUMNS)
    .join_from(entry, people, entry.c.number == people.c.number, isouter=True)
    .where(
        or_(
            entry.c.view > bindparam("view"),
            and_(entry.c.view == bindparam("view"), entry.c.at > bindparam("at")),
        )
    )
    .order_by(entry.c.view, entry.c.at)
    .limit(4 * BATCH_SIZE)
)
_TOTAL = select(func.count(), func.max(people.c.number))


_ALL_PEOPLE = select(*_INDEX_COLUMNS).execution_options(yield_per=4 * BATCH_SIZE)
_ALL_ENTRIES = select(func.count()).select_from(entry)
_CHANGES_OF_DELETED = (
    select(tombstones.c.id_key)
    .where(select(changes.c.id_key).where(changes.c.id_key == tombstones.c.id_key).exists())
    .limit(BATCH_SIZE)
)
_BEFORE_FIRST = -(2**63)
_Note = Callable[[Employee], object]


def reindex(
    database: Database, note: _Note, sort_by: SortBy, *, force: bool = False
) -> Iterator[Progress]:
    """Implement EmployeeStore.reindex, into this order of names; ``note`` gets each employee.

    A run after a killed one compares everything again, and finds less to change.
    """
    with database.writing("reindex") as connection:
        if order.written(connection) is not sort_by:
            order.write(connection, StoredOrder(sort_by, is_mixed=True))
    yield from _reindex_people(database, note, force=force)
    _delete_orphans(database)
    _erase_deleted(database)
    if _recount(database) and not force:
        yield from _reindex_people(database, note, force=True)
    with database.writing("reindex") as connection:
        if order.read(connection) == StoredOrder(sort_by, is_mixed=True):
            order.write(connection, StoredOrder(sort_by))


def _reindex_people(database: Database, note: _Note, *, force: bool) -> Iterator[Progress]:
    """Reindex the current records that differ; with ``force`` all of them."""
    with database.reading("reindex") as connection:
        total, last = connection.execute(_TOTAL).one()
    after, done, changed = _BEFORE_FIRST, 0, 0
    while True:
        with database.reading("reindex") as connection:
            rows = connection.execute(_PEOPLE, {"after": after, "last": last}).mappings().all()
            sort_by = order.written(connection)
        if not rows:
            break
        numbers = [row["number"] for row in rows if force or not _is_indexed(row, sort_by)]
        if numbers:
            changed += _reindex_batch(database, numbers, force=force)
        for row in rows:
            note(employee_from(row))
        after, done = rows[-1]["number"], done + len(rows)
        yield Progress(done=done, total=max(total, done), changed=changed, what="people")
    if not done:
        yield Progress(done=0, total=0, changed=0, what="people")


@retry_when_rolled_back
def _reindex_batch(database: Database, numbers: list[int], *, force: bool) -> int:
    """Reindex the records with these numbers, as they are now; return how many."""
    with database.writing("reindex") as connection:
        rows = connection.execute(_LOCK_PEOPLE, {"numbers": numbers}).mappings().all()
        sort_by = order.written(connection)
        return sum(_reindex_row(connection, row, sort_by, force=force) for row in rows)


def _is_indexed(row: RowMapping, sort_by: SortBy) -> bool:
    employee = records.record_from(row).employee
    id_key = search_keys.id_sort_key(employee.id)
    if row["id_key"] != id_key or not is_as_recorded(employee):
        return False
    return entries_from(row) == entries_of(employee, sort_by)


def _reindex_row(connection: Connection, row: RowMapping, sort_by: SortBy, *, force: bool) -> bool:
    """Reindex the record in a row; return False for a second row with the same id."""
    record = records.record_from(row)
    id_key = search_keys.id_sort_key(record.employee.id)
    indexed = records.read(connection, record.employee.id)
    if indexed is not None and indexed.number != record.number:
        return False
    entries = entries_of(record.employee, sort_by)
    if force:
        entry_rows.put_entries(connection, entries.rows(record.number))
    records.reindex_record(connection, record, entries, {"id_key": id_key})
    records.record_outside(connection, record)
    return True


def _delete_orphans(database: Database) -> None:
    """Delete entries without a record, such as those of a record that another program deleted."""
    start = {"view": "", "at": ""}
    while True:
        with database.reading("reindex") as connection:
            rows = connection.execute(_ENTRIES, start).mappings().all()
        if not rows:
            return
        if not all(map(_is_expected, rows)):
            with database.writing("reindex") as connection:
                current = connection.execute(_ENTRIES, start).mappings().all()
                orphans = [(row["view"], row["at"]) for row in current if not _is_expected(row)]
                entry_rows.delete_entries(connection, orphans)
        start = {"view": rows[-1]["view"], "at": rows[-1]["at"]}


def _is_expected(row: RowMapping) -> bool:
    entries = entries_from(row)
    if entries is None:
        return False
    if row["view"] == WORDS:
        word, _, sort_key = row["at"].partition(SEPARATOR)
        return sort_key == entries.sort_key and word in entries.listed_words()
    return row["at"] == entries.sort_key and row["view"] in entries.views()


def _erase_deleted(database: Database) -> None:
    """Erase the changes of people whom a release without histories has deleted."""
    while True:
        with database.reading("reindex") as connection:
            id_keys = list(connection.execute(_CHANGES_OF_DELETED).scalars())
        if not id_keys:
            return
        with database.writing("reindex") as connection:
            recorder.erase_id_keys(connection, id_keys)


def _recount(database: Database) -> bool:
    """Correct the counts; return whether entries are missing.

    The difference is computed in one snapshot and added later, so counts of writes in between stay.
    """
    count_of: Counter[FacetKey] = Counter()
    expected = 0
    with database.snapshot("reindex") as connection:
        stored = counters.read_counts(connection)
        entry_count = connection.execute(_ALL_ENTRIES).scalar_one()
        for row in connection.execute(_ALL_PEOPLE).mappings():
            if (entries := entries_from(row)) is not None:
                count_of.update(entries.counted_facets())
                expected += len(entries.views()) + len(entries.listed_words())
    count_of.subtract(stored)
    if any(count_of.values()):
        with database.writing("reindex") as connection:
            counters.apply_delta(connection, count_of)
    return expected != entry_count
