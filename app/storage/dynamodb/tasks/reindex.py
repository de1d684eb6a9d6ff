"""Reindex: compare the whole index with the records, and repair the differences.

First every record is compared with its manifest, then every manifest with its record and every row
with its manifest, then the counters with a recount. Each repair is conditional, so concurrent saves
neither wait nor get lost.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Generator, Iterator
from typing import Any

from app.contracts import Progress
from app.history.difference import is_as_recorded
from app.model.employee import Employee
from app.model.errors import StorageUnavailable
from app.storage.dynamodb.client.attributes import string_of
from app.storage.dynamodb.client.calls import Item
from app.storage.dynamodb.client.pagination import scan_pages
from app.storage.dynamodb.client.tables import estimate_count
from app.storage.dynamodb.index.cards import read_card
from app.storage.dynamodb.index.counters import Snapshot, count_delta
from app.storage.dynamodb.index.manifests import (
    MANIFEST_VIEW,
    Manifest,
    manifest_id,
    read_manifest,
)
from app.storage.dynamodb.index.rows import Key
from app.storage.dynamodb.index.views import id_key_of
from app.storage.dynamodb.records.codec import employee_from, index_hash, is_id
from app.storage.dynamodb.tasks import reorder
from app.storage.dynamodb.tasks.context import TaskContext
from app.storage.dynamodb.tasks.index_items import INDEX_SCAN, is_manifest, is_nameless, is_row
from app.storage.dynamodb.tasks.reindex_checkpoint import (
    RECORDS,
    ROWS,
    is_start,
    readable_checkpoint,
    start_of_rows,
)
from app.text.person_names import SortBy

log = logging.getLogger(__name__)

_RECORD_PAGE_SIZE = 100
_MAX_CACHED_MANIFESTS = 20_000
_MAX_RECOUNTS = 2


class Reindex:
    """One run, which resumes at the checkpoint of a killed one; ``note`` gets each employee."""

    def __init__(
        self,
        context: TaskContext,
        note: Callable[[Employee], object],
        sort_by: SortBy | None = None,
    ) -> None:
        self._note = note
        self._sort_by = sort_by
        self._calls, self._tables, self._writer, *_ = context
        self._repair, self._counters = context.repair, context.counters
        self._lease, self._order = context.lease, context.order
        self._counted: Counter[str] = Counter()
        self._manifests: dict[str, Manifest] = {}
        self._changed = 0

    def run(self, *, force: bool) -> Generator[Progress, None, None]:
        """Implement EmployeeStore.reindex."""
        reached = self._lease.acquire()
        try:
            order = reorder.begin(self._order, self._lease, self._sort_by)
            checkpoint = readable_checkpoint(reached, order.written, force=force)
            if order.is_mixed and is_start(checkpoint):
                reorder.settle(self._lease)
            self._changed = checkpoint.get("changed", 0)
            if checkpoint["step"] == RECORDS:
                yield from self._compare_records(checkpoint)
                checkpoint = start_of_rows(checkpoint, self._changed)
            is_whole = "from" not in checkpoint
            before = self._counters.snapshot()
            yield from self._compare_rows(checkpoint)
            self._compare_counts(before, is_whole=is_whole)
            while self._counters.fold():
                self._lease.renew()
            reorder.end(self._order, self._lease)
        except (StorageUnavailable, GeneratorExit):
            self._drop_lease()
            raise
        self._lease.release(finished=True)

    def _drop_lease(self) -> None:
        try:
            self._lease.release()
        except StorageUnavailable as error:
            log.warning(
                "the lease of this reindex could not be released and will expire: %s", error
            )

    def _compare_records(self, checkpoint: dict[str, Any]) -> Iterator[Progress]:
        table = self._tables.people
        total = estimate_count(self._calls, table)
        for items in self._scan(table, {"Limit": _RECORD_PAGE_SIZE}, checkpoint):
            manifests = self._writer.read_manifests(item["id"]["S"] for item in items)
            for item in items:
                self._note(employee_from(item))
                manifest = manifests[item["id"]["S"]]
                if checkpoint["force"] or not self._is_indexed(item, manifest):
                    self._heal(manifest.employee_id, force=checkpoint["force"])
                    self._lease.renew()
            done = checkpoint["done"] = checkpoint.get("done", 0) + len(items)
            yield Progress(done, max(total, done), self._changed, RECORDS)

    def _compare_rows(self, checkpoint: dict[str, Any]) -> Iterator[Progress]:
        total = estimate_count(self._calls, self._tables.people)
        for items in self._scan(self._tables.index, INDEX_SCAN, checkpoint):
            count = self._check_manifests([item for item in items if is_manifest(item)])
            for item in filter(is_nameless, items):
                self._repair_nameless(item)
            self._sweep_orphans([item for item in items if is_row(item)])
            done = checkpoint["done"] = checkpoint.get("done", 0) + count
            yield Progress(done, max(total, done), self._changed, ROWS)

    def _check_manifests(self, items: list[Item]) -> int:
        """Repair manifests without a record, count the facets of all; return their number.

        Of those who were deleted, whatever a release without histories left is deleted too.
        """
        manifests = [read_manifest(manifest_id(item), item) for item in items]
        live = [one for one in manifests if one.shape is not None or one.is_unreadable]
        for manifest in live:
            self._counted.update(manifest.counted_facets)
        for start in range(0, len(live), _RECORD_PAGE_SIZE):
            ids = [manifest.employee_id for manifest in live[start : start + _RECORD_PAGE_SIZE]]
            keys = [self._tables.person_key(employee_id) for employee_id in ids]
            records = self._writer.batch_get({self._tables.people: keys})[self._tables.people]
            existing_ids = {item["id"]["S"] for item in records}
            for employee_id in ids:
                if employee_id not in existing_ids:
                    self._heal(employee_id)
        for manifest in manifests:
            if manifest.deleted_by:
                self._repair.forget_deleted(manifest.employee_id)
                self._lease.renew()
        return len(live)

    def _sweep_orphans(self, items: list[Item]) -> None:
        """Delete the rows that no manifest names; manifests are read after the rows."""
        keys_of: dict[str, set[Key]] = defaultdict(set)
        for item in items:
            card = read_card(string_of(item, "c"))
            if card is None:
                self._repair_unreadable(item)
            else:
                keys_of[card.id].add((item["view"]["S"], item["at"]["S"]))
        # A cached manifest that names the rows is enough; any other may be stale and is read again.
        unconfirmed = [
            employee_id
            for employee_id, keys in keys_of.items()
            if not self._manifest_names(employee_id, keys)
        ]
        if len(self._manifests) > _MAX_CACHED_MANIFESTS:
            self._manifests.clear()
        self._manifests |= self._writer.read_manifests(unconfirmed)
        for employee_id in unconfirmed:
            keys = keys_of[employee_id]
            if not self._manifest_names(employee_id, keys):
                swept = self._repair.sweep(employee_id, keys, [self._lease.fence()])
                self._changed += bool(swept)
                self._lease.renew()

    def _repair_nameless(self, item: Item) -> None:
        """Write a manifest without a readable id anew, or delete it if it is nobody's."""
        view = item["view"]["S"]
        employee_id = view.removeprefix(MANIFEST_VIEW)  # unless it is a hash
        if is_id(employee_id) and self._repair.heal(employee_id, force=True):
            self._changed += 1
        else:
            self._delete_row(view, item["at"]["S"])

    def _delete_row(self, view: str, at: str) -> None:
        row = {"TableName": self._tables.index, "Key": self._tables.index_key(view, at)}
        self._writer.transact([self._lease.fence(), {"Delete": row}])
        self._changed += 1

    def _repair_unreadable(self, item: Item) -> None:
        """Rewrite the rows of the employee whose key this row has, or delete it."""
        view, at = item["view"]["S"], item["at"]["S"]
        key = self._tables.index_key(MANIFEST_VIEW + id_key_of(at), "-")
        found = self._writer.batch_get({self._tables.index: [key]})[self._tables.index]
        employee_id = manifest_id(found[0]) if found else ""
        if employee_id:
            self._heal(employee_id, force=True)
            self._repair.sweep(employee_id, {(view, at)}, [self._lease.fence()])
        else:
            self._delete_row(view, at)

    def _manifest_names(self, employee_id: str, keys: set[Key]) -> bool:
        manifest = self._manifests.get(employee_id)
        if manifest is None or manifest.shape is None:
            return False
        return manifest.is_newer or keys <= manifest.shape.keys(employee_id)

    def _is_indexed(self, item: Item, manifest: Manifest) -> bool:
        """Return whether manifest, ``ix`` and the last recorded change match the record."""
        employee = employee_from(item)
        digest = self._order.project(employee).hash
        is_indexed = manifest.holds(digest) and index_hash(item) == digest
        return manifest.is_newer or (is_indexed and is_as_recorded(employee))

    def _heal(self, employee_id: str, *, force: bool = False) -> None:
        self._changed += self._repair.heal(employee_id, force=force)

    def _compare_counts(self, before: Snapshot, *, is_whole: bool) -> None:
        """Correct the counters by a recount during which no employee was saved."""
        count_of = self._counted if is_whole else Counter()
        for _ in range(_MAX_RECOUNTS):
            after = self._counters.snapshot()
            delta = count_delta(after.counts, count_of)
            if not delta:
                return
            if is_whole and (after.ver, after.deltas) == (before.ver, before.deltas):
                log.warning("wrong counts were corrected: %s facets", len(delta))
                self._changed += self._counters.correct(after, delta)
                return
            before, is_whole, count_of = after, True, self._recount()
        log.warning("the counts were not checked: people kept saving")

    def _recount(self) -> Counter[str]:
        count_of: Counter[str] = Counter()
        for items in self._scan(self._tables.index, INDEX_SCAN, None):
            for item in filter(is_manifest, items):
                count_of.update(read_manifest(manifest_id(item), item).counted_facets)
        return count_of

    def _scan(
        self, table: str, request: dict[str, Any], checkpoint: dict[str, Any] | None
    ) -> Iterator[list[Item]]:
        """Yield the pages of a table, and write a checkpoint after each page."""
        start = checkpoint.get("from") if checkpoint else None
        for items, last in scan_pages(self._calls, table, request, start):
            yield items
            if last is not None and checkpoint is not None:
                self._lease.checkpoint({**checkpoint, "from": last, "changed": self._changed})
            else:
                self._lease.renew()
