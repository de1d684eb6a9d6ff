"""The directory's own words, in a table that nothing depends on: hints for a search."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress

from sqlalchemy import Column, Connection, Table, bindparam, select
from sqlalchemy.exc import IntegrityError

from app.contracts import MAX_VOCABULARY
from app.storage.sql.engines.database import Database
from app.storage.sql.tables import KEPT_BY_KEY, Ordered, metadata

LONGEST = 64
_AT_ONCE = 500

vocabulary = Table(
    "vocabulary",
    metadata,
    Column("word", Ordered(LONGEST), primary_key=True),
    **KEPT_BY_KEY,
)

_KNOWN = select(vocabulary.c.word).where(vocabulary.c.word.in_(bindparam("words", expanding=True)))
_ALL = select(vocabulary.c.word).limit(MAX_VOCABULARY)


def write(database: Database, words: Sequence[str]) -> None:
    """Keep these words, those that are there already too."""
    for at in range(0, len(words), _AT_ONCE):
        some = set(words[at : at + _AT_ONCE])
        with database.reading("vocabulary") as connection:
            some.difference_update(connection.execute(_KNOWN, {"words": list(some)}).scalars())
        if some:
            with database.writing("vocabulary") as connection:
                _insert(connection, [{"word": word} for word in sorted(some)])


def _insert(connection: Connection, rows: list[dict[str, str]]) -> None:
    try:
        with connection.begin_nested():
            connection.execute(vocabulary.insert(), rows)
    except IntegrityError:  # another process has kept some of them meanwhile
        for row in rows:
            with suppress(IntegrityError), connection.begin_nested():
                connection.execute(vocabulary.insert(), row)


def read(database: Database) -> Iterator[str]:
    """See EmployeeStore.vocabulary."""
    with database.snapshot("vocabulary") as connection:
        yield from connection.execution_options(yield_per=10_000).execute(_ALL).scalars()
