"""Reindex: the whole index is compared with the records, and mended where they differ.

First every record is compared with its manifest, then every row and manifest of the index with what
it is there for, then the counts with a recount. Each mend is a heal or a sweep, so the people who
save meanwhile are neither held up nor undone.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Generator, Iterator
from typing import Any

from app.contracts import Progress
from app.model.employee import Employee
from app.model.errors import StorageUnavailable
from app.storage.dynamodb.client.calls import Item
from app.storage.dynamodb.client.pagination import walk
from app.storage.dynamodb.client.tables import count_roughly
from app.storage.dynamodb.index.counters import Snapshot, count_delta
from app.storage.dynamodb.index.manifests import MANIFEST_VIEW, Manifest, read_manifest
from app.storage.dynamodb.index.rows import ROW_VIEWS, Key, id_in_card, project_rows
from app.storage.dynamodb.records import employee_from, index_hash
from app.storage.dynamodb.tasks.context import TaskContext

log = logging.getLogger(__name__)

_RECORDS_AT_ONCE = 100
_ROWS_AT_ONCE = 1_000
_MANIFESTS_KEPT = 20_000
_RECOUNTS = 2
_RECORDS, _ROWS = "people", "people's index rows"


class Reindex:
    """One run; it goes on where the last one was killed. Everyone is noted as they go by."""

    def __init__(self, equipment: TaskContext, note: Callable[[Employee], object]) -> None:
        self._note = note
        self._calls, self._tables, self._transit, self._upkeep, self._tally, self._lease = equipment
        self._counted: Counter[str] = Counter()
        self._manifests: dict[str, Manifest] = {}
        self._changed = 0

    def run(self, *, force: bool) -> Generator[Progress, None, None]:
        reached = self._lease.acquire()
        try:
            if reached.get("force") != force:
                reached = {"step": _RECORDS, "force": force}
            self._changed = reached.get("changed", 0)
            if reached["step"] == _RECORDS:
                yield from self._compare_records(reached)
                reached = {"step": _ROWS, "force": force, "changed": self._changed}
            whole = "from" not in reached
            before = self._tally.snapshot()
            yield from self._compare_rows(reached)
            self._compare_counts(before, whole=whole)
            while self._tally.fold():
                self._lease.renew()
        except (StorageUnavailable, GeneratorExit):
            self._give_up()
            raise
        self._lease.release(finished=True)

    def _give_up(self) -> None:
        try:
            self._lease.release()
        except StorageUnavailable as error:
            log.warning("the lease of this reindex runs out by itself: %s", error)

    def _compare_records(self, reached: dict[str, Any]) -> Iterator[Progress]:
        table = self._tables.people
        total = count_roughly(self._calls, table)
        for items in self._scan(table, {"Limit": _RECORDS_AT_ONCE}, reached):
            manifests = self._transit.manifests_of(item["id"]["S"] for item in items)
            for item in items:
                self._note(employee_from(item))
                manifest = manifests[item["id"]["S"]]
                if reached["force"] or not _agrees(item, manifest):
                    self._heal(manifest.employee_id, force=reached["force"])
                    self._lease.renew()
            done = reached["done"] = reached.get("done", 0) + len(items)
            yield Progress(done, max(total, done), self._changed, _RECORDS)

    def _compare_rows(self, reached: dict[str, Any]) -> Iterator[Progress]:
        total = count_roughly(self._calls, self._tables.people)
        for items in self._scan(self._tables.index, _index_scan(), reached):
            people = self._look_for_records([item for item in items if _is_manifest(item)])
            self._look_for_ghosts([item for item in items if _is_row(item)])
            done = reached["done"] = reached.get("done", 0) + people
            yield Progress(done, max(total, done), self._changed, _ROWS)

    def _look_for_records(self, items: list[Item]) -> int:
        """Heal every manifest whose record is gone, count the others; how many there were."""
        manifests = [read_manifest(item["id"]["S"], item) for item in items]
        live = [manifest for manifest in manifests if manifest.shape is not None]
        for manifest in live:
            self._counted.update(manifest.counted_facets)
        for at in range(0, len(live), _RECORDS_AT_ONCE):
            some = [manifest.employee_id for manifest in live[at : at + _RECORDS_AT_ONCE]]
            keys = [self._tables.person_key(employee_id) for employee_id in some]
            found = self._transit.batch_get({self._tables.people: keys})[self._tables.people]
            there = {item["id"]["S"] for item in found}
            for employee_id in some:
                if employee_id not in there:
                    self._heal(employee_id)
        return len(live)

    def _look_for_ghosts(self, items: list[Item]) -> None:
        """Sweep the rows that no manifest names; manifests are read after the rows."""
        by_person: dict[str, set[Key]] = defaultdict(set)
        for item in items:
            by_person[id_in_card(item["c"]["S"])].add((item["view"]["S"], item["at"]["S"]))
        # A manifest read earlier may not know a row yet, but one that names it is good enough.
        doubtful = [who for who, keys in by_person.items() if not self._names(who, keys)]
        if len(self._manifests) > _MANIFESTS_KEPT:
            self._manifests.clear()
        self._manifests |= self._transit.manifests_of(doubtful)
        for who in doubtful:
            if not self._names(who, by_person[who]):
                swept = self._upkeep.sweep(who, by_person[who], [self._lease.fence()])
                self._changed += bool(swept)
                self._lease.renew()

    def _names(self, employee_id: str, keys: set[Key]) -> bool:
        manifest = self._manifests.get(employee_id)
        if manifest is None or manifest.shape is None:
            return False
        return manifest.is_newer or keys <= manifest.shape.keys(employee_id)

    def _heal(self, employee_id: str, *, force: bool = False) -> None:
        self._changed += self._upkeep.heal(employee_id, force=force)

    def _compare_counts(self, before: Snapshot, *, whole: bool) -> None:
        """Put the counts right where they differ from a recount during which nobody wrote."""
        count_of = self._counted if whole else Counter()
        for _ in range(_RECOUNTS):
            after = self._tally.snapshot()
            delta = count_delta(after.counts, count_of)
            if not delta:
                return
            if whole and (after.ver, after.deltas) == (before.ver, before.deltas):
                log.warning("the counts were off and are put right: %s facets", len(delta))
                self._changed += self._tally.correct(after, delta)
                return
            before, whole, count_of = after, True, self._recount()
        log.warning("the counts were not compared: people were saving all the time")

    def _recount(self) -> Counter[str]:
        count_of: Counter[str] = Counter()
        for items in self._scan(self._tables.index, _index_scan(), None):
            for item in filter(_is_manifest, items):
                count_of.update(read_manifest(item["id"]["S"], item).counted_facets)
        return count_of

    def _scan(
        self, table: str, request: dict[str, Any], reached: dict[str, Any] | None
    ) -> Iterator[list[Item]]:
        """The table, page by page; how far we are is noted when a page has been dealt with."""
        start = reached.get("from") if reached else None
        for items, last in walk(self._calls, table, request, start):
            yield items
            if last is not None and reached is not None:
                self._lease.checkpoint({**reached, "from": last, "changed": self._changed})
            else:
                self._lease.renew()


def _index_scan() -> dict[str, Any]:
    return {
        "Limit": _ROWS_AT_ONCE,
        "ProjectionExpression": "#v, #a, c, id, rev, m, gone",
        "ExpressionAttributeNames": {"#v": "view", "#a": "at"},
    }


def _agrees(item: Item, manifest: Manifest) -> bool:
    """Whether the index holds this record as it is, and the record knows it."""
    digest = project_rows(employee_from(item)).hash
    return manifest.is_newer or (manifest.holds(digest) and index_hash(item) == digest)


def _is_manifest(item: Item) -> bool:
    return item["view"]["S"].startswith(MANIFEST_VIEW) and "rev" in item


def _is_row(item: Item) -> bool:
    return item["view"]["S"].startswith(ROW_VIEWS) and "c" in item
