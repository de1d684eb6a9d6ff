"""IndexWriter: the writer of a record with its index rows, manifest and counters."""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from app.storage.dynamodb.client.batch_reads import MAX_BATCH_KEYS, batch_get
from app.storage.dynamodb.client.calls import Calls, Item
from app.storage.dynamodb.client.tables import Tables
from app.storage.dynamodb.index.counters import count_delta, put_delta
from app.storage.dynamodb.index.manifests import Manifest, manifest_key, put_manifest, read_manifest
from app.storage.dynamodb.index.rows import Key, Projection


class StoredState(NamedTuple):
    """The stored state of one employee: the record, or None, and the manifest."""

    item: Item | None
    manifest: Manifest


class IndexWriter:
    """The writer of the index: from one state of an employee to the next in one transaction."""

    def __init__(self, calls: Calls, tables: Tables) -> None:
        self._calls = calls
        self._tables = tables

    def read_state(self, employee_id: str) -> StoredState:
        """Read record and manifest of an employee, strongly consistent, in one call."""
        return self.read_states([employee_id])[employee_id]

    def read_states(self, employee_ids: Iterable[str]) -> dict[str, StoredState]:
        """Read the states of several employees, strongly consistent."""
        ids = list(dict.fromkeys(employee_ids))
        states: dict[str, StoredState] = {}
        for start in range(0, len(ids), MAX_BATCH_KEYS // 2):
            states |= self._read_states_batch(ids[start : start + MAX_BATCH_KEYS // 2])
        return states

    def read_manifests(self, employee_ids: Iterable[str]) -> dict[str, Manifest]:
        """Read the manifests of several employees, strongly consistent."""
        ids = list(dict.fromkeys(employee_ids))
        manifests: dict[str, Manifest] = {}
        for start in range(0, len(ids), MAX_BATCH_KEYS):
            batch = ids[start : start + MAX_BATCH_KEYS]
            keys = [manifest_key(employee_id) for employee_id in batch]
            by_view = self._by_view(self.batch_get({self._tables.index: keys}))
            for employee_id in batch:
                item = by_view.get(manifest_key(employee_id)["view"]["S"])
                manifests[employee_id] = read_manifest(employee_id, item)
        return manifests

    def batch_get(self, keys: dict[str, list[Item]]) -> dict[str, list[Item]]:
        """Read items of both tables by their keys, strongly consistent; retry unprocessed keys."""
        return batch_get(self._calls, keys)

    def apply(
        self,
        previous: Manifest,
        projection: Projection | None,
        record_action: dict[str, Any],
        *more: dict[str, Any],
        deleted_by: str = "",
        rewrite: bool = False,
        before: Projection | None = None,
    ) -> None:
        """Write the record and bring its index rows to ``projection`` (None: no rows).

        All or nothing. Raises ConditionFailed when record or manifest changed since they were read.
        ``more`` are further actions, such as those that tell the change.
        Every row contains the whole card, so a change of the card rewrites all rows; a change that
        no list shows writes the record alone. ``before`` is the content until now, where it is
        likely that rows of it stay: those are not written.
        """
        actions = [record_action, *more]
        old, new = previous.shape, projection.shape if projection else None
        if rewrite or old is None or new is None or old.hash != new.hash:
            stay = before.items() if before and old and before.hash == old.hash else {}
            actions += self._index_actions(previous, projection, deleted_by, stay)
        self.transact(actions)

    def transact(self, actions: list[dict[str, Any]]) -> None:
        """Write all actions or none; the unique token makes retries of the call idempotent."""
        self._calls.write(
            "TransactWriteItems",
            f"{self._tables.people}, {self._tables.index}",
            {"TransactItems": actions, "ClientRequestToken": str(uuid.uuid4())},
        )

    def _index_actions(
        self,
        previous: Manifest,
        projection: Projection | None,
        deleted_by: str,
        stay: Mapping[Key, Item],
    ) -> list[dict[str, Any]]:
        index = self._tables.index
        shape = projection.shape if projection else None
        actions = [put_manifest(index, previous, shape, deleted_by)]
        items = projection.items() if projection else {}
        actions += [
            {"Put": {"TableName": index, "Item": item}}
            for key, item in items.items()
            if stay.get(key) != item
        ]
        old_keys = previous.shape.keys(previous.employee_id) if previous.shape else set()
        for view, at in sorted(old_keys - items.keys()):
            key = self._tables.index_key(view, at)
            actions.append({"Delete": {"TableName": index, "Key": key}})
        delta = count_delta(previous.counted_facets, shape.counted_facets if shape else ())
        if delta:
            actions.append(put_delta(index, delta))
        return actions

    def _read_states_batch(self, ids: list[str]) -> dict[str, StoredState]:
        people, index = self._tables.people, self._tables.index
        items = self.batch_get(
            {
                people: [self._tables.person_key(employee_id) for employee_id in ids],
                index: [manifest_key(employee_id) for employee_id in ids],
            }
        )
        records = {item["id"]["S"]: item for item in items[people]}
        by_view = self._by_view(items)
        states = {}
        for employee_id in ids:
            manifest = by_view.get(manifest_key(employee_id)["view"]["S"])
            states[employee_id] = StoredState(
                records.get(employee_id), read_manifest(employee_id, manifest)
            )
        return states

    def _by_view(self, items: dict[str, list[Item]]) -> dict[str, Item]:
        return {item["view"]["S"]: item for item in items[self._tables.index]}


def sum_deltas(deltas: Iterable[Counter[str]]) -> Counter[str]:
    """Return the sum of deltas, without zeros."""
    total: Counter[str] = Counter()
    for delta in deltas:
        total.update(delta)
    return Counter({facet: count for facet, count in total.items() if count})
