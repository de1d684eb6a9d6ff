"""ReportHints: how many report to people, and who stood above them, as it was last.

Items beside the rows of lists, with a view of their own: ``mc`` has the number ``n`` of reports and
how many a job counted below, ``up`` the ids above somebody. They save reads: a page asks for all of
its numbers in one call. Reports are always read; what a line says is checked by its records.
"""

from __future__ import annotations

import contextvars
import logging
import time
from collections.abc import Collection, Iterable, Sequence
from threading import Lock
from typing import Any

from app.contracts.reports import MAX_CHAIN, MAX_COUNTED_REPORTS, ReportCount
from app.model.employee import Employee
from app.model.errors import StorageUnavailable
from app.model.stored_values import stored_time
from app.runtime import deadline
from app.storage.dynamodb.client.attributes import integer_of, string_of
from app.storage.dynamodb.client.batch_reads import batch_get
from app.storage.dynamodb.client.batch_writes import write_batch
from app.storage.dynamodb.client.calls import Calls, Item
from app.storage.dynamodb.client.tables import Tables
from app.storage.dynamodb.index.queries import KeyRange
from app.storage.dynamodb.index.views import MANAGER, manager_token

log = logging.getLogger(__name__)

COUNT_VIEW, LINE_VIEW = "mc", "up"
# What nobody wrote anew in this time is of somebody who leads nobody any more, or is out of date.
KEPT_SECONDS = 31 * 24 * 60 * 60
# A number that another program may have changed is looked after so often, when seen; one of many
# reports, which costs as many rows, more rarely in proportion.
_SECONDS_BETWEEN_LOOKS, _REPORTS_OF_A_LOOK = 10.0, 100
# A flood of requests must not fill the memory, nor a bulk edit leave all its counting to the end.
_MAX_DUE, _MAX_CHANGED, _MAX_LOOKS = 300, 50, 10_000
_MAX_LINE_BYTES = 4_000


