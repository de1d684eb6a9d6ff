"""Bulk import: index rows by batches, then records, manifests and counts of 49 people at once.

While one group of people is committed, the rows of the next are written by other threads. Commits
follow one another: each checks the lease, and two that check one item at once are in each other's
way. Rows of people who are not committed yet look like rows that no record wants. So an import
holds the lease that reindex holds, and each of its transactions checks that it still does.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from threading import Event
from typing import NamedTuple

from app.model.employee import Employee
from app.model.errors import StorageUnavailable
from app.storage.dynamodb.client.batch_writes import MAX_BATCH_ACTIONS, write_batch
from app.storage.dynamodb.client.failures import ConditionFailed
from app.storage.dynamodb.index.counters import MAX_UNFOLDED_DELTAS, count_delta, put_delta
from app.storage.dynamodb.index.manifests import Manifest, put_manifest
from app.storage.dynamodb.index.rows import Projection, project_rows
from app.storage.dynamodb.index.transactions import summed_delta
from app.storage.dynamodb.records import new_record, tidy_text
from app.storage.dynamodb.tasks.context import TaskContext

log = logging.getLogger(__name__)

# Two actions each, one for the counts, one for the lease: the 100 that a transaction may have.
PEOPLE_AT_ONCE = 49
_WRITERS = 4
# So many groups may be on their way, which bounds the memory.
_GROUPS_AT_ONCE = _WRITERS + 1


class _Newcomer(NamedTuple):
    employee: Employee
    projection: Projection


class _Group(NamedTuple):
    ids: frozenset[str]
    written: Future[list[_Newcomer]]


class BulkAdd:
    """One run. A killed one is run again; what it left behind is swept by reindex."""

    def __init__(self, equipment: TaskContext, *, keep_versions: bool) -> None:
        self._calls, self._tables, self._transit, self._upkeep, self._tally, self._lease = equipment
        self._keep_versions = keep_versions
        self._stopped = Event()

    def run(self, employees: Iterable[Employee]) -> Iterator[int]:
        stored = 0
        source = iter(employees)
        self._lease.acquire()
        try:
            with ThreadPoolExecutor(_WRITERS) as writers:
                try:
                    for number, group in enumerate(self._written(source, writers), start=1):
                        stored += self._commit_all(group)
                        if number % MAX_UNFOLDED_DELTAS == 0:
                            self._tally.fold()
                        yield stored
                finally:
                    self._stopped.set()
            while self._tally.fold():
                self._lease.renew()
        finally:
            self._let_go()

    def _written(
        self, source: Iterator[Employee], writers: ThreadPoolExecutor
    ) -> Iterator[list[_Newcomer]]:
        """The people group by group, in their order; those who are new have their rows already."""
        on_their_way: deque[_Group] = deque()
        while some := list(islice(source, PEOPLE_AT_ONCE)):
            # Who comes again so soon would be left alone anyhow, once the first is there.
            known = {each for group in on_their_way for each in group.ids}
            people: dict[str, Employee] = {}
            for employee in some:
                if employee.id not in known:
                    people.setdefault(employee.id, tidy_text(employee))
            on_their_way.append(_Group(frozenset(people), writers.submit(self._write_rows, people)))
            if len(on_their_way) == _GROUPS_AT_ONCE:
                yield on_their_way[0].written.result()
                on_their_way.popleft()
        for group in on_their_way:
            yield group.written.result()

    def _write_rows(self, people: dict[str, Employee]) -> list[_Newcomer]:
        """Write the rows of those of these people who are new; who they are."""
        known = self._transit.known_of(people)
        newcomers = [
            _Newcomer(employee, project_rows(employee))
            for employee in people.values()
            if known[employee.id].item is None and not known[employee.id].manifest.rev
        ]
        rows = (item for one in newcomers for item in one.projection.items().values())
        while (batch := list(islice(rows, MAX_BATCH_ACTIONS))) and not self._stopped.is_set():
            self._lease.renew()
            puts = [{"PutRequest": {"Item": row}} for row in batch]
            write_batch(self._calls, self._tables.index, puts)
        return newcomers

    def _commit_all(self, newcomers: list[_Newcomer]) -> int:
        self._lease.renew()
        if not newcomers:
            return 0
        try:
            self._commit(newcomers)
        except ConditionFailed:
            return self._commit_one_by_one(newcomers)
        return len(newcomers)

    def _commit(self, newcomers: list[_Newcomer]) -> None:
        actions = [self._lease.fence()]
        for employee, projection in newcomers:
            put = {
                "TableName": self._tables.people,
                "Item": new_record(employee, projection.hash, "", keep_version=self._keep_versions),
                "ConditionExpression": "attribute_not_exists(id)",
            }
            actions.append({"Put": put})
            seen = Manifest(employee.id)
            actions.append(put_manifest(self._tables.index, seen, projection.shape, ""))
        delta = summed_delta(
            count_delta((), one.projection.shape.counted_facets) for one in newcomers
        )
        self._transit.transact([*actions, put_delta(self._tables.index, delta)])

    def _commit_one_by_one(self, newcomers: list[_Newcomer]) -> int:
        """Somebody added one of these people meanwhile, and our rows may lie over theirs."""
        self._lease.verify()
        stored = 0
        for one in newcomers:
            try:
                self._commit([one])
                stored += 1
            except ConditionFailed:
                self._upkeep.heal(one.employee.id, force=True)
                keys = one.projection.shape.keys(one.employee.id)
                self._upkeep.sweep(one.employee.id, keys, [self._lease.fence()])
        return stored

    def _let_go(self) -> None:
        try:
            self._lease.release(finished=True)
        except StorageUnavailable as error:
            log.warning("the lease of this import runs out by itself: %s", error)
