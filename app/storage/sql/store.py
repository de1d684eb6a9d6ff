"""SqlStore: the EmployeeStore in an SQL database."""

from __future__ import annotations

import contextvars
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from operator import attrgetter
from threading import Event
from typing import Any

from sqlalchemy import select

from app.contracts import (
    PAGE_SIZE,
    Batch,
    Deletion,
    Facets,
    Matches,
    Namesake,
    Page,
    Progress,
    Query,
    RecordCount,
)
from app.contracts.list_order import ListOrder
from app.model.employee import Employee, badges_from, hidden_from
from app.model.errors import DirectoryError, EditConflict, EmployeeDeleted, EmployeeNotFound
from app.model.fields import TEXT_FIELDS
from app.model.revision import revision_of
from app.model.stored_values import encodable
from app.photos.keys import photo_key
from app.runtime import deadline
from app.storage.sql import records, schema, secret, vocabulary
from app.storage.sql.engines.database import Database, read_url, retry_when_rolled_back
from app.storage.sql.index import browse, counters, match_counts, order
from app.storage.sql.tables import people
from app.storage.sql.tasks import (
    bulk_add,
    bulk_delete,
    bulk_read,
    reindex,
)
from app.storage.vocabulary_writer import VocabularyWriter
from app.text.person_names import SortBy

_TEXTS = (*TEXT_FIELDS, "photo_key")
_texts_of = attrgetter(*_TEXTS)


def open_sql_store(database_url: str, sort_by: SortBy = SortBy.GIVEN) -> SqlStore:
    """Open the store at this address, without a connection. Raises SettingsError."""
    return SqlStore(Database(read_url(database_url)), sort_by)


