"""SqlStore: the contract of an EmployeeStore, kept by an SQL database."""

from __future__ import annotations

import contextvars
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from threading import Event

from sqlalchemy import select

from app.contracts import PAGE_SIZE, Batch, Deletion, Facets, Page, Progress, Query
from app.model.employee import Employee, badges_from
from app.model.errors import DirectoryError, EditConflict, EmployeeDeleted, EmployeeNotFound
from app.model.revision import revision_of
from app.runtime import deadline
from app.storage.sql import records, schema, secret, vocabulary
from app.storage.sql.engines.database import Database, read_url, retry_when_rolled_back
from app.storage.sql.index import browse, counters
from app.storage.sql.tables import people
from app.storage.sql.tasks import (
    bulk_add,
    bulk_delete,
    bulk_read,
    reindex,
)
from app.storage.vocabulary_writer import VocabularyWriter


def open_sql_store(database_url: str) -> SqlStore:
    """The store at this address. Asks nothing of it yet. Raises SettingsError."""
    return SqlStore(Database(read_url(database_url)))


class SqlStore:
    """Employees in an SQL database; see contracts.EmployeeStore."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._counts: counters.CountSnapshot | None = None
        self._vocabulary = VocabularyWriter(partial(vocabulary.write, database))

    @property
    def database(self) -> Database:
        """Where the tables are, for what else is kept there."""
        return self._database

    def get(self, employee_id: str) -> Employee:
        with self._database.reading("get") as connection:
            return _existing(records.read(connection, employee_id), employee_id).person

    @retry_when_rolled_back
    def add(self, employee: Employee, write_id: str) -> Employee:
        wanted = _normal(employee)
        with self._database.writing("add") as connection:
            record = records.read(connection, wanted.id, to_change=True)
            if record is not None:
                if record.write_id == write_id or record.person.same_content(wanted):
                    return record.person
                raise EditConflict(record.person)
            if records.who_deleted(connection, [wanted.id]):
                raise EmployeeDeleted(wanted.id)
            return self._vocabulary.collect(records.insert(connection, wanted, write_id))

    @retry_when_rolled_back
    def update(self, employee: Employee, expected_revision: str, write_id: str) -> Employee:
        wanted = _normal(employee)
        with self._database.writing("update") as connection:
            stored = records.read(connection, wanted.id, to_change=True)
            record = _existing(stored, wanted.id)
            if record.write_id == write_id or record.person.same_content(wanted):
                return record.person
            if revision_of(record.person) != expected_revision:
                raise EditConflict(record.person)
            return self._vocabulary.collect(records.change(connection, record, wanted, write_id))

    def delete(self, employee_id: str, expected_revision: str | None, write_id: str) -> Employee:
        deletion = Deletion(employee_id, expected_revision, write_id)
        (outcome,) = bulk_delete.delete_many(self._database, [deletion])
        if isinstance(outcome, DirectoryError):
            raise outcome
        return outcome

    def browse(self, query: Query, cursor: str | None = None, limit: int = PAGE_SIZE) -> Page:
        with self._database.reading("browse") as connection:
            return browse.browse(connection, query, cursor, limit)

    def facets(self) -> Facets:
        with self._database.reading("facets") as connection:
            self._counts = counters.read(connection, self._counts)
            return self._counts.facets

    def check(self) -> None:
        schema.require_current(self._database)

    def maintain(self) -> None:
        """Keep new words; the records and their listing changed in one transaction."""
        if self._vocabulary.has_unwritten:
            # In a context of its own: the time of the request that is over does not count.
            contextvars.copy_context().run(self._write_words)

    def set_up(self) -> list[str]:
        return schema.bring_up_to_date(self._database)

    def reindex(self, *, force: bool = False) -> Iterator[Progress]:
        steps = reindex.reindex(self._database, self._vocabulary.collect, force=force)
        return self._vocabulary.writing_between(steps)

    def follow(self, stop: Event, *, once: bool = False) -> Iterator[str]:
        yield (
            "An SQL database does not report changes by other programs, so there is nothing to "
            "follow. Run flask reindex to list them."
        )

    def add_many(
        self, employees: Iterable[Employee], *, keep_versions: bool = False
    ) -> Iterator[int]:
        people = map(_normal, employees)
        note = self._vocabulary.collect
        steps = bulk_add.add_many(self._database, people, note, keep_versions=keep_versions)
        return self._vocabulary.writing_between(steps)

    def delete_many(self, deletions: Sequence[Deletion]) -> list[Employee | DirectoryError]:
        return bulk_delete.delete_many(self._database, deletions)

    def get_many(self, employee_ids: Collection[str]) -> dict[str, Employee]:
        with self._database.reading("get_many") as connection:
            return bulk_read.get_many(connection, employee_ids)

    def find_by_email(self, addresses: Collection[str]) -> dict[str, tuple[str, ...]]:
        with self._database.reading("find_by_email") as connection:
            return bulk_read.find_by_email(connection, addresses)

    def iter_batches(self, bookmark: str = "") -> Iterator[Batch]:
        return bulk_read.everyone(self._database, bookmark)

    def vocabulary(self) -> Iterator[str]:
        return vocabulary.read(self._database)

    def photo_keys(self) -> Iterator[str]:
        keys = select(people.c.photo_key).where(people.c.photo_key != "")
        with self._database.snapshot("photo_keys") as connection:
            yield from connection.execution_options(yield_per=1_000).execute(keys).scalars()

    def shared_secret(self, proposal: str) -> str | None:
        if not self._database.shared:
            return None  # a file of this machine
        return secret.shared_secret(self._database, proposal)

    def _write_words(self) -> None:
        deadline.start()
        self._vocabulary.write()

    def close(self) -> None:
        """Give the connections back, for a test or a command that opens many stores."""
        self._database.close()


def _existing(record: records.Record | None, employee_id: str) -> records.Record:
    if record is None:
        raise EmployeeNotFound(employee_id)
    return record


@lru_cache(maxsize=1024)
def _badges(worn: tuple[str, ...]) -> tuple[str, ...]:
    return badges_from(worn)


def _normal(employee: Employee) -> Employee:
    """The employee as it will be read back."""
    badges = _badges(employee.badges)
    return employee if badges == employee.badges else replace(employee, badges=badges)
