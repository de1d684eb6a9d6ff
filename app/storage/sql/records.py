"""Reads and writes of one record, with its listing and counts, inside the caller's transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any, NamedTuple, cast

from sqlalchemy import Connection, RowMapping, bindparam, select
from sqlalchemy.exc import IntegrityError

from app.model.employee import Employee
from app.storage.sql.engines.raw_rows import drop_rows, put_rows, rows_with
from app.storage.sql.index import counters
from app.storage.sql.index.entries import (
    NOT_INDEXED,
    EntryRow,
    IndexEntries,
    Place,
    entries_in,
    entries_of,
)
from app.storage.sql.rows import columns_of, employee_from, time_text
from app.storage.sql.tables import entry, gone, people
from app.text import search_keys

# A form can be sent again for so long without reviving whom it was about.
REMEMBER_GONE = timedelta(days=35)
ENTRY = tuple(each.name for each in entry.c)

_READ = select(people).where(people.c.tie == bindparam("of_tie"))
# A record that another program put in has no tie until it is saved or the directory is reindexed.
_READ_FOREIGN = select(people).where(people.c.tie.is_(None), people.c.id == bindparam("of_id"))
# Programs that know nothing of the write lock wait for these rows.
_READ_TO_CHANGE = _READ.with_for_update()
_READ_FOREIGN_TO_CHANGE = _READ_FOREIGN.with_for_update()
_WITH_TIES = select(people).where(people.c.tie.in_(bindparam("ties", expanding=True)))
_WITH_TIES_TO_CHANGE = _WITH_TIES.with_for_update()
_FOREIGN = select(people).where(
    people.c.tie.is_(None), people.c.id.in_(bindparam("ids", expanding=True))
)
_FOREIGN_TO_CHANGE = _FOREIGN.with_for_update()
_CHANGE = people.update().where(people.c.number == bindparam("of_number"))
_FORGET_OLD = gone.delete().where(gone.c.deleted_at < bindparam("before"))


class Record(NamedTuple):
    """A stored employee with what is kept beside it."""

    number: int
    person: Employee
    write_id: str
    listing: IndexEntries


def read(connection: Connection, employee_id: str, *, to_change: bool = False) -> Record | None:
    """The record of an id; one that is read to be changed stays as it is until then."""
    by_tie, by_id = (
        (_READ_TO_CHANGE, _READ_FOREIGN_TO_CHANGE) if to_change else (_READ, _READ_FOREIGN)
    )
    row = (
        connection.execute(by_tie, {"of_tie": search_keys.id_sort_key(employee_id)})
        .mappings()
        .first()
    )
    if row is None and can_be_stored(employee_id):
        row = connection.execute(by_id, {"of_id": employee_id}).mappings().first()
    # The tie of a long id is a hash; the id decides.
    return record_in(row) if row is not None and row["id"] == employee_id else None


def rows_of(
    connection: Connection, employee_ids: Iterable[str], *, to_change: bool = False
) -> dict[str, RowMapping]:
    """The rows of ``person`` with these ids, in this order, like ``read``; not too many at once."""
    wanted = [each for each in dict.fromkeys(employee_ids) if can_be_stored(each)]
    found = listed_rows(connection, wanted, to_change=to_change)
    if missing := [each for each in wanted if each not in found]:
        statement = _FOREIGN_TO_CHANGE if to_change else _FOREIGN
        for row in connection.execute(statement, {"ids": missing}).mappings():
            found.setdefault(row["id"], row)
    return {each: found[each] for each in wanted if each in found}


def listed_rows(
    connection: Connection, employee_ids: Sequence[str], *, to_change: bool = False
) -> dict[str, RowMapping]:
    """The rows of those of these ids who are listed."""
    if not employee_ids:
        return {}
    statement = _WITH_TIES_TO_CHANGE if to_change else _WITH_TIES
    ties = [*map(search_keys.id_sort_key, employee_ids)]
    # The tie of a long id is a hash; the id decides.
    asked = set(employee_ids)
    rows = connection.execute(statement, {"ties": ties}).mappings()
    return {row["id"]: row for row in rows if row["id"] in asked}


def record_in(row: RowMapping) -> Record:
    """The record in a row of ``person``."""
    person = employee_from(row)
    return Record(row["number"], person, row["write_id"] or "", entries_in(row) or NOT_INDEXED)


def insert(connection: Connection, person: Employee, write_id: str) -> Employee:
    """Store a new employee as version 1."""
    stored = replace(person, version=1, updated_at=datetime.now(UTC))
    listing = entries_of(stored)
    made = connection.execute(people.insert(), new_row(stored, write_id, listing))
    number: int = cast(Any, made.inserted_primary_key)[0]
    update_entries(connection, number, NOT_INDEXED, listing)
    return stored


def new_row(person: Employee, write_id: str, listing: IndexEntries) -> dict[str, Any]:
    """All columns of a new employee but the number."""
    return {
        "id": person.id,
        **columns_of(person),
        **_written(person, write_id),
        **listing.columns(),
    }


def change(connection: Connection, record: Record, wanted: Employee, write_id: str) -> Employee:
    """Give a record new content, as the next version; only what differs is written."""
    stored = replace(wanted, version=record.person.version + 1, updated_at=datetime.now(UTC))
    before, after = columns_of(record.person), columns_of(stored)
    columns = {name: after[name] for name in after if after[name] != before[name]}
    listing = entries_of(stored)
    reindex_record(connection, record, listing, {**columns, **_written(stored, write_id)})
    return stored


def reindex_record(
    connection: Connection, record: Record, listing: IndexEntries, columns: dict[str, Any]
) -> None:
    """List a record so from now on, and count it so; change these columns with it."""
    if listing != record.listing:
        update_entries(connection, record.number, record.listing, listing)
        columns = {**columns, **listing.columns()}
    if columns:
        connection.execute(_CHANGE.values(columns), {"of_number": record.number})


def update_entries(
    connection: Connection, number: int, old: IndexEntries, new: IndexEntries
) -> None:
    """Change the rows of ``entry`` and ``facet`` from the old listing to the new."""
    before, after = old.entries(), new.entries()
    drop_entries(connection, before.keys() - after.keys())
    put_entries(
        connection,
        [(*place, number, *marks) for place, marks in after.items() if before.get(place) != marks],
    )
    more = Counter(new.counted_facets())
    more.subtract(old.counted_facets())
    counters.change(connection, more)


class Removal(NamedTuple):
    """A record to be deleted, and by which write."""

    record: Record
    write_id: str


def remove(connection: Connection, removals: Sequence[Removal]) -> None:
    """Delete records, and remember that they were there."""
    if not removals:
        return
    now = datetime.now(UTC)
    listings = [each.record.listing for each in removals]
    drop_entries(connection, chain.from_iterable(each.entries() for each in listings))
    count_of = Counter(chain.from_iterable(each.counted_facets() for each in listings))
    counters.change(connection, {spelling: -number for spelling, number in count_of.items()})
    drop_rows(connection, people, ("number",), [(each.record.number,) for each in removals])
    connection.execute(_FORGET_OLD, {"before": time_text(now - REMEMBER_GONE)})
    remembered = [
        (search_keys.id_sort_key(each.record.person.id), each.write_id, time_text(now))
        for each in removals
    ]
    drop_rows(connection, gone, ("tie",), [row[:1] for row in remembered])
    put_rows(connection, gone, ("tie", "write_id", "deleted_at"), remembered)


def who_deleted(connection: Connection, employee_ids: Iterable[str]) -> dict[str, str]:
    """The writes that deleted these ids, by tie, where one is remembered."""
    ties = [*map(search_keys.id_sort_key, employee_ids)]
    return dict(rows_with(connection, gone, ("tie", "write_id"), ties))


def put_entries(connection: Connection, rows: Iterable[EntryRow]) -> None:
    """Put rows into ``entry``, in the place of any that a program left with no record."""
    ordered = sorted(rows)  # as in the tree that they go to
    if not ordered:
        return
    try:
        with connection.begin_nested():
            put_rows(connection, entry, ENTRY, ordered)
    except IntegrityError:
        drop_entries(connection, [row[:2] for row in ordered])
        put_rows(connection, entry, ENTRY, ordered)


def drop_entries(connection: Connection, places: Iterable[Place]) -> None:
    """Take rows from ``entry``."""
    drop_rows(connection, entry, ("view", "at"), sorted(places))


def can_be_stored(text: str) -> bool:
    """Whether a text is Unicode that every database takes."""
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False


def _written(person: Employee, write_id: str) -> dict[str, Any]:
    return {
        "tie": search_keys.id_sort_key(person.id),
        "version": person.version,
        "updated_at": time_text(person.updated_at) if person.updated_at else None,
        "write_id": write_id,
    }
