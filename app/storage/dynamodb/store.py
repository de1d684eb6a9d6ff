"""DynamoStore: employees in the table Employees, lists and counts in the table Employees-index.

Needs on both tables: GetItem, BatchGetItem, Query, Scan, PutItem, UpdateItem, DeleteItem,
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
from app.storage.dynamodb import records
from app.storage.dynamodb.client import tables
from app.storage.dynamodb.client.calls import Calls, Item
from app.storage.dynamodb.client.failures import ConditionFailed
from app.storage.dynamodb.index import lookups
from app.storage.dynamodb.index.browse import Browser
from app.storage.dynamodb.index.counters import Counters, facets_from
from app.storage.dynamodb.index.manifests import Manifest
from app.storage.dynamodb.index.repair import MAX_ROUNDS, IndexRepair, busy, condition
from app.storage.dynamodb.index.rows import project_rows
from app.storage.dynamodb.index.transactions import IndexWriter
from app.storage.dynamodb.index.vocabulary import WordRows
from app.storage.dynamodb.secret import shared_secret
from app.storage.dynamodb.tasks import everyone
from app.storage.dynamodb.tasks.bulk_add import BulkAdd
from app.storage.dynamodb.tasks.bulk_delete import delete_many
from app.storage.dynamodb.tasks.context import gather
from app.storage.dynamodb.tasks.follow import Follower
from app.storage.dynamodb.tasks.reindex import Reindex
from app.storage.vocabulary_writer import VocabularyWriter

log = logging.getLogger(__name__)

# So many ids may wait for upkeep: a flood of made-up addresses must not fill the memory.
_MOST_NOTED = 200
_FOLDS_AT_ONCE = 5


class DynamoStore:
    """EmployeeStore on DynamoDB; see app/contracts. Any number of threads may share it."""

    def __init__(self, calls: Calls, names: tables.Tables) -> None:
        self.calls = calls
        self.tables = names
        self._transit = IndexWriter(calls, names)
        self._tally = Counters(calls, names)
        self._browser = Browser(calls, names, self._tally)
        self._upkeep = IndexRepair(calls, names, self._transit)
        self._own_words = VocabularyWriter(WordRows(calls, names).write)
        self._noted: dict[str, None] = {}
        self._noting = Lock()

    def get(self, employee_id: str) -> Employee:
        key = self.tables.person_key(records.checked_id(employee_id))
        request = {"TableName": self.tables.people, "Key": key, "ConsistentRead": True}
        item = self.calls.read("GetItem", self.tables.people, request).get("Item")
        if item is None:
            self._note(employee_id)  # index rows may be left of one who was deleted outside
            raise EmployeeNotFound(employee_id)
        employee = records.employee_from(item)
        if records.index_hash(item) != project_rows(employee).hash:
            self._note(employee_id)
        return employee

    def add(self, employee: Employee, write_id: str) -> Employee:
        records.checked_id(employee.id)
        wanted = records.tidy_text(employee)
        after = project_rows(wanted)
        item = records.new_record(wanted, after.hash, write_id)
        put = {
            "TableName": self.tables.people,
            "Item": item,
            "ConditionExpression": "attribute_not_exists(id)",
        }
        seen = Manifest(employee.id)
        for _ in range(MAX_ROUNDS):
            try:
                self._transit.move(seen, after, {"Put": put})
            except ConditionFailed:
                known = self._transit.known(employee.id)
                if known.item is not None:
                    return _already(known.item, wanted, write_id)
                # A manifest without a record: deleted by us or, with rows left, by someone outside.
                if known.manifest.remembers_deletion or known.manifest.shape is not None:
                    self._note(employee.id)
                    raise EmployeeDeleted(employee.id) from None
                seen = known.manifest
            else:
                return self._own_words.note(records.employee_from(item))
        raise busy(self.tables)

    def update(self, employee: Employee, expected_revision: str, write_id: str) -> Employee:
        wanted = records.tidy_text(employee)
        for _ in range(MAX_ROUNDS):
            known = self._transit.known(records.checked_id(employee.id))
            if known.item is None:
                raise _missing(known.manifest)
            stored = records.employee_from(known.item)
            if records.written_by(known.item) == write_id or stored.same_content(wanted):
                return stored
            if revision_of(stored) != expected_revision:
                raise EditConflict(stored)
            after = project_rows(wanted)
            change = records.changes(stored, wanted, after.hash, write_id)
            try:
                self._transit.move(known.manifest, after, self._update(known.item, change))
            except ConditionFailed:
                continue
            changed = records.changed(known.item, change)
            return self._own_words.note(records.employee_from(changed))
        raise busy(self.tables)

    def delete(self, employee_id: str, expected_revision: str | None, write_id: str) -> Employee:
        for _ in range(MAX_ROUNDS):
            known = self._transit.known(records.checked_id(employee_id))
            if known.item is None:
                if known.manifest.remembers_deletion and known.manifest.gone == write_id:
                    return Employee(id=employee_id, full_name="")
                if known.manifest.shape is not None:
                    self._note(employee_id)
                raise _missing(known.manifest)
            stored = records.employee_from(known.item)
            if expected_revision is not None and revision_of(stored) != expected_revision:
                raise EditConflict(stored)
            action = {
                "Delete": {**self._about(known.item), **condition(records.as_read(known.item))}
            }
            try:
                self._transit.move(known.manifest, None, action, gone=write_id, rewrite=True)
            except ConditionFailed:
                continue
            return stored
        raise busy(self.tables)

    def browse(self, query: Query, cursor: str | None = None, limit: int = PAGE_SIZE) -> Page:
        return self._browser.browse(query, cursor, limit)

    def facets(self) -> Facets:
        return facets_from(self._tally.snapshot().counts)

    def check(self) -> None:
        keys = {
            self.tables.people: self.tables.person_key("-"),
            self.tables.index: self.tables.index_key("tally", "0"),
        }
        request = {table: {"Keys": [key], "ConsistentRead": True} for table, key in keys.items()}
        self.calls.probe("BatchGetItem", ", ".join(keys), {"RequestItems": request})

    def maintain(self) -> None:
        if self._noted or self._tally.wants_fold or self._own_words.wants_writing:
            # In a context of its own: the time of the request that is over does not count.
            contextvars.copy_context().run(self._tidy)

    def set_up(self) -> list[str]:
        return list(tables.set_up(self.calls, self.tables))

    def reindex(self, *, force: bool = False) -> Iterator[Progress]:
        return self._reindex(force=force)

    def follow(self, stop: Event, *, once: bool = False) -> Iterator[str]:
        own = Counters(self.calls, self.tables)
        follower = Follower(self.calls, self.tables, self._upkeep, own, self._reindex)
        return follower.run(stop, once=once)

    def add_many(
        self, employees: Iterable[Employee], *, keep_versions: bool = False
    ) -> Iterator[int]:
        task = BulkAdd(gather(self.calls, self.tables), keep_versions=keep_versions)
        return self._own_words.writing(task.run(self._own_words.noting(employees)))

    def vocabulary(self) -> Iterator[str]:
        return WordRows(self.calls, self.tables).all()

    def delete_many(self, deletions: Sequence[Deletion]) -> list[Employee | DirectoryError]:
        return delete_many(self.delete, deletions)

    def get_many(self, employee_ids: Collection[str]) -> dict[str, Employee]:
        return lookups.get_many(self._transit, self.tables, employee_ids)

    def find_by_email(self, addresses: Collection[str]) -> dict[str, tuple[str, ...]]:
        return lookups.find_by_email(self.calls, self._transit, self.tables, addresses)

    def iter_batches(self, bookmark: str = "") -> Iterator[Batch]:
        return everyone.each_batch(self.calls, self.tables, bookmark)

    def photo_keys(self) -> Iterator[str]:
        return everyone.photo_keys(self.calls, self.tables)

    def shared_secret(self, proposal: str) -> str | None:
        return shared_secret(self.calls, self.tables, proposal)

    def _reindex(self, *, force: bool = False) -> Generator[Progress, None, None]:
        task = Reindex(gather(self.calls, self.tables), self._own_words.note)
        return self._own_words.writing(task.run(force=force))

    def _tidy(self) -> None:
        deadline.start()
        with self._noting:
            noted, self._noted = list(self._noted), {}
        try:
            for employee_id in noted:
                self._upkeep.heal(employee_id)
            for _ in range(_FOLDS_AT_ONCE if self._tally.wants_fold else 0):
                if not self._tally.fold():
                    break
            self._tally.wants_fold = False
        except StorageUnavailable as error:
            log.warning("the index was not tidied: %s", error)
        self._own_words.write()

    def _note(self, employee_id: str) -> None:
        with self._noting:
            if len(self._noted) < _MOST_NOTED:
                self._noted[employee_id] = None

    def _update(self, item: Item, change: records.Expression) -> dict[str, Any]:
        still = records.as_read(item)
        names, values = {**still.names, **change.names}, {**still.values, **change.values}
        expression = condition(records.Expression(still.text, names, values))
        return {"Update": {**self._about(item), "UpdateExpression": change.text, **expression}}

    def _about(self, item: Item) -> dict[str, Any]:
        key = self.tables.person_key(item["id"]["S"])
        return {"TableName": self.tables.people, "Key": key}


def open_dynamodb_store(settings: Settings) -> DynamoStore:
    """The store in the tables that the settings name. No input or output yet."""
    names = tables.Tables(settings.dynamo_table, settings.index_table)
    return DynamoStore(Calls(settings.region), names)


def _already(item: Item, wanted: Employee, write_id: str) -> Employee:
    stored = records.employee_from(item)
    if records.written_by(item) == write_id or stored.same_content(wanted):
        return stored
    raise EditConflict(stored)


def _missing(manifest: Manifest) -> EmployeeNotFound:
    if manifest.remembers_deletion or manifest.shape is not None:
        return EmployeeDeleted(manifest.employee_id)
    return EmployeeNotFound(manifest.employee_id)
