"""Bulk add: index rows in batches, then records, manifests and counters in transactions of 32.

Each record has its change beside it, unless versions are kept: those of a backup are restored by
themselves.

While one group is committed, other threads write the index rows of the next groups. Commits run one
after the other, since concurrent transactions that check the lease item conflict. Rows without a
committed record look like orphans, so an import holds the same lease as reindex, and each of its
transactions checks it.
"""

import logging
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from threading import Event
from typing import NamedTuple

from app.history.changes import Write
from app.model.employee import Employee
from app.model.errors import StorageUnavailable
from app.model.fields import CONTENT_FIELDS
from app.runtime import batches
from app.storage.dynamodb.client.batch_writes import MAX_BATCH_ACTIONS, write_batch
from app.storage.dynamodb.client.failures import ConditionFailed, rejecting_large_records
from app.storage.dynamodb.history.writer import Recording
from app.storage.dynamodb.index.counters import MAX_UNFOLDED_DELTAS, count_delta, put_delta
from app.storage.dynamodb.index.manifests import Manifest, put_manifest
from app.storage.dynamodb.index.rows import Projection
from app.storage.dynamodb.index.transactions import sum_deltas
from app.storage.dynamodb.records.codec import new_record, normalized
from app.storage.dynamodb.tasks.context import TaskContext

log = logging.getLogger(__name__)

# Three actions each, one for the counters and one for the lease are 98 of the 100 of a transaction.
GROUP_SIZE = 32
# 4 MB of up to four bytes a character, which the record and its change both have, less what each of
# their items has beside its texts.
_MAX_CHARACTERS = 450_000
_MAX_WRITERS = 4
# Groups in memory at the same time.
_MAX_GROUPS = _MAX_WRITERS + 1


class _Addition(NamedTuple):
    employee: Employee
    projection: Projection


def _characters(addition: _Addition) -> int:
    """Return the characters of a record and its manifest, without their names."""
    texts = (getattr(addition.employee, name) for name in CONTENT_FIELDS)
    return sum(len(text) if isinstance(text, str) else sum(map(len, text)) for text in texts)


def _longest(additions: list[_Addition]) -> str:
    return max(additions, key=_characters).employee.id


class _Group(NamedTuple):
    ids: frozenset[str]
    additions: Future[list[_Addition]]


