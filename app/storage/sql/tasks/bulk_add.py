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

from app.model.employee import Employee
from app.model.fields import TEXT_FIELDS
from app.storage.sql import records
from app.storage.sql.engines.database import Database, retry_when_rolled_back
from app.storage.sql.engines.raw_rows import put_rows, rows_with
from app.storage.sql.index import counters
from app.storage.sql.index.entries import (
    LETTERS,
    LISTED,
    PLAIN,
    WORDS,
    IndexEntries,
    Spelling,
    beginning_of,
    entries_at,
    place_of,
)
from app.storage.sql.rows import badges_text, time_text
from app.storage.sql.tables import entry, gone, people
from app.storage.sql.tasks.external_sort import sort_in_windows
from app.text import search_keys

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
_InView = tuple[str, str, int]
_IN_VIEWS = ("view", "at", "number")
_PLAIN = tuple(zip(("lead", "start"), map(str, PLAIN), strict=True))
_UnderWord = tuple[str, int, int, int]
_UNDER_WORDS = ("at", "number", "lead", "start")
_WORDS = (("view", f"'{WORDS}'"),)
_NEXT_NUMBER = select(func.coalesce(func.max(people.c.number), 0) + 1)

_Note = Callable[[_New], object]
_Put = Callable[[Connection, "_Listed", Sequence[int]], None]


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
    for window in sort_in_windows(_prepared(employees, keep_versions=keep_versions)):
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
        tie = search_keys.id_sort_key(person.id)
        yield (place_of(person), tie, person.badges, person.id, *_texts_of(person),
               person.photo_key, *written)  # fmt: skip


def _add_all(database: Database, batch: list[_New], note: _Note) -> int:
    """Store those of a batch who are new; how many they are. Mostly all are, and nothing else."""
    for look_first in False, True:
        with suppress(_InTheWay):
            return _add(database, batch, note, _put_entries_at_once, look_first=look_first)
    return _add(database, batch, note, _put_entries, look_first=True)


@retry_when_rolled_back
def _add(
    database: Database, batch: list[_New], note: _Note, put_entries: _Put, *, look_first: bool
) -> int:
    """Store those of a batch who are new, all or nothing. Raises _InTheWay."""
    with database.writing("add_many") as connection:
        database.grow_cache(connection)
        ties = [new.tie for new in batch]
        known = {
            tie
            for table in ((people, gone) if look_first else (gone,))
            for (tie,) in rows_with(connection, table, ("tie",), ties)
        }
        fresh = [new for new in batch if new.tie not in known]
        if not fresh:
            return 0
        listed = _Listed(fresh, note)
        put = _put_counted if database.shared else _put
        try:
            put(connection, fresh, listed, put_entries)
        except IntegrityError as error:
            raise _InTheWay from error
        counters.change(connection, listed.counts())
    return len(fresh)


def _put(connection: Connection, fresh: list[_New], listed: _Listed, put_entries: _Put) -> None:
    """Put rows into ``entry`` and ``person``, whose numbers are given here."""
    first = connection.execute(_NEXT_NUMBER).scalar_one()
    numbers = range(first, first + len(fresh))
    put_entries(connection, listed, numbers)
    # The last, since ids are random: SQLite, short of memory for their pages, writes some of them
    # to its log twice, and then sums up anew all of the log that follows the first of those.
    numbered = ((number, *row) for number, row in zip(numbers, _rows(fresh, listed), strict=True))
    put_rows(connection, people, ("number", *_COLUMNS), numbered)


def _put_counted(
    connection: Connection, fresh: list[_New], listed: _Listed, put_entries: _Put
) -> None:
    """Put rows into ``person``, where the server counts them, and into ``entry``."""
    put_rows(connection, people, _COLUMNS, _rows(fresh, listed))
    ties = [new.tie for new in fresh]
    found: dict[str, int] = dict(rows_with(connection, people, ("tie", "number"), ties))
    put_entries(connection, listed, [found[tie] for tie in ties])


def _rows(fresh: list[_New], listed: _Listed) -> Iterator[tuple[Any, ...]]:
    """The values of ``_COLUMNS``."""
    now = time_text(datetime.now(UTC))
    for new, listing in zip(fresh, listed.listings, strict=True):
        kept = new[_FIRST_KEPT:] if new.updated_at != _NOW else (*new[_FIRST_KEPT:-1], now)
        yield (*kept, new.tie, badges_text(new.badges), _WRITE_ID, *listing.values())


def _put_entries_at_once(connection: Connection, listed: _Listed, numbers: Sequence[int]) -> None:
    """Put rows into ``entry``; a savepoint would copy each page that they fall into."""
    rows, words = listed.in_views(numbers), listed.under_words(numbers)
    put_rows(connection, entry, _IN_VIEWS, chain.from_iterable(rows), _PLAIN)
    put_rows(connection, entry, _UNDER_WORDS, chain.from_iterable(words), _WORDS)


def _put_entries(connection: Connection, listed: _Listed, numbers: Sequence[int]) -> None:
    """Put rows into ``entry``, in the place of any that a program left with no record."""
    rows = ((*row, *PLAIN) for rows in listed.in_views(numbers) for row in rows)
    words = ((WORDS, *row) for rows in listed.under_words(numbers) for row in rows)
    records.put_entries(connection, chain(rows, words))


class _Listed:
    """How people are listed who come in the order of their places, each of whom is noted."""

    def __init__(self, fresh: list[_New], note: _Note) -> None:
        self.listings: list[IndexEntries] = []
        # A person is known by how many came before.
        self._counted: defaultdict[Spelling, list[int]] = defaultdict(list)
        self._words: defaultdict[str, list[int]] = defaultdict(list)  # a person, the lead, a person
        for new in fresh:
            note(new)
            self._add(entries_at(new.place, new))

    def _add(self, listing: IndexEntries) -> None:
        at = len(self.listings)
        self.listings.append(listing)
        count_of, words = self._counted, self._words
        for spelling in listing.counted_facets():
            count_of[spelling].append(at)
        for word, lead in zip(listing.words, listing.leads(), strict=True):
            words[word] += (at, lead)

    def counts(self) -> dict[Spelling, int]:
        """How many more people each view has."""
        return {spelling: len(them) for spelling, them in self._counted.items()}

    def in_views(self, numbers: Sequence[int]) -> Iterator[list[_InView]]:
        """Rows of ``entry`` in its order, view by view, but those of words; people by number."""
        views: defaultdict[str, list[int]] = defaultdict(list)
        for (view, _), them in self._counted.items():
            if not view.startswith(LETTERS):  # people are counted there, not listed
                views[view] += them
        places = [listing.place for listing in self.listings]
        for view in sorted(views):
            yield [(view, places[at], numbers[at]) for at in sorted(views[view])]

    def under_words(self, numbers: Sequence[int]) -> Iterator[list[_UnderWord]]:
        """The rows of words in their order, word by word; they follow all other views."""
        places = [listing.place for listing in self.listings]
        for word, them in sorted(self._words.items()):
            beginning, start = beginning_of(word)
            each = zip(them[::2], them[1::2], strict=True)
            yield [(beginning + places[at], numbers[at], lead, start) for at, lead in each]
