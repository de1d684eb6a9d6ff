"""DynamoReports: the ReportStore on DynamoDB."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from app.contracts.reports import (
    MAX_CHAIN,
    MAX_CHECKED,
    MAX_COUNTED_REPORTS,
    Chain,
    ChainEnd,
    RecordPage,
    ReportCount,
    check_batch,
)
from app.model.employee import Employee
from app.model.errors import EmployeeNotFound, ReportingLoop
from app.model.stored_values import stored_time
from app.runtime import read_budget
from app.storage.dynamodb import counting
from app.storage.dynamodb.client.attributes import integer_of, string_of
from app.storage.dynamodb.client.batch_reads import batch_get
from app.storage.dynamodb.client.batch_writes import write_batches
from app.storage.dynamodb.client.calls import Calls, Item
from app.storage.dynamodb.client.key_errors import explaining_keys
from app.storage.dynamodb.client.tables import Tables
from app.storage.dynamodb.index.browse import page_budget
from app.storage.dynamodb.index.queries import KeyRange
from app.storage.dynamodb.index.views import MANAGER, manager_token
from app.storage.dynamodb.records.codec import checked_id, employee_from, is_id

# Beside the rows of lists: how many stand below somebody, as a job has counted them.
_COUNT_VIEW = "mc"
# What a strongly consistent read takes at least.
_UNITS_OF_A_ROW = 1.0
# What no later counting replaced is of somebody who leads nobody any more, or is out of date.
_KEPT_SECONDS = 31 * 24 * 60 * 60
# Of a record of a kilobyte, in a read that is not strongly consistent.
_ESTIMATED_UNITS_PER_RECORD = 0.125


class DynamoReports:
    """A ReportStore on DynamoDB; records are read strongly consistent."""

    def __init__(self, calls: Calls, tables: Tables) -> None:
        self.calls = calls
        self.tables = tables

    @explaining_keys
    def chain(self, employee_id: str, limit: int = MAX_CHAIN) -> Chain:
        """Implement ReportStore.chain."""
        person = self._record(employee_id)
        if person is None:
            raise EmployeeNotFound(employee_id)
        above: list[Employee] = []
        seen = {employee_id}
        while manager := person.manager:
            if manager in seen:
                return Chain(tuple(above), ChainEnd.LOOP)
            following = self._record(manager)
            if following is None:
                return Chain(tuple(above), ChainEnd.NOBODY)
            if len(above) == limit:
                return Chain(tuple(above), ChainEnd.LIMIT)
            above.append(following)
            seen.add(manager)
            person = following
        return Chain(tuple(above), ChainEnd.TOP)

    def refuse_loop(self, employee_id: str, manager: str) -> None:
        """Raise ReportingLoop if a manager of somebody stands below them, or is themselves."""
        line: dict[str, None] = {}
        while manager and manager not in line and len(line) < MAX_CHECKED:
            line[manager] = None
            if manager == employee_id:
                raise ReportingLoop(tuple(line))
            found = self._record(manager)
            manager = found.manager if found else ""

    def _record(self, employee_id: str) -> Employee | None:
        try:
            key = self.tables.person_key(checked_id(employee_id))
        except EmployeeNotFound:  # no item can have this id
            return None
        request = {"TableName": self.tables.people, "Key": key, "ConsistentRead": True}
        item = self.calls.read("GetItem", self.tables.people, request).get("Item")
        return employee_from(item) if item else None

    @explaining_keys
    def count_reports(self, employee_ids: Collection[str]) -> dict[str, ReportCount]:
        """Implement ReportStore.count_reports: a Query for each."""
        check_batch(employee_ids)
        counts = {each: self._count(each) for each in dict.fromkeys(employee_ids)}
        some = [each for each, direct in counts.items() if direct]
        below = self._counted_below(some)
        return {
            each: below.get(manager_token(each), ReportCount(0))._replace(direct=counts[each])
            for each in some
        }

    def _count(self, employee_id: str) -> int:
        request = {**self._rows_of(employee_id), "Limit": MAX_COUNTED_REPORTS + 1}
        return int(self.calls.read("Query", self.tables.index, request)["Count"])

    def _rows_of(self, manager: str) -> dict[str, Any]:
        """Return the request that counts those who report to somebody."""
        bounds = KeyRange.whole(f"{MANAGER}#{manager_token(manager)}")
        return {
            "TableName": self.tables.index,
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

    @explaining_keys
    def leading(self, employee_ids: Collection[str]) -> set[str]:
        """Implement ReportStore.leading: a Query of a row for each, of the page's read budget."""
        check_batch(employee_ids)
        budget = read_budget.current(page_budget)
        found = set()
        for each in dict.fromkeys(employee_ids):
            request = {**self._rows_of(each), "Limit": 1}
            budget.spend(0, _UNITS_OF_A_ROW)
            if self.calls.read("Query", self.tables.index, request)["Count"]:
                found.add(each)
        return found

    def _counted_below(self, employee_ids: Collection[str]) -> dict[str, ReportCount]:
        tokens = {manager_token(each) for each in employee_ids}
        keys = [self.tables.index_key(_COUNT_VIEW, token) for token in sorted(tokens)]
        items = batch_get(self.calls, {self.tables.index: keys})[self.tables.index]
        return {item["at"]["S"]: _count_in(item) for item in items}

    @explaining_keys
    def store_counts(self, counts: Mapping[str, ReportCount]) -> None:
        """Implement ReportStore.store_counts."""
        check_batch(counts)
        items = {manager_token(each): _attributes(count) for each, count in counts.items()}
        actions = (self._action(token, attributes) for token, attributes in items.items())
        write_batches(self.calls, self.tables.index, actions)

    def _action(self, token: str, attributes: Item) -> dict[str, Any]:
        key = self.tables.index_key(_COUNT_VIEW, token)
        if not attributes:
            return {"DeleteRequest": {"Key": key}}
        return {"PutRequest": {"Item": {**key, **attributes}}}

    def forget_counts(self, before: datetime) -> None:
        """Implement ReportStore.forget_counts: they expire."""

    @explaining_keys
    def iter_managers(self) -> Iterator[tuple[str, str]]:
        """Implement ReportStore.iter_managers."""
        return counting.iter_managers(self.calls, self.tables)

    @explaining_keys
    def counting_state(self) -> str:
        """Implement ReportStore.counting_state."""
        return counting.read_state(self.calls, self.tables)

    @explaining_keys
    def change_counting_state(self, before: str, after: str) -> bool:
        """Implement ReportStore.change_counting_state."""
        return counting.change_state(self.calls, self.tables, before, after)

    @explaining_keys
    def read_records(self, bookmark: str, limit: int) -> RecordPage:
        """Implement ReportStore.read_records in table order; a bookmark is the last id."""
        request: dict[str, Any] = {
            "TableName": self.tables.people,
            "Limit": limit,
            "ReturnConsumedCapacity": "TOTAL",
        }
        if is_id(bookmark):
            request["ExclusiveStartKey"] = self.tables.person_key(bookmark)
        page = self.calls.read("Scan", self.tables.people, request)
        people = tuple(map(employee_from, page["Items"]))
        consumed = page.get("ConsumedCapacity", {})  # some emulators omit it
        units = consumed.get("CapacityUnits", len(people) * _ESTIMATED_UNITS_PER_RECORD)
        following = people[-1].id if people and "LastEvaluatedKey" in page else ""
        return RecordPage(tuple((each.id, each) for each in people), following, float(units))


def _attributes(count: ReportCount) -> Item:
    if count.below is None or count.counted_at is None:
        return {}
    counted_at = count.counted_at.isoformat(timespec="microseconds")
    expires = int(count.counted_at.timestamp()) + _KEPT_SECONDS
    return {
        "below": {"N": str(count.below)},
        "counted_at": {"S": counted_at},
        "ttl": {"N": str(expires)},
    }


def _count_in(item: Item) -> ReportCount:
    counted_at = stored_time(string_of(item, "counted_at"))
    return ReportCount(0, integer_of(item, "below") if counted_at else None, counted_at)
