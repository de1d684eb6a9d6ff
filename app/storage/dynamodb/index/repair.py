"""IndexRepair: it makes the index rows of one employee agree with the record."""

import logging
from typing import Any

from app.model.errors import StorageUnavailable
from app.storage.dynamodb.client.batch_reads import MAX_BATCH_KEYS
from app.storage.dynamodb.client.calls import SERVICE, Calls, Item
from app.storage.dynamodb.client.failures import ConditionFailed, is_item_rejected
from app.storage.dynamodb.client.tables import Tables
from app.storage.dynamodb.index.manifests import Manifest, check_manifest
from app.storage.dynamodb.index.order import IndexOrder
from app.storage.dynamodb.index.rows import Key, Projection
from app.storage.dynamodb.index.transactions import IndexWriter, StoredState
from app.storage.dynamodb.records.codec import employee_from, index_hash
from app.storage.dynamodb.records.conditions import unchanged, update_unchanged
from app.storage.dynamodb.records.expressions import Expression

log = logging.getLogger(__name__)

# Attempts when others change the same record at the same time.
MAX_ATTEMPTS = 12
_MAX_SWEPT_ROWS = 90


class IndexRepair:
    """The repair of index rows after writes by programs that do not know the index."""

    def __init__(
        self, calls: Calls, tables: Tables, order: IndexOrder, writer: IndexWriter
    ) -> None:
        self._calls = calls
        self._tables = tables
        self._order = order
        self._writer = writer

    def heal(self, employee_id: str, *, force: bool = False) -> bool:
        """Make the index agree with the record or its absence; return whether it wrote anything.

        The content and version of the record stay. ``force`` rewrites all rows. Index rows of a
        newer release are left alone. Raises StorageUnavailable under contention.
        """
        for _ in range(MAX_ATTEMPTS):
            try:
                return self._heal(employee_id, self._writer.read_state(employee_id), force)
            except ConditionFailed:
                continue
        raise contention(self._tables)

    def sweep(self, employee_id: str, keys: set[Key], fence: list[dict[str, Any]]) -> int:
        """Delete those of these index rows that the manifest does not name; return how many.

        The manifest is read after the rows: a writer in between changes its ``rev``, and the
        condition on it fails. ``fence`` are further conditions.
        """
        for _ in range(MAX_ATTEMPTS):
            manifest = self._writer.read_manifests([employee_id])[employee_id]
            if manifest.is_newer:
                return 0
            named = manifest.shape.keys(employee_id) if manifest.shape else set()
            table = self._tables.index
            orphans = self._existing_keys(keys - named)[:_MAX_SWEPT_ROWS]
            if not orphans:
                return 0
            actions = [*fence, check_manifest(table, manifest)]
            actions += [{"Delete": {"TableName": table, "Key": key}} for key in orphans]
            try:
                self._writer.transact(actions)
            except ConditionFailed:
                continue
            return len(orphans)
        raise contention(self._tables)

    def _existing_keys(self, keys: set[Key]) -> list[Item]:
        """Return the keys of existing rows, in DynamoDB's JSON."""
        index_keys = [self._tables.index_key(view, at) for view, at in sorted(keys)]
        items = []
        for start in range(0, len(index_keys), MAX_BATCH_KEYS):
            batch = {self._tables.index: index_keys[start : start + MAX_BATCH_KEYS]}
            items += self._writer.batch_get(batch)[self._tables.index]
        return [{"view": item["view"], "at": item["at"]} for item in items]

    def _heal(self, employee_id: str, state: StoredState, force: bool) -> bool:
        item, manifest = state
        if manifest.is_newer:
            return False
        if item is None:
            if manifest.shape is None and not manifest.is_unreadable:
                return False
            self._writer.apply(manifest, None, self._check_absent(employee_id))
            return True
        projection = self._order.project(employee_from(item))
        is_recorded = index_hash(item) == projection.hash
        if not is_recorded and self._repair_and_record(manifest, item, projection, force):
            return True
        if manifest.holds(projection.hash) and not force:
            return False
        self._writer.apply(manifest, projection, self._check_as_read(item), rewrite=force)
        return True

    def _repair_and_record(
        self, manifest: Manifest, item: Item, projection: Projection, force: bool
    ) -> bool:
        """Repair the rows and set ``ix`` of the record; return False if the record is full."""
        action = self._record_hash(item, projection)
        try:
            self._writer.apply(manifest, projection, action, rewrite=force)
        except StorageUnavailable as error:
            if not is_item_rejected(error):
                raise
            log.warning(
                "the record %r is in the index, but could not be marked as indexed: %s",
                projection.employee_id,
                error,
            )
            return False
        return True

    def _check_absent(self, employee_id: str) -> dict[str, Any]:
        key = self._record_key(employee_id)
        return {"ConditionCheck": {**key, "ConditionExpression": "attribute_not_exists(id)"}}

    def _check_as_read(self, item: Item) -> dict[str, Any]:
        return {"ConditionCheck": {**self._record_key(item["id"]["S"]), **unchanged(item)}}

    def _record_hash(self, item: Item, projection: Projection) -> dict[str, Any]:
        note = Expression("SET #ix = :ix", {"#ix": "ix"}, {":ix": {"S": projection.hash}})
        update = update_unchanged(item, note)
        return {"Update": {**self._record_key(item["id"]["S"]), **update}}

    def _record_key(self, employee_id: str) -> dict[str, Any]:
        return {"TableName": self._tables.people, "Key": self._tables.person_key(employee_id)}


def contention(tables: Tables) -> StorageUnavailable:
    """Return the error for a record that others changed during every attempt."""
    return StorageUnavailable(
        SERVICE,
        "dynamodb:TransactWriteItems",
        tables.people,
        "other writers kept changing the same record",
    )
