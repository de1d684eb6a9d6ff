"""DynamoStore: employees in the table Employees, lists and counts in the table Employees-index.

IAM, on both tables: GetItem, BatchGetItem, Query, Scan, PutItem, UpdateItem, DeleteItem,
BatchWriteItem, ConditionCheckItem, DescribeTable; ``flask setup`` also CreateTable, UpdateTable,
DescribeContinuousBackups, UpdateContinuousBackups, DescribeTimeToLive, UpdateTimeToLive;
``flask follow``, on the stream of Employees, DescribeStream, GetShardIterator, GetRecords.
"""

from __future__ import annotations

import contextvars
import logging
from collections.abc import Collection, Generator, Iterable, Iterator, Sequence
from threading import Event, Lock
from typing import Any

from app.contracts import PAGE_SIZE, Batch, Deletion, Facets, Page, Progress, Query
from app.model.employee import Employee
from app.model.errors import (
    DirectoryError,
    EditConflict,
    EmployeeDeleted,
    EmployeeNotFound,
    StorageUnavailable,
)
from app.model.revision import revision_of
from app.runtime import deadline
from app.settings import Settings
from app.storage.dynamodb.client import tables
from app.storage.dynamodb.client.calls import Calls, Item
from app.storage.dynamodb.client.failures import ConditionFailed
from app.storage.dynamodb.index import lookups
from app.storage.dynamodb.index.browse import Browser
from app.storage.dynamodb.index.counters import Counters, facets_from
from app.storage.dynamodb.index.manifests import Manifest
from app.storage.dynamodb.index.repair import MAX_ATTEMPTS, IndexRepair, condition, contention
from app.storage.dynamodb.index.rows import project_rows
from app.storage.dynamodb.index.transactions import IndexWriter
from app.storage.dynamodb.index.vocabulary import VocabularyRows
from app.storage.dynamodb.records import codec as records
from app.storage.dynamodb.secret import shared_secret
from app.storage.dynamodb.tasks import bulk_read
from app.storage.dynamodb.tasks.bulk_add import BulkAdd
from app.storage.dynamodb.tasks.bulk_delete import delete_many
from app.storage.dynamodb.tasks.context import open_task_context
from app.storage.dynamodb.tasks.follow import Follower
from app.storage.dynamodb.tasks.reindex import Reindex
from app.storage.vocabulary_writer import VocabularyWriter

log = logging.getLogger(__name__)

# A flood of requests for made-up ids must not fill the memory.
_MAX_IDS_TO_HEAL = 200
_MAX_FOLDS_PER_TIDY = 5


