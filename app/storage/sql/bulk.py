"""Many new employees at once, in the order of their names, some thousand in each transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain, islice
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.exc import IntegrityError

from app.employee import Employee
from app.storage.sql import counts, records
from app.storage.sql.database import Database, again_when_undone
from app.storage.sql.listing import NOT_LISTED, EntryRow, Listing, Spelling, listing_of
from app.storage.sql.plain_rows import put_rows
from app.storage.sql.rows import time_text
from app.storage.sql.tables import entry, gone, people
from app.storage.sql.windows import WINDOW, in_windows

# Large enough that the rows of many people fall into the same pages of the tree.
BATCH = 4_000
# A server is slower, and whoever saves meanwhile waits for a batch to end.
BATCH_ON_SERVER = 500
_WRITE_ID = ""  # no form wrote them
_LISTED = tuple(NOT_LISTED.columns())
_UNLISTED = tuple(each.name for each in people.c if each.name not in ("number", *_LISTED))
_unlisted = itemgetter(*_UNLISTED)
_place = itemgetter(1)

_NUMBERS = select(people.c.tie, people.c.number).where(
    people.c.tie.in_(bindparam("ties", expanding=True))
)
_Put = Callable[[Connection, Iterable[EntryRow]], None]
_GONE = select(gone.c.tie).where(gone.c.tie.in_(bindparam("ties", expanding=True)))


class _New(NamedTuple):
    """A person to add: the row of ``person`` without its listing, and the listing."""

    tie: str
    unlisted: tuple[Any, ...]
    listing: Listing

    @property
    def row(self) -> tuple[Any, ...]:
        """The row of ``person``."""
        return (*self.unlisted, *self.listing.columns().values())


class _InTheWay(Exception):
    """There are rows already where some are to be put."""


def add_many(
    database: Database, employees: Iterable[Employee], *, keep_versions: bool
) -> Iterator[int]:
    """See EmployeeStore.add_many; who was deleted stays deleted."""
    stored = 0
    most = min(BATCH, BATCH_ON_SERVER) if database.shared else BATCH
    for window in in_windows(_prepare(employees, keep_versions=keep_versions)):
        while batch := {
            tie: _New(tie, unlisted, Listing(*listing))
            for *listing, tie, unlisted in islice(window, most)
        }:
            try:
                stored += _add(database, batch, put_entries=_put_entries_at_once)
            except _InTheWay:
                stored += _add(database, batch, put_entries=records.put_entries)
            yield stored


def _prepare(employees: Iterable[Employee], *, keep_versions: bool) -> Iterator[tuple[Any, ...]]:
    """What is to be stored: the members of ``Listing``, the tie, and the row without them.

    Of those with one id the first.
    """
    seen: set[str] = set()
    now = time_text(datetime.now(UTC))
    for person in employees:
        listing = listing_of(person)
        row = records.unlisted_row(person, _WRITE_ID)
        tie = row["tie"]
        if tie in seen:
            continue
        if len(seen) == WINDOW:  # all before are stored, or known to be there
            seen.clear()
            now = time_text(datetime.now(UTC))
        seen.add(tie)
        if not keep_versions:
            row.update(version=1, updated_at=now)
        yield (*listing, tie, _unlisted(row))


@again_when_undone
def _add(database: Database, batch: dict[str, _New], *, put_entries: _Put) -> int:
    """Store those of a batch who are new, all or nothing; how many they are."""
    with database.writing("add_many") as connection:
        ties = list(batch)
        known = {tie for tie, _ in connection.execute(_NUMBERS, {"ties": ties})}
        known.update(connection.execute(_GONE, {"ties": ties}).scalars())
        fresh = {tie: new for tie, new in batch.items() if tie not in known}
        if not fresh:
            return 0
        try:
            put_rows(
                connection, people, (*_UNLISTED, *_LISTED), [new.row for new in fresh.values()]
            )
            numbers = connection.execute(_NUMBERS, {"ties": list(fresh)})
            put_entries(
                connection,
                (row for tie, number in numbers for row in fresh[tie].listing.rows(number)),
            )
        except IntegrityError as error:
            raise _InTheWay from error
        counts.change(connection, Counter(chain.from_iterable(map(_counted, fresh.values()))))
    return len(fresh)


def _put_entries_at_once(connection: Connection, rows: Iterable[EntryRow]) -> None:
    """Put rows into ``entry``; a savepoint would copy each page that they fall into."""
    by_view: dict[str, list[EntryRow]] = {}
    for row in rows:
        by_view.setdefault(row[0], []).append(row)
    ordered = (sorted(by_view[view], key=_place) for view in sorted(by_view))
    put_rows(connection, entry, records.ENTRY, list(chain.from_iterable(ordered)))


def _counted(new: _New) -> list[Spelling]:
    return new.listing.counted()
