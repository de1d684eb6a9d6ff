"""SqlStore: the EmployeeStore in an SQL database."""

from __future__ import annotations

import contextvars
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial
from threading import Event

from app.contracts.answers import Batch, Deletion, Namesake, Progress, RecordCount
from app.contracts.counts import Facets, Matches
from app.contracts.employees import UNSIGNED
from app.contracts.following import UNOBSERVED, FollowObserver
from app.contracts.list_order import ListOrder
from app.contracts.queries import PAGE_SIZE, Page, Query
from app.history.changes import Write
from app.model import leaving
from app.model.employee import Employee
from app.model.errors import DirectoryError, EditConflict, EmployeeDeleted, EmployeeNotFound
from app.model.revision import revision_of
from app.runtime import deadline
from app.storage.sql import records, schema, secret, vocabulary
from app.storage.sql.engines.database import Database, read_url, retry_when_rolled_back
from app.storage.sql.history.authors import AuthorNumbers
from app.storage.sql.history.store import SqlHistory
from app.storage.sql.index import browse, counters, match_counts, order
from app.storage.sql.normalizing import normalized
from app.storage.sql.reports import SqlReports
from app.storage.sql.tasks import (
    bulk_add,
    bulk_delete,
    bulk_read,
    leavers,
    outside,
    reindex,
)
from app.storage.vocabulary_writer import VocabularyWriter
from app.text.person_names import SortBy


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
        self._authors = AuthorNumbers(database)
        self._outside = outside.OutsideChanges(database)
        self.history = SqlHistory(database, self._authors)
        self.reports = SqlReports(database)

    @property
    def database(self) -> Database:
        """The database, for the other stores in it."""
        return self._database

    def get(self, employee_id: str) -> Employee:
        """Implement EmployeeStore.get."""
        with self._database.reading("get") as connection:
            record = _existing(records.read(connection, employee_id), employee_id)
        return self._outside.notice(record)

    @retry_when_rolled_back
    def add(self, employee: Employee, write: Write) -> Employee:
        """Implement EmployeeStore.add."""
        employee = normalized(employee, self._database)
        signed = self._authors.sign(write)
        with self._database.writing("add") as connection:
            record = records.read(connection, employee.id, to_change=True)
            if record is not None:
                if record.write_id == write.id or record.employee.same_content(employee):
                    return record.employee
                raise EditConflict(record.employee)
            if records.deletion_write_ids(connection, [employee.id]):
                raise EmployeeDeleted(employee.id)
            return self._vocabulary.collect(records.insert(connection, employee, signed))

    @retry_when_rolled_back
    def update(self, employee: Employee, expected_revision: str, write: Write) -> Employee:
        """Implement EmployeeStore.update."""
        employee = normalized(employee, self._database)
        signed = self._authors.sign(write)
        with self._database.writing("update") as connection:
            stored = records.read(connection, employee.id, to_change=True)
            record = _existing(stored, employee.id)
            if record.write_id == write.id or record.employee.same_content(employee):
                return record.employee
            if revision_of(record.employee) != expected_revision:
                raise EditConflict(record.employee)
            return self._vocabulary.collect(records.change(connection, record, employee, signed))

    def delete(self, employee_id: str, expected_revision: str | None, write: Write) -> Employee:
        """Implement EmployeeStore.delete."""
        deletion = Deletion(employee_id, expected_revision, write)
        (outcome,) = bulk_delete.delete_many(self._database, [deletion], self._authors)
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

    def carry_out_leaving(self, today: str) -> int:
        """Implement EmployeeStore.carry_out_leaving."""
        return leavers.carry_out_leaving(self._database, today)

    def find_leaving(self, days: Sequence[str], limit: int) -> list[str]:
        """Implement EmployeeStore.find_leaving."""
        with self._database.reading("find_leaving") as connection:
            return leavers.find_leaving(connection, days, limit)

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
        """Implement EmployeeStore.maintain; the index needs no repair."""
        outside, database = self._outside, self._database
        if self._vocabulary.has_unwritten or outside.are_pending or database.holds_deleted:
            # In a copy of this context, where the deadline of the finished request does not apply.
            contextvars.copy_context().run(self._write_pending)

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

    def follow(
        self, stop: Event, *, once: bool = False, observer: FollowObserver = UNOBSERVED
    ) -> Iterator[str]:
        """Implement EmployeeStore.follow: SQL databases report no changes, but days come."""
        while self.carry_out_leaving(leaving.today()):
            pass
        yield (
            "An SQL database does not report changes by other programs, so there is nothing to "
            "follow. Run flask reindex to list them."
        )

    def add_many(
        self,
        employees: Iterable[Employee],
        write: Write = UNSIGNED,
        *,
        keep_versions: bool = False,
    ) -> Iterator[int]:
        """Implement EmployeeStore.add_many."""
        people = map(partial(normalized, database=self._database), employees)
        note = self._vocabulary.collect
        target = bulk_add.Target(self._database, note, self._authors)
        steps = bulk_add.add_many(target, people, None if keep_versions else write)
        return self._vocabulary.writing_between(steps)

    def delete_many(self, deletions: Sequence[Deletion]) -> list[Employee | DirectoryError]:
        """Implement EmployeeStore.delete_many, in one transaction."""
        return bulk_delete.delete_many(self._database, deletions, self._authors)

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

    def forget_words(self, words: Collection[str]) -> None:
        """Implement EmployeeStore.forget_words."""
        self._vocabulary.forget(words)
        vocabulary.forget(self._database, words)

    def photo_keys(self) -> Iterator[str]:
        """Implement EmployeeStore.photo_keys."""
        return bulk_read.photo_keys(self._database)

    def shared_secret(self, proposal: str) -> str | None:
        """Implement EmployeeStore.shared_secret; None for a file of this machine."""
        if not self._database.shared:
            return None
        return secret.shared_secret(self._database, proposal)

    def _write_pending(self) -> None:
        deadline.start()
        self._vocabulary.write()
        self._outside.store()
        self._database.overwrite_deleted()

    def close(self) -> None:
        """Close all connections, for tests and commands that open many stores."""
        self._database.close()


def _existing(record: records.Record | None, employee_id: str) -> records.Record:
    if record is None:
        raise EmployeeNotFound(employee_id)
    return record
