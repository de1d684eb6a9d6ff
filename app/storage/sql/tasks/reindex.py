"""Search, lists and counts are made to agree with the records, a batch at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from sqlalchemy import BigInteger, Connection, RowMapping, and_, bindparam, func, or_, select

from app.contracts import Progress
from app.contracts.cursors import SEPARATOR
from app.model.employee import Employee
from app.storage.sql import records
from app.storage.sql.engines.database import Database, retry_when_rolled_back
from app.storage.sql.index import counters
from app.storage.sql.index.entries import NAMES, WORDS, Spelling, entries_in, entries_of
from app.storage.sql.rows import employee_from
from app.storage.sql.tables import entry, people
from app.text import search_keys

BATCH = 500
_LISTED = (people.c.place, people.c.words, people.c.listed, people.c.email_key)
_PEOPLE = (
    select(people)
    .where(
        people.c.number > bindparam("after", type_=BigInteger), people.c.number <= bindparam("last")
    )
    .order_by(people.c.number)
    .limit(BATCH)
)
_THESE = (
    select(people)
    .where(people.c.number.in_(bindparam("numbers", expanding=True)))
    .order_by(people.c.number)
    .with_for_update()
)
_ENTRIES = (
    select(entry.c.view, entry.c.at, entry.c.number, *_LISTED)
    .join_from(entry, people, entry.c.number == people.c.number, isouter=True)
    .where(
        or_(
            entry.c.view > bindparam("view"),
            and_(entry.c.view == bindparam("view"), entry.c.at > bindparam("at")),
        )
    )
    .order_by(entry.c.view, entry.c.at)
    .limit(4 * BATCH)
)
_TOTAL = select(func.count(), func.max(people.c.number))


_ALL_LISTED = select(*_LISTED).execution_options(yield_per=4 * BATCH)
_ALL_ENTRIES = select(func.count()).select_from(entry)
_LOWEST = -(2**63)
_Note = Callable[[Employee], object]


def reindex(database: Database, note: _Note, *, force: bool = False) -> Iterator[Progress]:
    """See EmployeeStore.reindex. Killed and run again, it finds less to change.

    Everyone is noted as they go by.
    """
    yield from _list_people(database, note, force=force)
    _drop_strays(database)
    if _recount(database) and not force:
        yield from _list_people(database, note, force=True)


def _list_people(database: Database, note: _Note, *, force: bool) -> Iterator[Progress]:
    """List everyone who is there now as they ought to be; with force, also who looks right."""
    with database.reading("reindex") as connection:
        total, last = connection.execute(_TOTAL).one()
    after, done, changed = _LOWEST, 0, 0
    while True:
        with database.reading("reindex") as connection:
            rows = connection.execute(_PEOPLE, {"after": after, "last": last}).mappings().all()
        if not rows:
            break
        wrong = [row["number"] for row in rows if force or not _is_right(row)]
        if wrong:
            changed += _list_these(database, wrong, force=force)
        for row in rows:
            note(employee_from(row))
        after, done = rows[-1]["number"], done + len(rows)
        yield Progress(done=done, total=max(total, done), changed=changed, what="people")
    if not done:
        yield Progress(done=0, total=0, changed=0, what="people")


@retry_when_rolled_back
def _list_these(database: Database, numbers: list[int], *, force: bool) -> int:
    """List these people again, as they are by now; how many were changed."""
    with database.writing("reindex") as connection:
        found = connection.execute(_THESE, {"numbers": numbers}).mappings().all()
        return sum(_list_again(connection, row, force=force) for row in found)


def _is_right(row: RowMapping) -> bool:
    person = records.record_in(row).person
    return row["tie"] == search_keys.id_sort_key(person.id) and entries_in(row) == entries_of(
        person
    )


def _list_again(connection: Connection, row: RowMapping, *, force: bool) -> bool:
    """List the person in a row; False for a second row with an id that is taken."""
    record = records.record_in(row)
    tie = search_keys.id_sort_key(record.person.id)
    known = records.read(connection, record.person.id)
    if known is not None and known.number != record.number:
        return False
    wanted = entries_of(record.person)
    if force:
        records.put_entries(connection, wanted.rows(record.number))
    records.reindex_record(connection, record, wanted, {"tie": tie})
    return True


def _drop_strays(database: Database) -> None:
    """Take away the entries that no record wants, such as those of a person deleted elsewhere."""
    start = {"view": "", "at": ""}
    while True:
        with database.reading("reindex") as connection:
            rows = connection.execute(_ENTRIES, start).mappings().all()
        if not rows:
            return
        if not all(map(_is_wanted, rows)):
            with database.writing("reindex") as connection:
                now = connection.execute(_ENTRIES, start).mappings().all()
                strays = [(row["view"], row["at"]) for row in now if not _is_wanted(row)]
                records.drop_entries(connection, strays)
        start = {"view": rows[-1]["view"], "at": rows[-1]["at"]}


def _is_wanted(row: RowMapping) -> bool:
    listing = entries_in(row)
    if listing is None:
        return False
    if row["view"] == WORDS:
        word, _, place = row["at"].partition(SEPARATOR)
        return place == listing.place and word in listing.words
    views = {NAMES, *(view for view, _ in listing.facets)}
    return row["at"] == listing.place and row["view"] in views


def _recount(database: Database) -> bool:
    """Correct the counts; say whether entries are missing.

    What is wrong is found in one moment and added later: the counts of writes between add up too.
    """
    count_of: Counter[Spelling] = Counter()
    wanted = 0
    with database.snapshot("reindex") as connection:
        stored = counters.stored(connection)
        entries = connection.execute(_ALL_ENTRIES).scalar_one()
        for row in connection.execute(_ALL_LISTED).mappings():
            if (listing := entries_in(row)) is not None:
                count_of.update(listing.counted_facets())
                wanted += 1 + len(listing.words) + len(listing.facets)
    count_of.subtract(stored)
    if any(count_of.values()):
        with database.writing("reindex") as connection:
            counters.change(connection, count_of)
    return wanted != entries
