"""Reads and writes of records with their index entries, in the transaction of the caller."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any, NamedTuple, cast

from sqlalchemy import Connection, RowMapping, bindparam, select

from app.model.employee import Employee
from app.storage.sql.engines.raw_rows import delete_rows, insert_rows, select_rows
from app.storage.sql.history import recorder
from app.storage.sql.history.authors import SignedWrite
from app.storage.sql.index import counters, entry_rows, order, reporting
from app.storage.sql.index.entries import (
    NOT_INDEXED,
    IndexEntries,
    entries_from,
    entries_of,
)
from app.storage.sql.rows import columns_of, employee_from, time_text
from app.storage.sql.tables import people, tombstones
from app.text import search_keys

# A form that is sent again within this time does not restore a deleted employee.
TOMBSTONE_LIFETIME = timedelta(days=35)

_READ = select(people).where(people.c.id_key == bindparam("of_id_key"))
# A record that another program inserted has no id key until it is saved or reindexed.
_READ_UNINDEXED = select(people).where(people.c.id_key.is_(None), people.c.id == bindparam("of_id"))
# Row locks, for programs that do not know the write lock.
_READ_TO_CHANGE = _READ.with_for_update()
_READ_UNINDEXED_TO_CHANGE = _READ_UNINDEXED.with_for_update()
_BY_ID_KEYS = select(people).where(people.c.id_key.in_(bindparam("id_keys", expanding=True)))
_BY_ID_KEYS_TO_CHANGE = _BY_ID_KEYS.with_for_update()
_UNINDEXED = select(people).where(
    people.c.id_key.is_(None), people.c.id.in_(bindparam("ids", expanding=True))
)
_UNINDEXED_TO_CHANGE = _UNINDEXED.with_for_update()
_CHANGE = people.update().where(people.c.number == bindparam("of_number"))
_DELETE_OLD_TOMBSTONES = tombstones.delete().where(tombstones.c.deleted_at < bindparam("before"))


class Record(NamedTuple):
    """A stored employee with the other columns of the row."""

    number: int
    employee: Employee
    write_id: str
    entries: IndexEntries


def read(connection: Connection, employee_id: str, *, to_change: bool = False) -> Record | None:
    """Return the record with this id, or None; ``to_change`` locks its row."""
    by_id_key, by_id = (
        (_READ_TO_CHANGE, _READ_UNINDEXED_TO_CHANGE) if to_change else (_READ, _READ_UNINDEXED)
    )
    row = (
        connection.execute(by_id_key, {"of_id_key": search_keys.id_sort_key(employee_id)})
        .mappings()
        .first()
    )
    if row is None and is_storable(employee_id):
        row = connection.execute(by_id, {"of_id": employee_id}).mappings().first()
    # The id key of a long id is a hash, so the id is compared too.
    return record_from(row) if row is not None and row["id"] == employee_id else None


def find_rows(
    connection: Connection, employee_ids: Iterable[str], *, to_change: bool = False
) -> dict[str, RowMapping]:
    """Return the rows of ``person`` with these ids, in this order, found as by ``read``."""
    ids = list(dict.fromkeys(employee_ids))
    rows = find_indexed_rows(connection, ids, to_change=to_change)
    missing = [key for key in ids if key not in rows and is_storable(key)]
    if missing:
        statement = _UNINDEXED_TO_CHANGE if to_change else _UNINDEXED
        for row in connection.execute(statement, {"ids": missing}).mappings():
            rows.setdefault(row["id"], row)
    return {employee_id: rows[employee_id] for employee_id in ids if employee_id in rows}


def find_indexed_rows(
    connection: Connection, employee_ids: Sequence[str], *, to_change: bool = False
) -> dict[str, RowMapping]:
    """Return the rows of those of these ids that have an id key."""
    if not employee_ids:
        return {}
    statement = _BY_ID_KEYS_TO_CHANGE if to_change else _BY_ID_KEYS
    id_keys = [*map(search_keys.id_sort_key, employee_ids)]
    # The id key of a long id is a hash, so the id is compared too.
    ids = set(employee_ids)
    rows = connection.execute(statement, {"id_keys": id_keys}).mappings()
    return {row["id"]: row for row in rows if row["id"] in ids}


def record_from(row: RowMapping) -> Record:
    """Return the record in a row of ``person``."""
    employee = employee_from(row)
    return Record(row["number"], employee, row["write_id"] or "", entries_from(row) or NOT_INDEXED)


def insert(connection: Connection, employee: Employee, signed: SignedWrite) -> Employee:
    """Insert a new employee as version 1, with their first change; return what is stored."""
    reporting.refuse_loop(connection, employee.id, employee.manager)
    stored = replace(employee, version=1, updated_at=datetime.now(UTC))
    stored = recorder.record(connection, None, stored, signed)
    entries = entries_of(stored, order.written(connection))
    result = connection.execute(people.insert(), new_row(stored, signed.write.id, entries))
    number: int = cast(Any, result.inserted_primary_key)[0]
    entry_rows.update_entries(connection, number, NOT_INDEXED, entries)
    return stored


def new_row(employee: Employee, write_id: str, entries: IndexEntries) -> dict[str, Any]:
    """Return all columns of a new employee except the number."""
    return {
        "id": employee.id,
        **columns_of(employee),
        **_write_columns(employee, write_id),
        **entries.columns(),
    }


def change(
    connection: Connection, record: Record, content: Employee, signed: SignedWrite
) -> Employee:
    """Write the differences to a record as its next version; return what is stored.

    Its change is stored with it, and before that what another program wrote since the last one.
    """
    if content.manager != record.employee.manager:
        reporting.refuse_loop(connection, content.id, content.manager)
    stored = replace(content, version=record.employee.version + 1, updated_at=datetime.now(UTC))
    known = recorder.record_outside(connection, record.employee)
    stored = recorder.record(connection, known, stored, signed)
    before, after = columns_of(record.employee), columns_of(stored)
    columns = {name: after[name] for name in after if after[name] != before[name]}
    entries = entries_of(stored, order.written(connection))
    columns |= _write_columns(stored, signed.write.id)
    reindex_record(connection, record, entries, columns)
    return stored


def record_outside(connection: Connection, record: Record) -> None:
    """Store what another program wrote into a record since its last change, if it did."""
    known = recorder.record_outside(connection, record.employee)
    if known is not record.employee:
        values = {"of_number": record.number, "history": known.history}
        connection.execute(_CHANGE, values)


def reindex_record(
    connection: Connection, record: Record, entries: IndexEntries, columns: dict[str, Any]
) -> None:
    """Update the index entries and counts of a record, and these columns with them."""
    if entries != record.entries:
        entry_rows.update_entries(connection, record.number, record.entries, entries)
        columns = {**columns, **_changed_columns(record.entries, entries)}
    if columns:
        # By parameters: a statement with values is put together anew each time.
        connection.execute(_CHANGE, {"of_number": record.number, **columns})


def _changed_columns(old: IndexEntries, new: IndexEntries) -> dict[str, str | None]:
    """Return the columns that store index entries, as far as they change; all if none are known."""
    columns = new.columns()
    if old is NOT_INDEXED:
        return columns
    stored = old.columns()
    return {name: value for name, value in columns.items() if value != stored[name]}


class Removal(NamedTuple):
    """A record to delete, and the write that deletes it."""

    record: Record
    signed: SignedWrite


def remove(connection: Connection, removals: Sequence[Removal]) -> None:
    """Delete records with their entries and changes, and leave tombstones."""
    if not removals:
        return
    now = datetime.now(UTC)
    records = [removal.record for removal in removals]
    entry_rows.delete_entries(
        connection, chain.from_iterable(record.entries.by_key() for record in records)
    )
    count_of = Counter(chain.from_iterable(record.entries.counted_facets() for record in records))
    counters.apply_delta(connection, {facet: -count for facet, count in count_of.items()})
    recorder.erase(connection, [record.employee.id for record in records])
    recorder.record_erasures(connection, [removal.signed for removal in removals])
    delete_rows(connection, people, ("number",), [(record.number,) for record in records])
    connection.execute(_DELETE_OLD_TOMBSTONES, {"before": time_text(now - TOMBSTONE_LIFETIME)})
    rows = [
        (search_keys.id_sort_key(record.employee.id), signed.write.id, time_text(now))
        for record, signed in removals
    ]
    delete_rows(connection, tombstones, ("id_key",), [row[:1] for row in rows])
    insert_rows(connection, tombstones, ("id_key", "write_id", "deleted_at"), rows)


def deletion_write_ids(connection: Connection, employee_ids: Iterable[str]) -> dict[str, str]:
    """Return the write ids of the tombstones of these ids, by id key."""
    id_keys = [*map(search_keys.id_sort_key, employee_ids)]
    return dict(select_rows(connection, tombstones, ("id_key", "write_id"), id_keys))


def is_storable(text: str) -> bool:
    """Return whether every database accepts a text: it has no lone surrogates or NUL."""
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False


def _write_columns(employee: Employee, write_id: str) -> dict[str, Any]:
    return {
        "id_key": search_keys.id_sort_key(employee.id),
        "version": employee.version,
        "updated_at": time_text(employee.updated_at) if employee.updated_at else None,
        "write_id": write_id,
        "history": employee.history,
    }