class BulkAdd:
    """One run of add_many, which takes back the rows of people whom it did not add.

    After a kill it can run again; reindex sweeps the rows that were left.
    """

    def __init__(self, context: TaskContext, write: Write, *, keep_versions: bool) -> None:
        self._calls, self._tables, self._writer, *_ = context
        self._repair, self._counters = context.repair, context.counters
        self._lease, self._order = context.lease, context.order
        self._write, self._changes = write, context.changes
        self._keep_versions = keep_versions
        self._stopped = Event()
        self._uncommitted: dict[str, Projection] = {}

    def run(self, employees: Iterable[Employee]) -> Iterator[int]:
        """Add new employees, and yield after each group how many were added so far."""
        stored = 0
        source = iter(employees)
        self._lease.acquire()
        try:
            with ThreadPoolExecutor(_MAX_WRITERS) as writers:
                try:
                    groups = self._groups_with_rows(source, writers)
                    for number, group in enumerate(groups, start=1):
                        stored += self._commit_group(group)
                        if number % MAX_UNFOLDED_DELTAS == 0:
                            self._counters.fold()
                        yield stored
                finally:
                    self._stopped.set()
            while self._counters.fold():
                self._lease.renew()
        finally:
            self._take_back_rows()
            self._release_lease()

    def _groups_with_rows(
        self, source: Iterator[Employee], writers: ThreadPoolExecutor
    ) -> Iterator[list[_Addition]]:
        """Yield the new employees of each group, in order, when their index rows are written."""
        pending: deque[_Group] = deque()
        while group_employees := list(islice(source, GROUP_SIZE)):
            # An id that is repeated while the first is pending is skipped like one that exists.
            pending_ids = {employee_id for group in pending for employee_id in group.ids}
            employees: dict[str, Employee] = {}
            for employee in group_employees:
                if employee.id not in pending_ids:
                    employees.setdefault(employee.id, normalized(employee))
            additions = writers.submit(self._write_rows, employees)
            pending.append(_Group(frozenset(employees), additions))
            if len(pending) == _MAX_GROUPS:
                yield pending[0].additions.result()
                pending.popleft()
        for group in pending:
            yield group.additions.result()

    def _write_rows(self, employees: dict[str, Employee]) -> list[_Addition]:
        """Write the index rows of the new employees among these, and return the new ones."""
        states = self._writer.read_states(employees)
        additions = [
            _Addition(employee, self._order.project(employee))
            for employee in employees.values()
            if states[employee.id].item is None and not states[employee.id].manifest.rev
        ]
        self._uncommitted |= {each.employee.id: each.projection for each in additions}
        rows = (item for addition in additions for item in addition.projection.items().values())
        while (batch := list(islice(rows, MAX_BATCH_ACTIONS))) and not self._stopped.is_set():
            self._lease.renew()
            puts = [{"PutRequest": {"Item": row}} for row in batch]
            write_batch(self._calls, self._tables.index, puts)
        return additions

    def _commit_group(self, additions: list[_Addition]) -> int:
        # DynamoDB accepts transactions of at most 4 MB.
        parts = batches.by_size(additions, _characters, _MAX_CHARACTERS, GROUP_SIZE)
        return sum(map(self._commit_part, parts))

    def _commit_part(self, additions: list[_Addition]) -> int:
        self._lease.renew()
        try:
            with rejecting_large_records(_longest(additions)):
                self._commit(additions)
        except ConditionFailed:
            return self._commit_one_by_one(additions)
        return len(additions)

    def _commit(self, additions: list[_Addition]) -> None:
        actions = [self._lease.fence()]
        for employee, projection in additions:
            recording = self._record(employee)
            record = new_record(
                employee,
                projection.hash,
                "",
                recording.mark,
                keep_version=self._keep_versions,
            )
            put = {
                "TableName": self._tables.people,
                "Item": record,
                "ConditionExpression": "attribute_not_exists(id)",
            }
            manifest = put_manifest(self._tables.index, Manifest(employee.id), projection.shape, "")
            actions += [{"Put": put}, manifest, *recording.actions]
        delta = sum_deltas(
            count_delta((), addition.projection.shape.counted_facets) for addition in additions
        )
        self._writer.transact([*actions, put_delta(self._tables.index, delta)])
        for employee, _ in additions:
            del self._uncommitted[employee.id]

    def _record(self, employee: Employee) -> Recording:
        if self._keep_versions:
            return Recording(employee.history, [])
        added = replace(employee, version=1)
        return self._changes.of_addition(added, self._write, in_bulk=True)

    def _commit_one_by_one(self, additions: list[_Addition]) -> int:
        """Commit each alone, since another writer added one and our rows may overwrite its rows."""
        self._lease.verify()
        stored = 0
        for addition in additions:
            employee_id = addition.employee.id
            try:
                self._commit([addition])
                stored += 1
            except ConditionFailed:
                self._repair.heal(employee_id, force=True)
                keys = addition.projection.shape.keys(employee_id)
                self._repair.sweep(employee_id, keys, [self._lease.fence()])
                del self._uncommitted[employee_id]
        return stored

    def _take_back_rows(self) -> None:
        """Delete the rows of people who were not added, which lists would show until a reindex.

        The manifest is asked for each: a commit whose reply was lost may have added some. While the
        service does not answer they stay: the same import adds these people when it is resumed.
        """

        def take_back(employee_id: str) -> None:
            keys = self._uncommitted[employee_id].shape.keys(employee_id)
            self._repair.sweep(employee_id, keys, [])

        try:
            with ThreadPoolExecutor(_MAX_WRITERS) as sweepers:
                for _ in sweepers.map(take_back, list(self._uncommitted)):
                    pass
        except StorageUnavailable as error:
            log.warning("index rows of people who were not added remain: %s", error)

    def _release_lease(self) -> None:
        try:
            self._lease.release(finished=True)
        except StorageUnavailable as error:
            log.warning("the lease of this import could not be released and will expire: %s", error)
