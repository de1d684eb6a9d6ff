"""DynamoStore: employees in the table Employees, lists and counts in the table Employees-index.

IAM, on both tables: GetItem, BatchGetItem, Query, Scan, PutItem, UpdateItem, DeleteItem,
BatchWriteItem, ConditionCheckItem, DescribeTable; ``flask setup`` also CreateTable, UpdateTable,
DescribeContinuousBackups, UpdateContinuousBackups, DescribeTimeToLive, UpdateTimeToLive;
``flask follow``, on the stream of Employees, DescribeStream, GetShardIterator, GetRecords.
"""

from collections.abc import Collection, Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from threading import Event

from app.contracts.answers import Batch, Deletion, Namesake, Progress, RecordCount
from app.contracts.counts import Facets, Matches
from app.contracts.employees import UNSIGNED
from app.contracts.following import UNOBSERVED, FollowObserver
from app.contracts.list_order import ListOrder, StoredOrder
from app.contracts.queries import PAGE_SIZE, Page, Query
from app.history.changes import Write
from app.history.difference import is_as_recorded
from app.model.employee import Employee
from app.model.errors import DirectoryError, EmployeeNotFound, StorageUnavailable
from app.settings import Settings
from app.storage.dynamodb.client import tables
from app.storage.dynamodb.client.calls import Calls
from app.storage.dynamodb.client.key_errors import explaining_keys, find_mismatch
from app.storage.dynamodb.history.writer import ChangeWriter
from app.storage.dynamodb.index import lookups, match_counts
from app.storage.dynamodb.index.browse import Browser
from app.storage.dynamodb.index.counters import Counters, facets_in
from app.storage.dynamodb.index.leaving import carry_out_leaving, find_leaving
from app.storage.dynamodb.index.order import IndexOrder
from app.storage.dynamodb.index.repair import IndexRepair
from app.storage.dynamodb.index.transactions import IndexWriter
from app.storage.dynamodb.index.upkeep import IndexUpkeep
from app.storage.dynamodb.index.vocabulary import VocabularyRows
from app.storage.dynamodb.records.codec import checked_id, employee_from, index_hash
from app.storage.dynamodb.reports import DynamoReports
from app.storage.dynamodb.saves import Saves
from app.storage.dynamodb.secret import shared_secret
from app.storage.dynamodb.tasks import bulk_read
from app.storage.dynamodb.tasks.bulk_add import BulkAdd
from app.storage.dynamodb.tasks.bulk_delete import delete_many
from app.storage.dynamodb.tasks.context import TaskContext, open_task_context
from app.storage.dynamodb.tasks.follow import Follower
from app.storage.dynamodb.tasks.reindex import Reindex
from app.storage.vocabulary_writer import VocabularyWriter
from app.text.person_names import SortBy


