"""The vocabulary of the directory, in one table: hints for the fuzzy search."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress

from sqlalchemy import Column, Connection, Table, bindparam, select
from sqlalchemy.exc import IntegrityError

from app.contracts import MAX_VOCABULARY
from app.storage.sql.engines.database import Database
from app.storage.sql.tables import KEYED_TABLE_OPTIONS, BytewiseText, metadata

_MAX_WORD_LENGTH = 64
_BATCH_SIZE = 500

vocabulary = Table(
    "vocabulary",
    metadata,
    Column("word", BytewiseText(_MAX_WORD_LENGTH), primary_key=True),
    **KEYED_TABLE_OPTIONS,
)

_EXISTING = select(vocabulary.c.word).where(
    vocabulary.c.word.in_(bindparam("words", expanding=True))
)
_ALL = select(vocabulary.c.word).limit(MAX_VOCABULARY)


def write(database: Database, words: Sequence[str]) -> None:
    """Store words; existing ones are skipped."""
    for start in range(0, len(words), _BATCH_SIZE):
        batch = set(words[start : start + _BATCH_SIZE])
        with database.reading("vocabulary") as connection:
            batch.difference_update(connection.execute(_EXISTING, {"words": list(batch)}).scalars())
        if batch:
            with database.writing("vocabulary") as connection:
                _insert(connection, [{"word": word} for word in sorted(batch)])


def _insert(connection: Connection, rows: list[dict[str, str]]) -> None:
    try:
        with connection.begin_nested():
            connection.execute(vocabulary.insert(), rows)
    except IntegrityError:  # another process has inserted some of them
        for row in rows:
            with suppress(IntegrityError), connection.begin_nested():
                connection.execute(vocabulary.insert(), row)


def forget(database: Database, words: Collection[str]) -> None:
    """Implement EmployeeStore.forget_words."""
    with database.writing("vocabulary") as connection:
        connection.execute(vocabulary.delete().where(vocabulary.c.word.in_(list(words))))
    database.overwrite_deleted()


def read(database: Database) -> Iterator[str]:
    """Implement EmployeeStore.vocabulary."""
    with database.snapshot("vocabulary") as connection:
        yield from connection.execution_options(yield_per=10_000).execute(_ALL).scalars()