class DynamoStore:
    """An EmployeeStore on DynamoDB. Any number of threads may share it."""

    def __init__(self, calls: Calls, names: tables.Tables) -> None:
        self.calls = calls
        self.tables = names
        self._writer = IndexWriter(calls, names)
        self._counters = Counters(calls, names)
        self._browser = Browser(calls, names, self._counters)
        self._repair = IndexRepair(calls, names, self._writer)
        self._vocabulary = VocabularyWriter(VocabularyRows(calls, names).write)
        self._ids_to_heal: dict[str, None] = {}
        self._heal_lock = Lock()

    def get(self, employee_id: str) -> Employee:
        """Implement EmployeeStore.get; ``tidy`` repairs the index if it disagrees."""
        key = self.tables.person_key(records.checked_id(employee_id))
        request = {"TableName": self.tables.people, "Key": key, "ConsistentRead": True}
        item = self.calls.read("GetItem", self.tables.people, request).get("Item")
        if item is None:
            self._heal_later(employee_id)  # another program may have deleted the record alone
            raise EmployeeNotFound(employee_id)
        employee = records.employee_from(item)
        if records.index_hash(item) != project_rows(employee).hash:
            self._heal_later(employee_id)
        return employee

    def add(self, employee: Employee, write_id: str) -> Employee:
        """Implement EmployeeStore.add."""
        records.checked_id(employee.id)
        employee = records.tidy_text(employee)
        projection = project_rows(employee)
        item = records.new_record(employee, projection.hash, write_id)
        put = {
            "TableName": self.tables.people,
            "Item": item,
            "ConditionExpression": "attribute_not_exists(id)",
        }
        manifest = Manifest(employee.id)
        for _ in range(MAX_ATTEMPTS):
            try:
                self._writer.apply(manifest, projection, {"Put": put})
            except ConditionFailed:
                stored_item, manifest = self._writer.read_state(employee.id)
                if stored_item is not None:
                    return _existing(stored_item, employee, write_id)
                # A manifest without a record: deleted by us or, if it has rows, by another program.
                if manifest.is_tombstone or manifest.shape is not None:
                    self._heal_later(employee.id)
                    raise EmployeeDeleted(employee.id) from None
            else:
                return self._vocabulary.collect(records.employee_from(item))
        raise contention(self.tables)

    def update(self, employee: Employee, expected_revision: str, write_id: str) -> Employee:
        """Implement EmployeeStore.update."""
        employee = records.tidy_text(employee)
        for _ in range(MAX_ATTEMPTS):
            item, manifest = self._writer.read_state(records.checked_id(employee.id))
            if item is None:
                raise _missing(manifest)
            stored = records.employee_from(item)
            if records.written_by(item) == write_id or stored.same_content(employee):
                return stored
            if revision_of(stored) != expected_revision:
                raise EditConflict(stored)
            projection = project_rows(employee)
            change = records.changes(stored, employee, projection.hash, write_id)
            try:
                self._writer.apply(manifest, projection, self._update(item, change))
            except ConditionFailed:
                continue
            changed = records.changed(item, change)
            return self._vocabulary.collect(records.employee_from(changed))
        raise contention(self.tables)

    def delete(self, employee_id: str, expected_revision: str | None, write_id: str) -> Employee:
        """Implement EmployeeStore.delete."""
        for _ in range(MAX_ATTEMPTS):
            item, manifest = self._writer.read_state(records.checked_id(employee_id))
            if item is None:
                if manifest.is_tombstone and manifest.deleted_by == write_id:
                    return Employee(id=employee_id, full_name="")
                if manifest.shape is not None:
                    self._heal_later(employee_id)
                raise _missing(manifest)
            stored = records.employee_from(item)
            if expected_revision is not None and revision_of(stored) != expected_revision:
                raise EditConflict(stored)
            action = {"Delete": {**self._record_key(item), **condition(records.as_read(item))}}
            try:
                self._writer.apply(manifest, None, action, deleted_by=write_id, rewrite=True)
            except ConditionFailed:
                continue
            return stored
        raise contention(self.tables)

    def browse(self, query: Query, cursor: str | None = None, limit: int = PAGE_SIZE) -> Page:
        """Implement EmployeeStore.browse."""
        return self._browser.browse(query, cursor, limit)

    def facets(self) -> Facets:
        """Implement EmployeeStore.facets."""
        return facets_from(self._counters.snapshot().counts)

    def check(self) -> None:
        """Implement EmployeeStore.check: read both tables in one call."""
        keys = {
            self.tables.people: self.tables.person_key("-"),
            self.tables.index: self.tables.index_key("tally", "0"),
        }
        request = {table: {"Keys": [key], "ConsistentRead": True} for table, key in keys.items()}
        self.calls.probe("BatchGetItem", ", ".join(keys), {"RequestItems": request})

    def maintain(self) -> None:
        """Implement EmployeeStore.maintain."""
        if self._ids_to_heal or self._counters.needs_fold or self._vocabulary.has_unwritten:
            # In a copy of this context, where the deadline of the finished request does not apply.
            contextvars.copy_context().run(self._tidy)

    def set_up(self) -> list[str]:
        """Implement EmployeeStore.set_up."""
        return list(tables.set_up(self.calls, self.tables))

    def reindex(self, *, force: bool = False) -> Iterator[Progress]:
        """Implement EmployeeStore.reindex."""
        return self._reindex(force=force)

    def follow(self, stop: Event, *, once: bool = False) -> Iterator[str]:
        """Implement EmployeeStore.follow, by the stream of the table."""
        counters = Counters(self.calls, self.tables)
        follower = Follower(self.calls, self.tables, self._repair, counters, self._reindex)
        return follower.run(stop, once=once)

    def add_many(
        self, employees: Iterable[Employee], *, keep_versions: bool = False
    ) -> Iterator[int]:
        """Implement EmployeeStore.add_many; one import or reindex runs at a time."""
        task = BulkAdd(open_task_context(self.calls, self.tables), keep_versions=keep_versions)
        return self._vocabulary.writing_between(task.run(self._vocabulary.collecting(employees)))

    def vocabulary(self) -> Iterator[str]:
        """Implement EmployeeStore.vocabulary."""
        return VocabularyRows(self.calls, self.tables).all()

    def delete_many(self, deletions: Sequence[Deletion]) -> list[Employee | DirectoryError]:
        """Implement EmployeeStore.delete_many, one transaction per employee."""
        return delete_many(self.delete, deletions)

    def get_many(self, employee_ids: Collection[str]) -> dict[str, Employee]:
        """Implement EmployeeStore.get_many."""
        return lookups.get_many(self._writer, self.tables, employee_ids)

    def find_by_email(self, addresses: Collection[str]) -> dict[str, tuple[str, ...]]:
        """Implement EmployeeStore.find_by_email."""
        return lookups.find_by_email(self.calls, self._writer, self.tables, addresses)

    def iter_batches(self, bookmark: str = "") -> Iterator[Batch]:
        """Implement EmployeeStore.iter_batches."""
        return bulk_read.read_batches(self.calls, self.tables, bookmark)

    def photo_keys(self) -> Iterator[str]:
        """Implement EmployeeStore.photo_keys."""
        return bulk_read.photo_keys(self.calls, self.tables)

    def shared_secret(self, proposal: str) -> str | None:
        """Implement EmployeeStore.shared_secret."""
        return shared_secret(self.calls, self.tables, proposal)

    def _reindex(self, *, force: bool = False) -> Generator[Progress, None, None]:
        task = Reindex(open_task_context(self.calls, self.tables), self._vocabulary.collect)
        return self._vocabulary.writing_between(task.run(force=force))

    def _tidy(self) -> None:
        deadline.start()
        with self._heal_lock:
            ids, self._ids_to_heal = list(self._ids_to_heal), {}
        try:
            for employee_id in ids:
                self._repair.heal(employee_id)
            for _ in range(_MAX_FOLDS_PER_TIDY if self._counters.needs_fold else 0):
                if not self._counters.fold():
                    break
            self._counters.needs_fold = False
        except StorageUnavailable as error:
            log.warning("the index was not tidied: %s", error)
        self._vocabulary.write()

    def _heal_later(self, employee_id: str) -> None:
        with self._heal_lock:
            if len(self._ids_to_heal) < _MAX_IDS_TO_HEAL:
                self._ids_to_heal[employee_id] = None

    def _update(self, item: Item, change: records.Expression) -> dict[str, Any]:
        unchanged = records.as_read(item)
        names = {**unchanged.names, **change.names}
        values = {**unchanged.values, **change.values}
        expression = condition(records.Expression(unchanged.text, names, values))
        return {"Update": {**self._record_key(item), "UpdateExpression": change.text, **expression}}

    def _record_key(self, item: Item) -> dict[str, Any]:
        key = self.tables.person_key(item["id"]["S"])
        return {"TableName": self.tables.people, "Key": key}


def open_dynamodb_store(settings: Settings) -> DynamoStore:
    """Open the store in the tables that the settings name, without input or output."""
    names = tables.Tables(settings.dynamo_table, settings.index_table)
    return DynamoStore(Calls(settings.region), names)


def _existing(item: Item, employee: Employee, write_id: str) -> Employee:
    stored = records.employee_from(item)
    if records.written_by(item) == write_id or stored.same_content(employee):
        return stored
    raise EditConflict(stored)


def _missing(manifest: Manifest) -> EmployeeNotFound:
    if manifest.is_tombstone or manifest.shape is not None:
        return EmployeeDeleted(manifest.employee_id)
    return EmployeeNotFound(manifest.employee_id)
