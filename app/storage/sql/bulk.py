"""Many new employees at once, in the order of their names, some thousand in each transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import chain, islice
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import IntegrityError

from app import terms
from app.employee import TEXT_FIELDS, Employee
from app.storage.sql import counts, records
from app.storage.sql.database import Database, again_when_undone
from app.storage.sql.listing import (
    LETTERS,
    LISTED,
    EntryRow,
    Listing,
    Spelling,
    listing_at,
    place_of,
    row_of_word,
)
from app.storage.sql.plain_rows import put_rows, rows_with
from app.storage.sql.rows import badges_text, time_text
from app.storage.sql.tables import entry, gone, people
from app.storage.sql.windows import in_windows

# Large enough that the rows of many people fall into the same pages of the tree.
BATCH = 5_000
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

_Note = Callable[[_New], object]
_Put = Callable[[Connection, Iterable[EntryRow]], None]


class _InTheWay(Exception):
    """There are rows already where some are to be put."""


def add_many(
    database: Database,
    employees: Iterable[Employee],
    note: _Note,
    *,
    keep_versions: bool,
) -> Iterator[int]:
    """See EmployeeStore.add_many; who was deleted stays deleted. Each is noted as they go by."""
    stored = 0
    most = BATCH_ON_SERVER if database.shared else BATCH
    for window in in_windows(_prepared(employees, keep_versions=keep_versions)):
        while batch := list(map(_New._make, islice(window, most))):
            stored += _add_all(database, batch, note)
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


def _add_all(database: Database, batch: list[_New], note: _Note) -> int:
    """Store those of a batch who are new; how many they are. Mostly all are, and nothing else."""
    for look_first, put_entries in (False, _put_entries_at_once), (True, _put_entries_at_once):
        with suppress(_InTheWay):
            return _add(database, batch, note, put_entries, look_first=look_first)
    return _add(database, batch, note, records.put_entries, look_first=True)


@again_when_undone
def _add(
    database: Database, batch: list[_New], note: _Note, put_entries: _Put, *, look_first: bool
) -> int:
    """Store those of a batch who are new, all or nothing. Raises _InTheWay."""
    with database.writing("add_many") as connection:
        database.hold_pages(connection)
        ties = [new.tie for new in batch]
        known = {
            tie
            for table in ((people, gone) if look_first else (gone,))
            for (tie,) in rows_with(connection, table, ("tie",), ties)
        }
        fresh = [new for new in batch if new.tie not in known]
        if not fresh:
            return 0
        listed = _Listed(note)
        try:
            numbers = _put_people(connection, fresh, listed, shared=database.shared)
            put_entries(connection, listed.rows(numbers))
        except IntegrityError as error:
            raise _InTheWay from error
        counts.change(connection, listed.counts())
    return len(fresh)


def _put_people(
    connection: Connection, fresh: list[_New], listed: _Listed, *, shared: bool
) -> Sequence[int]:
    """Put rows into ``person`` and list them; the number of each."""
    rows = _rows(fresh, listed)
    if shared:  # the server counts
        put_rows(connection, people, _COLUMNS, rows)
        ties = [new.tie for new in fresh]
        found: dict[str, int] = dict(rows_with(connection, people, ("tie", "number"), ties))
        return [found[tie] for tie in ties]
    first = connection.execute(_NEXT_NUMBER).scalar_one()
    numbers = range(first, first + len(fresh))
    numbered = ((number, *row) for number, row in zip(numbers, rows, strict=True))
    put_rows(connection, people, ("number", *_COLUMNS), numbered)
    return numbers


def _rows(fresh: list[_New], listed: _Listed) -> Iterator[tuple[Any, ...]]:
    """The values of ``_COLUMNS``."""
    now = time_text(datetime.now(UTC))
    for new in fresh:
        listing = listed.add(new)
        kept = new[_FIRST_KEPT:] if new.updated_at != _NOW else (*new[_FIRST_KEPT:-1], now)
        yield (*kept, new.tie, badges_text(new.badges), _WRITE_ID, *listing.values())


def _put_entries_at_once(connection: Connection, rows: Iterable[EntryRow]) -> None:
    """Put rows into ``entry``; a savepoint would copy each page that they fall into."""
    put_rows(connection, entry, records.ENTRY, rows)


class _Listed:
    """How people are listed who come in the order of their places, and are noted.

    Each of them is known by how many came before.
    """

    def __init__(self, note: _Note) -> None:
        self._note = note
        self._places: list[str] = []
        self._counted: defaultdict[Spelling, list[int]] = defaultdict(list)
        self._words: defaultdict[str, list[int]] = defaultdict(list)  # a person, the lead, a person

    def add(self, new: _New) -> Listing:
        """How the next of them is listed."""
        self._note(new)
        listing = listing_at(new.place, new)
        at = len(self._places)
        self._places.append(new.place)
        counted, words = self._counted, self._words
        for spelling in listing.counted():
            counted[spelling].append(at)
        for word, lead in zip(listing.words, listing.leads(), strict=True):
            words[word] += (at, lead)
        return listing

    def counts(self) -> dict[Spelling, int]:
        """How many more people each view has."""
        return {spelling: len(them) for spelling, them in self._counted.items()}

    def rows(self, numbers: Sequence[int]) -> Iterator[EntryRow]:
        """The rows of ``entry`` in its order, of people who have these numbers."""
        return chain.from_iterable(self._rows_by_view(numbers))

    def _rows_by_view(self, numbers: Sequence[int]) -> Iterator[list[EntryRow]]:
        views: defaultdict[str, list[int]] = defaultdict(list)
        for (view, _), them in self._counted.items():
            if not view.startswith(LETTERS):  # people are counted there, not listed
                views[view] += them
        places = self._places
        for view in sorted(views):
            yield [(view, places[at], numbers[at], 0, 1) for at in sorted(views[view])]
        yield from self._rows_by_word(numbers)  # the last of all views

    def _rows_by_word(self, numbers: Sequence[int]) -> Iterator[list[EntryRow]]:
        places = self._places
        for word, them in sorted(self._words.items()):
            each = zip(them[::2], them[1::2], strict=True)
            yield [row_of_word(word, places[at], numbers[at], lead) for at, lead in each]
