"""Many new employees at once, some thousand in each transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice

from sqlalchemy import Connection, bindparam, select

from app import terms
from app.employee import Employee
from app.storage.sql import counts, records
from app.storage.sql.database import Database
from app.storage.sql.listing import Listing, Spelling, listing_of
from app.storage.sql.tables import gone, people

# Large enough that the rows of many people fall into the same pages of the tree.
BATCH = 2_000
_WRITE_ID = ""  # no form wrote them

_NUMBERS = select(people.c.tie, people.c.number).where(
    people.c.tie.in_(bindparam("ties", expanding=True))
)
_GONE = select(gone.c.tie).where(gone.c.tie.in_(bindparam("ties", expanding=True)))


def add_many(
    database: Database, employees: Iterable[Employee], *, keep_versions: bool
) -> Iterator[int]:
    """See EmployeeStore.add_many; who was deleted stays deleted."""
    waiting = iter(employees)
    stored = 0
    while some := list(islice(waiting, BATCH)):
        batch: dict[str, Employee] = {}
        for each in some:
            batch.setdefault(terms.tie_of(each.id), each)
        listings = {tie: listing_of(person) for tie, person in batch.items()}
        with database.writing("add_many") as connection:
            stored += _add(connection, batch, listings, keep_versions=keep_versions)
        yield stored


def _add(
    connection: Connection,
    batch: dict[str, Employee],
    listings: dict[str, Listing],
    *,
    keep_versions: bool,
) -> int:
    ties = {"ties": list(batch)}
    known = {tie for tie, _ in connection.execute(_NUMBERS, ties)}
    known.update(connection.execute(_GONE, ties).scalars())
    fresh = [tie for tie in batch if tie not in known]
    if not fresh:
        return 0
    now = datetime.now(UTC)
    connection.execute(
        people.insert(),
        [
            records.new_row(
                batch[tie] if keep_versions else replace(batch[tie], version=1, updated_at=now),
                _WRITE_ID,
                listings[tie],
            )
            for tie in fresh
        ],
    )
    numbers = {row.tie: row.number for row in connection.execute(_NUMBERS, {"ties": fresh})}
    records.put_entries(
        connection,
        (
            (place, numbers[tie], marks)
            for tie in fresh
            for place, marks in listings[tie].entries().items()
        ),
    )
    more: Counter[Spelling] = Counter()
    for tie in fresh:
        more.update(listings[tie].counted())
    counts.change(connection, more)
    return len(fresh)
