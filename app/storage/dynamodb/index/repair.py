"""IndexRepair: it makes the index rows of one employee agree with the record."""

import logging
from typing import Any

from app.model.employee import Employee
from app.model.errors import StorageUnavailable
from app.storage.dynamodb.client.batch_reads import MAX_BATCH_KEYS
from app.storage.dynamodb.client.calls import SERVICE, Calls, Item
from app.storage.dynamodb.client.failures import ConditionFailed, is_item_rejected
from app.storage.dynamodb.client.tables import Tables
from app.storage.dynamodb.history.writer import ChangeWriter, Recording
from app.storage.dynamodb.index.manifests import Manifest, check_manifest
from app.storage.dynamodb.index.order import IndexOrder
from app.storage.dynamodb.index.rows import Key, Projection
from app.storage.dynamodb.index.transactions import IndexWriter, StoredState
from app.storage.dynamodb.records.codec import employee_from, index_hash
from app.storage.dynamodb.records.conditions import unchanged, update_unchanged
from app.storage.dynamodb.records.expressions import marking

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
        self._changes = ChangeWriter(calls, tables.index)

    def heal(self, employee_id: str, *, force: bool = False, is_change: bool = False) -> bool:
        """Make the index agree with the record or its absence; return whether it wrote anything.

        What another program changed is told in the history. The content and version of the record
        stay. ``force`` rewrites all rows. ``is_change`` says that the record was written just now,
        so that one without a manifest was added. Index rows of a newer release are left alone.
        Raises StorageUnavailable under contention.
        """
        for _ in range(MAX_ATTEMPTS):
            try:
                state = self._writer.read_state(employee_id)
                return self._heal(employee_id, state, force=force, is_change=is_change)
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

    def forget_deleted(self, employee_id: str) -> None:
        """Delete what is told of somebody whom a release without histories has deleted."""
        state = self._writer.read_state(employee_id)
        if state.item is None and _is_deleted(state.manifest):
            self._changes.forget(employee_id)

    def _existing_keys(self, keys: set[Key]) -> list[Item]:
        """Return the keys of existing rows, in DynamoDB's JSON."""
        index_keys = [self._tables.index_key(view, at) for view, at in sorted(keys)]
        items = []
        for start in range(0, len(index_keys), MAX_BATCH_KEYS):
            batch = {self._tables.index: index_keys[start : start + MAX_BATCH_KEYS]}
            items += self._writer.batch_get(batch)[self._tables.index]
        return [{"view": item["view"], "at": item["at"]} for item in items]

    def _heal(self, employee_id: str, state: StoredState, *, force: bool, is_change: bool) -> bool:
        item, manifest = state
        if manifest.is_newer:
            return False
        if item is None:
            if is_change and _is_deleted(manifest):
                self._changes.forget(employee_id)  # a release without histories has deleted them
            if manifest.shape is None and not manifest.is_unreadable:
                return False
            self._writer.apply(manifest, None, self._check_absent(employee_id))
            return True
        employee = employee_from(item)
        projection = self._order.project(employee)
        recording = self._recording(state, employee, is_change=is_change)
        is_recorded = index_hash(item) == projection.hash and recording is None
        if not is_recorded and self._repair_and_record(state, projection, recording, force):
            return True
        if manifest.holds(projection.hash) and not force:
            return False
        self._writer.apply(manifest, projection, self._check_as_read(item), rewrite=force)
        return True

    def _recording(
        self, state: StoredState, employee: Employee, *, is_change: bool
    ) -> Recording | None:
        """Return what the record lacks of its history, or None."""
        item, manifest = state
        is_known = manifest.shape is not None or manifest.is_unreadable
        if is_change and not is_known:
            return self._changes.of_finding(employee)
        is_replaced = is_known and (is_change or not index_hash(item or {}))
        return self._changes.repair(employee, is_replaced=is_replaced)

    def _repair_and_record(
        self,
        state: StoredState,
        projection: Projection,
        recording: Recording | None,
        force: bool,
    ) -> bool:
        """Repair the rows and set ``ix`` of the record; return False if the record is full."""
        item, more = state.item or {}, recording.actions if recording else []
        note = marking(recording.mark if recording else "", projection.hash)
        key = self._record_key(projection.employee_id)
        action = {"Update": {**key, **update_unchanged(item, note)}}
        try:
            self._writer.apply(state.manifest, projection, action, *more, rewrite=force)
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

    def _record_key(self, employee_id: str) -> dict[str, Any]:
        return {"TableName": self._tables.people, "Key": self._tables.person_key(employee_id)}


def _is_deleted(manifest: Manifest) -> bool:
    """Return whether a release deleted the employee: another program leaves no write id."""
    return manifest.is_tombstone and bool(manifest.deleted_by)


def contention(tables: Tables) -> StorageUnavailable:
    """Return the error for a record that others changed during every attempt."""
    return StorageUnavailable(
        SERVICE,
        "dynamodb:TransactWriteItems",
        tables.people,
        "other writers kept changing the same record",
    )