class DynamoStore:
    """An EmployeeStore on DynamoDB. Any number of threads may share it."""

    def __init__(self, calls: Calls, names: tables.Tables, sort_by: SortBy) -> None:
        self.calls = calls
        self.tables = names
        self._sort_by = sort_by
        self._order = IndexOrder(calls, names)
        self._writer = IndexWriter(calls, names)
        self._counters = Counters(calls, names)
        self._browser = Browser(calls, names, self._counters)
        self._repair = IndexRepair(calls, names, self._order, self._writer)
        self._vocabulary = VocabularyWriter(VocabularyRows(calls, names).write)
        self._upkeep = IndexUpkeep(self._repair, self._counters, self._vocabulary)
        self.reports = DynamoReports(calls, names)
        index = (self._order, self._writer, self._upkeep, self._vocabulary)
        self._saves = Saves(names, *index, ChangeWriter(calls, names.index), self.reports)

    @explaining_keys
    def get(self, employee_id: str) -> Employee:
        """Implement EmployeeStore.get; ``maintain`` repairs the index if it disagrees."""
        key = self.tables.person_key(checked_id(employee_id))
        request = {"TableName": self.tables.people, "Key": key, "ConsistentRead": True}
        item = self.calls.read("GetItem", self.tables.people, request).get("Item")
        if item is None:  # another program may have deleted the record alone
            self._upkeep.heal_later(employee_id)
            raise EmployeeNotFound(employee_id)
        employee = employee_from(item)
        with suppress(StorageUnavailable):  # the record was read: it is shown without the index
            is_indexed = index_hash(item) == self._order.project_as_known(employee).hash
            if not is_indexed or not is_as_recorded(employee):
                self._upkeep.heal_later(employee_id)
        return employee

    @explaining_keys
    def add(self, employee: Employee, write: Write) -> Employee:
        """Implement EmployeeStore.add."""
        return self._saves.add(employee, write)

    @explaining_keys
    def update(self, employee: Employee, expected_revision: str, write: Write) -> Employee:
        """Implement EmployeeStore.update."""
        return self._saves.update(employee, expected_revision, write)

    @explaining_keys
    def delete(self, employee_id: str, expected_revision: str | None, write: Write) -> Employee:
        """Implement EmployeeStore.delete."""
        return self._saves.delete(employee_id, expected_revision, write)

    @explaining_keys
    def browse(self, query: Query, cursor: str | None = None, limit: int = PAGE_SIZE) -> Page:
        """Implement EmployeeStore.browse."""
        return self._browser.browse(query, cursor, limit)

    @explaining_keys
    def facets(self) -> Facets:
        """Implement EmployeeStore.facets."""
        return facets_in(self._counters.snapshot())

    @explaining_keys
    def carry_out_leaving(self, today: str) -> int:
        """Implement EmployeeStore.carry_out_leaving."""
        return carry_out_leaving(self.calls, self.tables, self._repair, self._counters, today)

    @explaining_keys
    def find_leaving(self, days: Sequence[str], limit: int) -> list[str]:
        """Implement EmployeeStore.find_leaving."""
        return find_leaving(self.calls, self.tables, days, limit)

    @explaining_keys
    def count_records(self) -> RecordCount:
        """Implement EmployeeStore.count_records."""
        self._read_both()
        return bulk_read.count_records(self.calls, self.tables)

    @explaining_keys
    def count_matches(self, query: Query) -> Matches:
        """Implement EmployeeStore.count_matches."""
        return match_counts.count_matches(self._browser, query)

    def check(self) -> None:
        """Implement EmployeeStore.check: read both tables in one call."""
        self.calls.check()

    def maintain(self) -> None:
        """Implement EmployeeStore.maintain."""
        self._upkeep.run_if_due()
        self.reports.hints.write_if_due()

    def set_up(self) -> list[str]:
        """Implement EmployeeStore.set_up."""
        done = list(tables.set_up(self.calls, self.tables))
        if find_mismatch(self.calls, self.tables):
            return done  # which says so
        found = self.list_order()
        if found.problem and self._order.is_needless():
            self._order.put(StoredOrder(self._sort_by))
            return done
        return [*done, *filter(None, (found.problem,))]

    @explaining_keys
    def list_order(self) -> ListOrder:
        """Implement EmployeeStore.list_order, at most MAX_AGE_SECONDS old."""
        return ListOrder(self._order.get(), self._sort_by)

    @explaining_keys
    def reindex(self, *, force: bool = False) -> Iterator[Progress]:
        """Implement EmployeeStore.reindex."""
        self._read_both()
        return self._reindex(self._sort_by, force=force)

    def follow(
        self, stop: Event, *, once: bool = False, observer: FollowObserver = UNOBSERVED
    ) -> Iterator[str]:
        """Implement EmployeeStore.follow, by the stream of the table."""
        tasks = (self._repair, self._order, Counters(self.calls, self.tables), self._reindex)
        return Follower(self.calls, self.tables, *tasks, observer).run(stop, once=once)

    def add_many(
        self,
        employees: Iterable[Employee],
        write: Write = UNSIGNED,
        *,
        keep_versions: bool = False,
    ) -> Iterator[int]:
        """Implement EmployeeStore.add_many; one import or reindex runs at a time."""
        task = BulkAdd(self._open_task_context(), write, keep_versions=keep_versions)
        return self._vocabulary.writing_between(task.run(self._vocabulary.collecting(employees)))

    @explaining_keys
    def vocabulary(self) -> Iterator[str]:
        """Implement EmployeeStore.vocabulary."""
        return VocabularyRows(self.calls, self.tables).all()

    def delete_many(self, deletions: Sequence[Deletion]) -> list[Employee | DirectoryError]:
        """Implement EmployeeStore.delete_many, one transaction per employee."""
        return delete_many(self.delete, deletions)

    @explaining_keys
    def forget_words(self, words: Collection[str]) -> None:
        """Implement EmployeeStore.forget_words."""
        self._vocabulary.forget(words)
        VocabularyRows(self.calls, self.tables).forget(words)

    @explaining_keys
    def get_many(self, employee_ids: Collection[str]) -> dict[str, Employee]:
        """Implement EmployeeStore.get_many."""
        return lookups.get_many(self._writer, self.tables, employee_ids)

    @explaining_keys
    def find_by_email(self, addresses: Collection[str]) -> dict[str, tuple[str, ...]]:
        """Implement EmployeeStore.find_by_email."""
        return lookups.find_by_email(self.calls, self._writer, self.tables, addresses)

    @explaining_keys
    def find_by_name(self, names: Collection[str]) -> dict[str, tuple[Namesake, ...]]:
        """Implement EmployeeStore.find_by_name."""
        written = self._order.get().written
        return lookups.find_by_name(self.calls, self.tables, names, written)

    @explaining_keys
    def find_by_number(self, numbers: Collection[str]) -> dict[str, tuple[str, ...]]:
        """Implement EmployeeStore.find_by_number."""
        return lookups.find_by_number(self.calls, self._writer, self.tables, numbers)

    @explaining_keys
    def iter_batches(self, bookmark: str = "") -> Iterator[Batch]:
        """Implement EmployeeStore.iter_batches."""
        self._read_both()
        return bulk_read.read_batches(self.calls, self.tables, bookmark)

    @explaining_keys
    def photo_keys(self) -> Iterator[str]:
        """Implement EmployeeStore.photo_keys."""
        self._read_both()
        return bulk_read.photo_keys(self.calls, self.tables)

    @explaining_keys
    def shared_secret(self, proposal: str) -> str | None:
        """Implement EmployeeStore.shared_secret."""
        return shared_secret(self.calls, self.tables, proposal)

    def _read_both(self) -> None:
        """Read both tables before a scan: a wrong key is rejected here, and by no scan."""
        self.calls.read("BatchGetItem", self.tables.people, self.tables.check_request())

    def _open_task_context(self) -> TaskContext:
        return open_task_context(self.calls, self.tables, self._order)

    def _reindex(
        self, sort_by: SortBy | None = None, *, force: bool = False
    ) -> Generator[Progress, None, None]:
        task = Reindex(self._open_task_context(), self._vocabulary.collect, sort_by)
        return self._vocabulary.writing_between(task.run(force=force))


def open_dynamodb_store(settings: Settings) -> DynamoStore:
    """Open the store in the tables that the settings name, without input or output."""
    names = tables.Tables(settings.dynamo_table, settings.index_table)
    return DynamoStore(Calls(settings.region, names.check_items()), names, settings.sort_by)