class SqlStore:
    """An EmployeeStore in an SQL database."""

    def __init__(self, database: Database, sort_by: SortBy) -> None:
        self._database = database
        self._sort_by = sort_by
        self._counts: counters.CountSnapshot | None = None
        self._vocabulary = VocabularyWriter(partial(vocabulary.write, database))

    @property
    def database(self) -> Database:
        """The database, for the other stores in it."""
        return self._database

    def get(self, employee_id: str) -> Employee:
        """Implement EmployeeStore.get."""
        with self._database.reading("get") as connection:
            return _existing(records.read(connection, employee_id), employee_id).employee

    @retry_when_rolled_back
    def add(self, employee: Employee, write_id: str) -> Employee:
        """Implement EmployeeStore.add."""
        employee = self._normalize(employee)
        with self._database.writing("add") as connection:
            record = records.read(connection, employee.id, to_change=True)
            if record is not None:
                if record.write_id == write_id or record.employee.same_content(employee):
                    return record.employee
                raise EditConflict(record.employee)
            if records.deletion_write_ids(connection, [employee.id]):
                raise EmployeeDeleted(employee.id)
            return self._vocabulary.collect(records.insert(connection, employee, write_id))

    @retry_when_rolled_back
    def update(self, employee: Employee, expected_revision: str, write_id: str) -> Employee:
        """Implement EmployeeStore.update."""
        employee = self._normalize(employee)
        with self._database.writing("update") as connection:
            stored = records.read(connection, employee.id, to_change=True)
            record = _existing(stored, employee.id)
            if record.write_id == write_id or record.employee.same_content(employee):
                return record.employee
            if revision_of(record.employee) != expected_revision:
                raise EditConflict(record.employee)
            return self._vocabulary.collect(records.change(connection, record, employee, write_id))

    def delete(self, employee_id: str, expected_revision: str | None, write_id: str) -> Employee:
        """Implement EmployeeStore.delete."""
        deletion = Deletion(employee_id, expected_revision, write_id)
        (outcome,) = bulk_delete.delete_many(self._database, [deletion])
        if isinstance(outcome, DirectoryError):
            raise outcome
        return outcome

    def browse(self, query: Query, cursor: str | None = None, limit: int = PAGE_SIZE) -> Page:
        """Implement EmployeeStore.browse."""
        with self._database.reading("browse") as connection:
            return browse.browse(connection, query, cursor, limit, self._counts)

    def facets(self) -> Facets:
        """Implement EmployeeStore.facets; unchanged counts are not read again."""
        with self._database.reading("facets") as connection:
            self._counts = counters.read(connection, self._counts)
            return self._counts.facets

    def count_records(self) -> RecordCount:
        """Implement EmployeeStore.count_records."""
        with self._database.reading("count_records") as connection:
            return bulk_read.count_records(connection)

    def count_matches(self, query: Query) -> Matches:
        """Implement EmployeeStore.count_matches."""
        with self._database.reading("count_matches") as connection:
            return match_counts.count_matches(connection, query)

    def check(self) -> None:
        """Implement EmployeeStore.check by reading the version of the tables."""
        schema.check_current(self._database)

    def maintain(self) -> None:
        """Implement EmployeeStore.maintain: write new words; the index needs no repair."""
        if self._vocabulary.has_unwritten:
            # In a copy of this context, where the deadline of the finished request does not apply.
            contextvars.copy_context().run(self._write_words)

    def set_up(self) -> list[str]:
        """Implement EmployeeStore.set_up."""
        done = schema.migrate(self._database)
        return [*done, *order.adopt(self._database, self._sort_by)]

    def list_order(self) -> ListOrder:
        """Implement EmployeeStore.list_order."""
        return order.list_order(self._database, self._sort_by)

    def reindex(self, *, force: bool = False) -> Iterator[Progress]:
        """Implement EmployeeStore.reindex."""
        note = self._vocabulary.collect
        steps = reindex.reindex(self._database, note, self._sort_by, force=force)
        return self._vocabulary.writing_between(steps)

    def follow(self, stop: Event, *, once: bool = False) -> Iterator[str]:
        """Implement EmployeeStore.follow: SQL databases report no changes."""
        yield (
            "An SQL database does not report changes by other programs, so there is nothing to "
            "follow. Run flask reindex to list them."
        )

    def add_many(
        self, employees: Iterable[Employee], *, keep_versions: bool = False
    ) -> Iterator[int]:
        """Implement EmployeeStore.add_many."""
        people = map(self._normalize, employees)
        note = self._vocabulary.collect
        steps = bulk_add.add_many(self._database, people, note, keep_versions=keep_versions)
        return self._vocabulary.writing_between(steps)

    def delete_many(self, deletions: Sequence[Deletion]) -> list[Employee | DirectoryError]:
        """Implement EmployeeStore.delete_many, in one transaction."""
        return bulk_delete.delete_many(self._database, deletions)

    def get_many(self, employee_ids: Collection[str]) -> dict[str, Employee]:
        """Implement EmployeeStore.get_many."""
        with self._database.reading("get_many") as connection:
            return bulk_read.get_many(connection, employee_ids)

    def find_by_email(self, addresses: Collection[str]) -> dict[str, tuple[str, ...]]:
        """Implement EmployeeStore.find_by_email."""
        with self._database.reading("find_by_email") as connection:
            return bulk_read.find_by_email(connection, addresses)

    def find_by_name(self, names: Collection[str]) -> dict[str, tuple[Namesake, ...]]:
        """Implement EmployeeStore.find_by_name."""
        with self._database.reading("find_by_name") as connection:
            return bulk_read.find_by_name(connection, names)

    def find_by_number(self, numbers: Collection[str]) -> dict[str, tuple[str, ...]]:
        """Implement EmployeeStore.find_by_number."""
        with self._database.reading("find_by_number") as connection:
            return bulk_read.find_by_number(connection, numbers)

    def iter_batches(self, bookmark: str = "") -> Iterator[Batch]:
        """Implement EmployeeStore.iter_batches."""
        return bulk_read.read_batches(self._database, bookmark)

    def vocabulary(self) -> Iterator[str]:
        """Implement EmployeeStore.vocabulary."""
        return vocabulary.read(self._database)

    def photo_keys(self) -> Iterator[str]:
        """Implement EmployeeStore.photo_keys."""
        keys = select(people.c.photo_key).where(people.c.photo_key != "")
        with self._database.snapshot("photo_keys") as connection:
            named = connection.execution_options(yield_per=1_000).execute(keys).scalars()
            yield from filter(None, map(photo_key, named))

    def shared_secret(self, proposal: str) -> str | None:
        """Implement EmployeeStore.shared_secret; None for a file of this machine."""
        if not self._database.shared:
            return None
        return secret.shared_secret(self._database, proposal)

    def _write_words(self) -> None:
        deadline.start()
        self._vocabulary.write()

    def _normalize(self, employee: Employee) -> Employee:
        """Return the employee as it will be read from the database."""
        badges, hidden = _normalize_badges(employee.badges), hidden_from(employee.hidden)
        employee = employee if hidden == employee.hidden else replace(employee, hidden=hidden)
        texts = _texts_of(employee)
        if not "".join(texts).isprintable():  # as few are, for the line breaks of "about"
            storable = encodable if self._database.holds_nul else _without_nul
            cleaned: dict[str, Any] = dict(zip(_TEXTS, map(storable, texts), strict=True))
            return replace(employee, **cleaned, badges=tuple(map(storable, badges)))
        return employee if badges == employee.badges else replace(employee, badges=badges)

    def close(self) -> None:
        """Close all connections, for tests and commands that open many stores."""
        self._database.close()


def _existing(record: records.Record | None, employee_id: str) -> records.Record:
    if record is None:
        raise EmployeeNotFound(employee_id)
    return record


@lru_cache(maxsize=1024)
def _normalize_badges(badges: tuple[str, ...]) -> tuple[str, ...]:
    return badges_from(badges)


def _without_nul(text: str) -> str:
    return encodable(text).replace("\0", "")