class ReportHints:
    """The hints of a store, with those that are to be written after the response."""

    def __init__(self, calls: Calls, tables: Tables) -> None:
        self._calls = calls
        self._tables = tables
        self._lock = Lock()
        # By the id of a manager: a list with the number, or without one where it has to be counted.
        self._due: dict[str, list[int]] = {}
        self._seen: dict[str, int] = {}
        self._lines: dict[str, tuple[str, ...]] = {}
        self._looked: dict[str, float] = {}

    def count_reports(self, employee_ids: Collection[str]) -> dict[str, ReportCount]:
        """Return how many report to each by one call, and a Query for each without a hint."""
        ids = list(dict.fromkeys(employee_ids))
        hints = self._read_counts(ids)
        counts = {}
        for each in ids:
            item = hints.get(manager_token(each), {})
            direct = integer_of(item, "n", MAX_COUNTED_REPORTS + 1)
            if direct is None or each in self._due:
                direct = self._count(each)
                self._put_off(self._due, each, [direct])
            elif self._is_to_be_looked_at(each, direct):
                self._put_off(self._seen, each, direct)
            if direct:
                counts[each] = _count_in(item, direct)
        return counts

    def changed(self, before: Employee | None, after: Employee | None) -> None:
        """Have those counted anew of whom a written change may have changed the number."""
        reported = [(each.manager, each.left_on) if each else ("", "") for each in (before, after)]
        if reported[0] == reported[1]:
            return
        with self._lock:
            for manager, _ in reported:
                if manager:
                    self._due[manager] = []
        if len(self._due) >= _MAX_CHANGED:
            self.write_if_due()

    def note_line(self, employee_id: str, hint: Sequence[str], line: Sequence[str]) -> None:
        """Have the line above somebody stored, where it is not what the hint said."""
        kept, size = [], 0
        for each in line[:MAX_CHAIN]:
            size += len(each.encode("utf-8", "surrogatepass"))
            if size > _MAX_LINE_BYTES:
                break
            kept.append(each)
        if tuple(kept) != tuple(hint) and (len(kept) > 1 or hint):
            self._put_off(self._lines, employee_id, tuple(kept))

    def line_key(self, employee_id: str) -> Item:
        """Return the key of the hint of whoever stands above somebody."""
        return self._tables.index_key(LINE_VIEW, manager_token(employee_id))

    def forget(self, employee_id: str) -> None:
        """Delete the hints of somebody who is erased."""
        with self._lock:
            for due in (self._due, self._seen, self._lines):
                due.pop(employee_id, None)
        actions = [
            {"DeleteRequest": {"Key": key}}
            for key in (self._count_key(employee_id), self.line_key(employee_id))
        ]
        write_batch(self._calls, self._tables.index, actions)

    def write_if_due(self) -> None:
        """Count and write what is due, with a deadline of its own; never fails."""
        if self._due or self._seen or self._lines:
            # In a copy of this context, where the deadline of the finished request does not apply.
            contextvars.copy_context().run(self._write)

    def _write(self) -> None:
        deadline.start()
        with self._lock:
            due, seen, lines = dict(self._due), self._seen, self._lines
            self._seen, self._lines = {}, {}
        try:
            for each, number in due.items():
                self._write_count(each, number[0] if number else self._count(each))
                self._is_written(each, number)
            for each, hint in seen.items():
                number = [self._count(each, eventually=True)]
                if number[0] != hint:
                    self._write_count(each, number[0])
                self._note_look(each)
            for each, line in lines.items():
                self._write_line(each, line)
        except StorageUnavailable as error:
            log.warning("hints of reports were not written: %s", error)

    def _is_written(self, employee_id: str, number: list[int]) -> None:
        self._note_look(employee_id)
        with self._lock:
            if self._due.get(employee_id) is number:  # else it has changed again
                del self._due[employee_id]

    def _is_to_be_looked_at(self, employee_id: str, direct: int) -> bool:
        looked = self._looked.get(employee_id)
        seconds = _SECONDS_BETWEEN_LOOKS * max(1, direct // _REPORTS_OF_A_LOOK)
        return looked is None or time.monotonic() - looked >= seconds

    def _note_look(self, employee_id: str) -> None:
        with self._lock:
            if len(self._looked) >= _MAX_LOOKS:
                self._looked.clear()
            self._looked[employee_id] = time.monotonic()

    def _put_off(self, due: dict[str, Any], employee_id: str, value: object) -> None:
        with self._lock:
            if len(due) < _MAX_DUE:
                due[employee_id] = value

    def _read_counts(self, employee_ids: Iterable[str]) -> dict[str, Item]:
        index = self._tables.index
        tokens = sorted({manager_token(each) for each in employee_ids})
        keys = [self._tables.index_key(COUNT_VIEW, token) for token in tokens]
        items = batch_get(self._calls, {index: keys}, eventually=index)[index]
        return {item["at"]["S"]: item for item in items}

    def _count(self, manager: str, *, eventually: bool = False) -> int:
        """Return how many report to somebody, at most MAX_COUNTED_REPORTS + 1."""
        request = {**rows_of(self._tables, manager), "ConsistentRead": not eventually}
        number = 0
        while True:
            request["Limit"] = MAX_COUNTED_REPORTS + 1 - number
            page = self._calls.read("Query", self._tables.index, request)
            number += int(page["Count"])
            if number > MAX_COUNTED_REPORTS or "LastEvaluatedKey" not in page:
                return number
            request["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def _count_key(self, employee_id: str) -> Item:
        return self._tables.index_key(COUNT_VIEW, manager_token(employee_id))

    def _write_count(self, employee_id: str, number: int) -> None:
        request = {
            "TableName": self._tables.index,
            "Key": self._count_key(employee_id),
            # What a job counted below stays, and expires when it would.
            "UpdateExpression": "SET #n = :n, #ttl = if_not_exists(#ttl, :ttl)",
            "ExpressionAttributeNames": {"#n": "n", "#ttl": "ttl"},
            "ExpressionAttributeValues": {":n": {"N": str(number)}, ":ttl": _expiry()},
        }
        self._calls.write("UpdateItem", self._tables.index, request)

    def _write_line(self, employee_id: str, line: tuple[str, ...]) -> None:
        ids = {"L": [{"S": each} for each in line]}
        item = {**self.line_key(employee_id), "ids": ids, "ttl": _expiry()}
        request = {"TableName": self._tables.index, "Item": item}
        self._calls.write("PutItem", self._tables.index, request)


def rows_of(tables: Tables, manager: str) -> dict[str, Any]:
    """Return the request that counts those who report to somebody."""
    bounds = KeyRange.whole(f"{MANAGER}#{manager_token(manager)}")
    return {
        "TableName": tables.index,
        "KeyConditionExpression": "#v = :v AND #a BETWEEN :f AND :l",
        "ExpressionAttributeNames": {"#v": "view", "#a": "at"},
        "ExpressionAttributeValues": {
            ":v": {"S": bounds.view},
            ":f": {"S": bounds.first},
            ":l": {"S": bounds.last},
        },
        "ConsistentRead": True,
        "Select": "COUNT",
    }


def line_in(items: Iterable[Item]) -> tuple[str, ...]:
    """Return the ids of a stored hint, at most MAX_CHAIN; none of what is no hint."""
    for item in items:
        parts = (item.get("ids") or {}).get("L")
        if isinstance(parts, list):
            ids = (part.get("S") for part in parts if isinstance(part, dict))
            return tuple(dict.fromkeys(each for each in ids if isinstance(each, str)))[:MAX_CHAIN]
    return ()


def _count_in(item: Item, direct: int) -> ReportCount:
    counted_at = stored_time(string_of(item, "counted_at"))
    return ReportCount(direct, integer_of(item, "below") if counted_at else None, counted_at)


def _expiry() -> dict[str, str]:
    return {"N": str(int(time.time()) + KEPT_SECONDS)}
