"""Many new employees at once, in the order of their names, some thousand in each transaction."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from itertools import chain, islice
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import IntegrityError

from app import terms
from app.employee import TEXT_FIELDS, Employee
from app.storage.cursors import SEPARATOR
from app.storage.sql import counts, records
from app.storage.sql.database import Database, again_when_undone
from app.storage.sql.listing import LISTED, NAMES, WORDS, Listing, listing_at, place_of
from app.storage.sql.plain_rows import put_rows, put_values, rows_with
from app.storage.sql.rows import badges_text, time_text
from app.storage.sql.tables import entry, gone, people
from app.storage.sql.windows import in_windows

# Large enough that the rows of many people fall into the same pages of the tree.
BATCH = 4_000
# A server is slower, and whoever saves meanwhile waits for a batch to end.
BATCH_ON_SERVER = 500
_WRITE_ID = ""  # no form wrote them
_NOW = ""  # until it is written
_texts_of = attrgetter(*TEXT_FIELDS)


class _New(NamedTuple):
    """A person to add: what decides the order and the badges, then columns of ``person``."""

    place: str
    tie: str
    badges: tuple[str, ...]
    id: str
    full_name: str
    preferred_name: str
    pronouns: str
    job_title: str
    department: str
    location: str
    email: str
    phone: str
    start_date: str
    about: str
    photo_key: str
    version: int
    updated_at: str | None


_FIRST_KEPT = _New._fields.index("id")
_COLUMNS = (*_New._fields[_FIRST_KEPT:], "tie", "badges", "write_id", *LISTED)

_NEXT_NUMBER = select(func.coalesce(func.max(people.c.number), 0) + 1)

_Batch = list[tuple[_New, Listing]]
_Numbered = list[tuple[int, Listing]]
_Put = Callable[[Connection, _Numbered], None]
_Note = Callable[[_New], object]


class _InTheWay(Exception):
    """There are rows already where some are to be put."""


def add_many(
    database: Database, employees: Iterable[Employee], note: _Note, *, keep_versions: bool
) -> Iterator[int]:
    """See EmployeeStore.add_many; who was deleted stays deleted. Each is noted as they go by."""
    stored = 0
    most = BATCH_ON_SERVER if database.shared else BATCH
    for window in in_windows(_prepared(employees, keep_versions=keep_versions)):
        while batch := [_listed(item, note) for item in islice(window, most)]:
            stored += _add_all(database, batch)
            yield stored


def _prepared(employees: Iterable[Employee], *, keep_versions: bool) -> Iterator[tuple[Any, ...]]:
    """The members of ``_New``."""
    for person in employees:
        written: tuple[int, str | None] = (1, _NOW)
        if keep_versions:
            at = person.updated_at
            written = (person.version, time_text(at) if at else None)
        tie = terms.tie_of(person.id)
        yield (place_of(person), tie, person.badges, person.id, *_texts_of(person),
               person.photo_key, *written)  # fmt: skip


def _listed(item: tuple[Any, ...], note: _Note) -> tuple[_New, Listing]:
    new = _New._make(item)
    note(new)
    return new, listing_at(new.place, new)


def _add_all(database: Database, batch: _Batch) -> int:
    """Store those of a batch who are new; how many they are. Mostly all are, and nothing else."""
    for look_first, put_entries in (False, _put_entries_at_once), (True, _put_entries_at_once):
        with suppress(_InTheWay):
            return _add(database, batch, put_entries, look_first=look_first)
    return _add(database, batch, _put_entries, look_first=True)


@again_when_undone
def _add(database: Database, batch: _Batch, put_entries: _Put, *, look_first: bool) -> int:
    """Store those of a batch who are new, all or nothing. Raises _InTheWay."""
    with database.writing("add_many") as connection:
        ties = [new.tie for new, _ in batch]
        known = {
            tie
            for table in ((people, gone) if look_first else (gone,))
            for (tie,) in rows_with(connection, table, ("tie",), ties)
        }
        fresh = [each for each in batch if each[0].tie not in known]
        if not fresh:
            return 0
        try:
            put_entries(connection, _put_people(connection, fresh, shared=database.shared))
        except IntegrityError as error:
            raise _InTheWay from error
        counted = (listing.counted() for _, listing in fresh)
        counts.change(connection, Counter(chain.from_iterable(counted)))
    return len(fresh)


def _put_people(connection: Connection, fresh: _Batch, *, shared: bool) -> _Numbered:
    """Put rows into ``person``; their listings with the number of each."""
    now = time_text(datetime.now(UTC))
    rows = (_row(new, listing, now) for new, listing in fresh)
    if shared:  # the server counts
        put_rows(connection, people, _COLUMNS, rows)
        ties = [new.tie for new, _ in fresh]
        numbers: dict[str, int] = dict(rows_with(connection, people, ("tie", "number"), ties))
        return [(numbers[new.tie], listing) for new, listing in fresh]
    first = connection.execute(_NEXT_NUMBER).scalar_one()
    numbered = ((number, *row) for number, row in enumerate(rows, first))
    put_rows(connection, people, ("number", *_COLUMNS), numbered)
    return [(number, listing) for number, (_, listing) in enumerate(fresh, first)]


def _row(new: _New, listing: Listing, now: str) -> tuple[Any, ...]:
    """The values of ``_COLUMNS``."""
    kept = new[_FIRST_KEPT:]
    if new.updated_at == _NOW:
        kept = (*kept[:-1], now)
    return (*kept, new.tie, badges_text(new.badges), _WRITE_ID, *listing.values())


def _put_entries(connection: Connection, listed: _Numbered) -> None:
    """Put rows into ``entry`` where others may be in the way."""
    rows = (row for number, listing in listed for row in listing.rows(number))
    records.put_entries(connection, rows)


def _put_entries_at_once(connection: Connection, listed: _Numbered) -> None:
    """Put rows into ``entry``, in its order, of people who are in the order of their places.

    There is no savepoint, which would copy each page that they fall into.
    """
    by_view: defaultdict[str, list[Any]] = defaultdict(list)
    by_word: defaultdict[str, list[Any]] = defaultdict(list)
    for number, listing in listed:
        place = listing.place
        for view in (NAMES, *(view for view, _ in listing.facets)):
            by_view[view] += (view, place, number, 0, 1)
        for word, lead in listing.leads():
            by_word[word] += (WORDS, f"{word}{SEPARATOR}{place}", number, lead, len(word) + 2)
    words = chain.from_iterable(by_word[word] for word in sorted(by_word))
    values = (words if view == WORDS else by_view[view] for view in sorted((*by_view, WORDS)))
    put_values(connection, entry, records.ENTRY, chain.from_iterable(values))
