"""DynamoReports: the ReportStore on DynamoDB."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from app.contracts.reports import (
    MAX_CHAIN,
    MAX_CHECKED,
    Chain,
    ChainEnd,
    RecordPage,
    ReportCount,
    check_batch,
)
from app.model.employee import Employee
from app.model.errors import EmployeeNotFound, ReportingLoop
from app.runtime import read_budget
from app.storage.dynamodb import counting
from app.storage.dynamodb.client.batch_reads import batch_get
from app.storage.dynamodb.client.batch_writes import write_batches
from app.storage.dynamodb.client.calls import Calls, Item
from app.storage.dynamodb.client.key_errors import explaining_keys
from app.storage.dynamodb.client.tables import Tables
from app.storage.dynamodb.index.browse import page_budget
from app.storage.dynamodb.index.views import manager_token
from app.storage.dynamodb.records.codec import checked_id, employee_from, is_id
from app.storage.dynamodb.report_hints import (
    COUNT_VIEW,
    KEPT_SECONDS,
    ReportHints,
    line_in,
    rows_of,
)

# What a strongly consistent read takes at least.
_UNITS_OF_A_ROW = 1.0
# A shorter line is read one by one.
_LEAST_HINTED = 3
# Of a record of a kilobyte, in a read that is not strongly consistent.
_ESTIMATED_UNITS_PER_RECORD = 0.125


class DynamoReports:
    """A ReportStore on DynamoDB; records are read strongly consistent."""

    def __init__(self, calls: Calls, tables: Tables) -> None:
        self.calls = calls
        self.tables = tables
        self.hints = ReportHints(calls, tables)

    @explaining_keys
    def chain(self, employee_id: str, limit: int = MAX_CHAIN) -> Chain:
        """Implement ReportStore.chain: the line as it was last, at once; what is new in single."""
        hinted = limit >= _LEAST_HINTED
        person, hint = self._read_hinted(employee_id) if hinted else (self._record(employee_id), ())
        if person is None:
            raise EmployeeNotFound(employee_id)
        found = self._walk(person, limit, self._records(hint))
        if hinted:
            self.hints.note_line(employee_id, hint, [each.id for each in found.managers])
        return found

    def _walk(self, person: Employee, limit: int, known: Mapping[str, Employee]) -> Chain:
        above: list[Employee] = []
        seen = {person.id}
        while manager := person.manager:
            if manager in seen:
                return Chain(tuple(above), ChainEnd.LOOP)
            following = known.get(manager) or self._record(manager)
            if following is None:
                return Chain(tuple(above), ChainEnd.NOBODY)
            if len(above) == limit:
                return Chain(tuple(above), ChainEnd.LIMIT)
            above.append(following)
            seen.add(manager)
            person = following
        return Chain(tuple(above), ChainEnd.TOP)

    def _read_hinted(self, employee_id: str) -> tuple[Employee | None, tuple[str, ...]]:
        """Return somebody and the ids that were last above them, by one call."""
        people, index = self.tables.people, self.tables.index
        keys = {
            people: [self.tables.person_key(checked_id(employee_id))],
            index: [self.hints.line_key(employee_id)],
        }
        items = batch_get(self.calls, keys, eventually=index)
        person = next(map(employee_from, items[people]), None)
        return person, line_in(items[index])

    def _records(self, employee_ids: Collection[str]) -> dict[str, Employee]:
        people = self.tables.people
        keys = [self.tables.person_key(each) for each in employee_ids if is_id(each)]
        found = map(employee_from, batch_get(self.calls, {people: keys})[people])
        return {each.id: each for each in found}

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
        """Implement ReportStore.count_reports by hints; see report_hints.py."""
        check_batch(employee_ids)
        return self.hints.count_reports(employee_ids)

    @explaining_keys
    def leading(self, employee_ids: Collection[str]) -> set[str]:
        """Implement ReportStore.leading: a Query of a row for each, of the page's read budget."""
        check_batch(employee_ids)
        budget = read_budget.current(page_budget)
        found = set()
        for each in dict.fromkeys(employee_ids):
            request = {**rows_of(self.tables, each), "Limit": 1}
            budget.spend(0, _UNITS_OF_A_ROW)
            if self.calls.read("Query", self.tables.index, request)["Count"]:
                found.add(each)
        return found

    @explaining_keys
    def store_counts(self, counts: Mapping[str, ReportCount]) -> None:
        """Implement ReportStore.store_counts."""
        check_batch(counts)
        items = {manager_token(each): _attributes(count) for each, count in counts.items()}
        actions = (self._action(token, attributes) for token, attributes in items.items())
        write_batches(self.calls, self.tables.index, actions)

    def _action(self, token: str, attributes: Item) -> dict[str, Any]:
        key = self.tables.index_key(COUNT_VIEW, token)
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
    expires = int(count.counted_at.timestamp()) + KEPT_SECONDS
    return {
        "below": {"N": str(count.below)},
        "counted_at": {"S": counted_at},
        "ttl": {"N": str(expires)},
    }
