"""Bulk import: index rows by batches, then records, manifests and counts of 49 people at once.

Rows of people who are not committed yet look like rows that no record wants. So an import holds the
lease that reindex holds, and each of its transactions checks that it still does.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any, NamedTuple

from app.employee import Employee
from app.errors import StorageUnavailable
from app.storage.dynamodb.calls import Calls, Item
from app.storage.dynamodb.lease import Lease
from app.storage.dynamodb.manifests import Manifest, put_manifest
from app.storage.dynamodb.records import new_record, tidy_text
from app.storage.dynamodb.rows import Projection, project
from app.storage.dynamodb.tables import Tables
from app.storage.dynamodb.tally import MANY_DELTAS, Tally, delta_between, put_delta
from app.storage.dynamodb.transit import Transit, summed_delta
from app.storage.dynamodb.troubles import ConditionFailed
from app.storage.dynamodb.upkeep import Upkeep

log = logging.getLogger(__name__)

# Two actions each, one for the counts, one for the lease: the 100 that a transaction may have.
PEOPLE_AT_ONCE = 49
_ROWS_AT_ONCE = 25
_WRITERS = 4


class _Newcomer(NamedTuple):
    employee: Employee
    projection: Projection


class BulkImport:
    """One run. A killed one is run again; what it left behind is swept by reindex."""

    def __init__(
        self,
        calls: Calls,
        tables: Tables,
        transit: Transit,
        upkeep: Upkeep,
        tally: Tally,
        lease: Lease,
    ) -> None:
        self._calls = calls
        self._tables = tables
        self._transit = transit
        self._upkeep = upkeep
        self._tally = tally
        self._lease = lease

    def run(self, employees: Iterable[Employee]) -> Iterator[int]:
        stored = transactions = 0
        source = iter(employees)
        self._lease.take()
        try:
            with ThreadPoolExecutor(_WRITERS) as writers:
                while some := list(islice(source, PEOPLE_AT_ONCE)):
                    stored += self._add(self._new_among(some), writers)
                    transactions += 1
                    if transactions % MANY_DELTAS == 0:
                        self._tally.fold()
                    yield stored
            while self._tally.fold():
                self._lease.renew()
        finally:
            self._let_go()

    def _let_go(self) -> None:
        try:
            self._lease.release()
        except StorageUnavailable as error:
            log.warning("the lease of this import runs out by itself: %s", error)

    def _new_among(self, some: Sequence[Employee]) -> list[_Newcomer]:
        people: dict[str, Employee] = {}
        for employee in some:
            people.setdefault(employee.id, tidy_text(employee))
        known = self._transit.known_of(people)
        return [
            _Newcomer(employee, project(employee))
            for employee in people.values()
            if known[employee.id].item is None and not known[employee.id].manifest.rev
        ]

    def _add(self, newcomers: list[_Newcomer], writers: ThreadPoolExecutor) -> int:
        if not newcomers:
            self._lease.renew()
            return 0
        self._lease.renew()
        rows = [item for one in newcomers for item in one.projection.items().values()]
        batches = [rows[at : at + _ROWS_AT_ONCE] for at in range(0, len(rows), _ROWS_AT_ONCE)]
        for _ in writers.map(self._put_rows, batches):
            self._lease.renew()
        try:
            self._commit(newcomers)
        except ConditionFailed:
            return self._add_one_by_one(newcomers)
        return len(newcomers)

    def _put_rows(self, items: list[Item]) -> None:
        left: dict[str, Any] = {
            self._tables.index: [{"PutRequest": {"Item": one}} for one in items]
        }
        tries = 0
        while left:
            answer = self._calls.write("BatchWriteItem", self._tables.index, {"RequestItems": left})
            left = answer.get("UnprocessedItems") or {}
            if left:
                tries += 1
                time.sleep(random.random() * min(2.0, 0.05 * 2**tries))

    def _commit(self, newcomers: list[_Newcomer]) -> None:
        actions = [self._lease.fence()]
        for employee, projection in newcomers:
            put = {
                "TableName": self._tables.people,
                "Item": new_record(employee, projection.hash, ""),
                "ConditionExpression": "attribute_not_exists(id)",
            }
            actions.append({"Put": put})
            seen = Manifest(employee.id)
            actions.append(put_manifest(self._tables.index, seen, projection.shape, ""))
        delta = summed_delta(delta_between((), one.projection.shape.counted) for one in newcomers)
        self._transit.transact([*actions, put_delta(self._tables.index, delta)])

    def _add_one_by_one(self, newcomers: list[_Newcomer]) -> int:
        """Somebody added one of these people meanwhile, and our rows may lie over theirs."""
        self._lease.prove()
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
