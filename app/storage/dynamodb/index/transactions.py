"""IndexWriter: the one writer of a record together with its index rows, manifest and counts."""

from __future__ import annotations

import random
import time
import uuid
from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from app.model.errors import StorageUnavailable
from app.storage.dynamodb.client.calls import SERVICE, Calls, Item
from app.storage.dynamodb.client.tables import Tables
from app.storage.dynamodb.index.counters import count_delta, put_delta
from app.storage.dynamodb.index.manifests import Manifest, manifest_key, put_manifest, read_manifest
from app.storage.dynamodb.index.rows import Projection

# So many keys one BatchGetItem takes.
BATCH_READ = 100
_MOST_EMPTY_HANDED = 8
MAX_ACTIONS = 100


class Known(NamedTuple):
    """What is stored of one employee: the record (or None) and the manifest."""

    item: Item | None
    manifest: Manifest


class IndexWriter:
    """Moves the index from one state of an employee to the next, in one transaction."""

    def __init__(self, calls: Calls, tables: Tables) -> None:
        self._calls = calls
        self._tables = tables

    def known(self, employee_id: str) -> Known:
        """Record and manifest, read consistently in one call."""
        return self.known_of([employee_id])[employee_id]

    def known_of(self, employee_ids: Iterable[str]) -> dict[str, Known]:
        """The same for several employees."""
        ids = list(dict.fromkeys(employee_ids))
        found: dict[str, Known] = {}
        for at in range(0, len(ids), BATCH_READ // 2):
            found |= self._known_of_some(ids[at : at + BATCH_READ // 2])
        return found

    def manifests_of(self, employee_ids: Iterable[str]) -> dict[str, Manifest]:
        """The manifests of several employees, read consistently."""
        ids = list(dict.fromkeys(employee_ids))
        found: dict[str, Manifest] = {}
        for at in range(0, len(ids), BATCH_READ):
            some = ids[at : at + BATCH_READ]
            keys = [manifest_key(employee_id) for employee_id in some]
            by_view = self._by_view(self.batch_get({self._tables.index: keys}))
            for employee_id in some:
                item = by_view.get(manifest_key(employee_id)["view"]["S"])
                found[employee_id] = read_manifest(employee_id, item)
        return found

    def batch_get(self, keys: dict[str, list[Item]]) -> dict[str, list[Item]]:
        """Items of both tables by their keys, read consistently, however many answers it takes."""
        found: dict[str, list[Item]] = {table: [] for table in keys}
        left: dict[str, Any] = {
            table: {"Keys": some, "ConsistentRead": True} for table, some in keys.items() if some
        }
        empty_handed = 0
        while left:
            answer = self._calls.read("BatchGetItem", ", ".join(left), {"RequestItems": left})
            for table, items in answer["Responses"].items():
                found[table] += items
            left = answer.get("UnprocessedKeys") or {}
            empty_handed = 0 if any(answer["Responses"].values()) else empty_handed + 1
            if left and empty_handed:
                self._wait_for_more(", ".join(left), empty_handed)
        return found

    def move(
        self,
        seen: Manifest,
        after: Projection | None,
        record_action: dict[str, Any],
        *,
        gone: str = "",
        rewrite: bool = False,
    ) -> None:
        """Carry out the record's action and bring the index to ``after`` (None: nothing is left).

        All or nothing. Raises ConditionFailed when record or manifest are not as they were seen.
        Whatever a list shows is in every row, so a change of it rewrites them all; a change that no
        list shows is the record's action alone.
        """
        actions = [record_action]
        shape = after.shape if after else None
        if rewrite or seen.shape is None or shape is None or seen.shape.hash != shape.hash:
            actions += self._index_actions(seen, after, gone)
        self.transact(actions)

    def transact(self, actions: list[dict[str, Any]]) -> None:
        """All of these or none. The token makes a repeated call one, and is never used again."""
        self._calls.write(
            "TransactWriteItems",
            f"{self._tables.people}, {self._tables.index}",
            {"TransactItems": actions, "ClientRequestToken": str(uuid.uuid4())},
        )

    def _wait_for_more(self, resource: str, empty_handed: int) -> None:
        """The service gave nothing of what is left: it has no time for us."""
        if empty_handed > _MOST_EMPTY_HANDED:
            reason = "it was asked for more than it may give (throttled)"
            raise StorageUnavailable(SERVICE, "dynamodb:BatchGetItem", resource, reason)
        time.sleep(random.random() * min(0.5, 0.02 * 2**empty_handed))

    def _index_actions(
        self, seen: Manifest, after: Projection | None, gone: str
    ) -> list[dict[str, Any]]:
        index = self._tables.index
        actions = [put_manifest(index, seen, after.shape if after else None, gone)]
        items = after.items() if after else {}
        actions += [{"Put": {"TableName": index, "Item": item}} for item in items.values()]
        old_keys = seen.shape.keys(seen.employee_id) if seen.shape else set()
        for view, at in sorted(old_keys - items.keys()):
            key = self._tables.index_key(view, at)
            actions.append({"Delete": {"TableName": index, "Key": key}})
        delta = count_delta(seen.counted_facets, after.shape.counted_facets if after else ())
        if delta:
            actions.append(put_delta(index, delta))
        return actions

    def _known_of_some(self, ids: list[str]) -> dict[str, Known]:
        people, index = self._tables.people, self._tables.index
        found = self.batch_get(
            {
                people: [self._tables.person_key(employee_id) for employee_id in ids],
                index: [manifest_key(employee_id) for employee_id in ids],
            }
        )
        records = {item["id"]["S"]: item for item in found[people]}
        by_view = self._by_view(found)
        known = {}
        for employee_id in ids:
            manifest = by_view.get(manifest_key(employee_id)["view"]["S"])
            known[employee_id] = Known(
                records.get(employee_id), read_manifest(employee_id, manifest)
            )
        return known

    def _by_view(self, found: dict[str, list[Item]]) -> dict[str, Item]:
        return {item["view"]["S"]: item for item in found[self._tables.index]}


def summed_delta(deltas: Iterable[Counter[str]]) -> Counter[str]:
    """Several deltas as one."""
    total: Counter[str] = Counter()
    for delta in deltas:
        total.update(delta)
    return Counter({facet: count for facet, count in total.items() if count})
