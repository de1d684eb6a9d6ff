"""Health checks of the two tables: existence, keys, permissions, and agreement of the index."""

import json
import uuid

from app.contracts.checks import Check, Finding, State, failed, ok, warning
from app.contracts.counts import LEFT
from app.model.errors import StorageUnavailable
from app.storage.dynamodb.accounts.store import DynamoAccounts
from app.storage.dynamodb.client.calls import Calls, Item
from app.storage.dynamodb.client.pagination import scan_pages
from app.storage.dynamodb.client.tables import (
    INDEX_KEY,
    PEOPLE_KEY,
    Tables,
    describe,
    describe_recovery,
    key_mismatch,
    stream_arn_and_view_type,
)
from app.storage.dynamodb.index.counters import Counters
from app.storage.dynamodb.index.manifests import Manifest
from app.storage.dynamodb.index.order import IndexOrder
from app.storage.dynamodb.index.transactions import IndexWriter
from app.storage.dynamodb.index.views import LEAVING, LEFT_VIEW, NAME_VIEW
from app.storage.dynamodb.records.codec import employee_from
from app.text.plurals import count_of, count_people

_SAMPLE_SIZE = 200
_SETUP = ("flask setup", "Run this, then check again")
_REINDEX = ("flask reindex", "Run this on one machine")
# As in deploy/iam/machine.json; a test holds them together.
_PEOPLE_ACTIONS = (
    "BatchGetItem", "ConditionCheckItem", "DeleteItem", "DescribeContinuousBackups",
    "DescribeTable", "GetItem", "PutItem", "Scan", "UpdateItem",
)  # fmt: skip
_INDEX_ACTIONS = (*_PEOPLE_ACTIONS, "BatchWriteItem", "DescribeTimeToLive", "Query")
_STREAM_ACTIONS = ("DescribeStream", "GetRecords", "GetShardIterator")


class TableChecks:
    """The health checks of the tables of one directory."""

    def __init__(self, calls: Calls, tables: Tables, region: str) -> None:
        self._calls = calls
        self._tables = tables
        self._region = region

    def all(self) -> tuple[Check, ...]:
        """Return the checks of both tables, of the stream, and of the index against the records."""
        return (
            Check("Table of people", lambda: self._check_table(self._tables.people, PEOPLE_KEY)),
            Check("Table of the index", lambda: self._check_table(self._tables.index, INDEX_KEY)),
            Check("Changes by others", self._check_stream),
            Check("Index", self._check_index),
            Check("Accounts", self._check_accounts),
        )

    def _check_table(self, name: str, key: tuple[tuple[str, str], ...]) -> Finding:
        try:
            description = describe(self._calls, name)
        except StorageUnavailable as error:
            return self._report_failure(error)
        location = f" in {self._region}" if self._region else ""
        if description is None:
            return failed(f"There is no table {name}{location}.", *_SETUP)
        if mismatch := key_mismatch(name, description, key):
            return failed(
                mismatch, f"DYNAMO_TABLE={self._tables.people}-2", "Set another name, such as this"
            )
        if description["TableStatus"] not in ("ACTIVE", "UPDATING"):
            return warning(
                f"The table {name} is {description['TableStatus']}. Check again in a minute."
            )
        if not description.get("DeletionProtectionEnabled"):
            return warning(f"The table {name} is not protected from deletion.", *_SETUP)
        return ok(f"{name}{location} has the right key and is protected from deletion.")

    def _check_accounts(self) -> Finding:
        table = self._tables.index
        try:
            if describe(self._calls, table) is None:
                return failed(f"There is no table {table}, so there are no accounts.", *_SETUP)
            page = DynamoAccounts(self._calls, self._tables).list_accounts()
            recovery = describe_recovery(self._calls, table)
        except StorageUnavailable as error:
            return self._report_failure(error)
        if not page.accounts:
            return ok(f"{table} holds no accounts yet.")
        accounts = count_of(len(page.accounts), "account", "accounts")
        more = " and more" if page.next else ""
        message = (
            f"{table} also holds {accounts}{more} and the history of people. Neither can be built "
            "anew, as its lists can."
        )
        if recovery == "DISABLED":
            return warning(f"{message} Its point-in-time recovery is off.", *_SETUP)
        return ok(message)

    def _check_stream(self) -> Finding:
        name = self._tables.people
        try:
            description = describe(self._calls, name)
        except StorageUnavailable as error:
            return self._report_failure(error)
        if description is None:
            return failed(f"There is no table {name}, so its changes cannot be followed.", *_SETUP)
        arn, _ = stream_arn_and_view_type(description)
        if not arn:
            return warning(
                (
                    f"The stream of the table {name} is off, so changes made by the AWS console "
                    "or other programs do not appear in lists automatically."
                ),
                *_SETUP,
            )
        return ok(f"The stream of {name} is on, so flask follow lists changes by other programs.")

    def _check_index(self) -> Finding:
        try:
            finding = self._compare_sample()
            # Again if they differ: an employee may have been saved between two reads.
            return finding if finding.state is State.OK else self._compare_sample()
        except StorageUnavailable as error:
            return self._report_failure(error)

    def _compare_sample(self) -> Finding:
        items, is_whole = self._sample_records()
        writer = IndexWriter(self._calls, self._tables)
        manifests = writer.read_manifests(item["id"]["S"] for item in items)
        order = IndexOrder(self._calls, self._tables)
        missing = [item for item in items if not _is_listed(item, manifests, order)]
        counts = Counters(self._calls, self._tables).snapshot().counts
        total, left = counts["*"], counts[f"{LEAVING}:{LEFT}"]
        people = len(items)
        if missing:
            return failed(
                (
                    f"The index differs for {len(missing)} of "
                    f"{count_of(people, 'record', 'records')} checked: lists and search show "
                    "them wrongly or not at all."
                ),
                *_REINDEX,
            )
        if not is_whole:
            return ok(
                f"{count_of(people, 'record', 'records')}, chosen at random, match the "
                f"index. The index counts {count_people(total)}."
            )
        listed, listed_left = (self._count_rows(view, people) for view in (NAME_VIEW, LEFT_VIEW))
        leavers = f" and {left:,} who left," if left or listed_left else ""
        if people == total + left and (listed, listed_left) == (total, left):
            return ok(
                f"The index lists and counts {count_people(total)}{leavers} and matches "
                "every record."
            )
        return failed(
            (
                f"The table has {count_people(people)}, but the index lists "
                f"{listed + listed_left:,} and counts {total + left:,}."
            ),
            *_REINDEX,
        )

    def _sample_records(self) -> tuple[list[Item], bool]:
        """Return all records and True if they are few, else a random sample and False."""
        table, request = self._tables.people, {"Limit": _SAMPLE_SIZE}
        items, last = next(scan_pages(self._calls, table, request))
        if last is None:
            return items, True
        random_key = self._tables.person_key(str(uuid.uuid4()))
        sample, _ = next(scan_pages(self._calls, table, request, random_key))
        return sample or items, False

    def _count_rows(self, view: str, people: int) -> int:
        request = {
            "TableName": self._tables.index,
            "KeyConditionExpression": "#v = :v",
            "ExpressionAttributeNames": {"#v": "view"},
            "ExpressionAttributeValues": {":v": {"S": view}},
            "Select": "COUNT",
            "ConsistentRead": True,
            "Limit": people + _SAMPLE_SIZE,
        }
        return int(self._calls.read("Query", self._tables.index, request)["Count"])

    def _report_failure(self, error: StorageUnavailable) -> Finding:
        message = f"{error.action} on {error.resource}: {error.reason}."
        if "access was denied" in error.reason:
            fix_hint = "Add these statements to the policy of this machine's role"
            return failed(message, self._policy(), fix_hint)
        if "the table does not exist" in error.reason:
            return failed(message, *_SETUP)
        return failed(message)

    def _policy(self) -> str:
        allowed = {
            self._tables.people: _PEOPLE_ACTIONS,
            self._tables.index: _INDEX_ACTIONS,
            f"{self._tables.people}/stream/*": _STREAM_ACTIONS,
        }
        dynamodb = f"arn:{self._calls.partition}:dynamodb:{self._region or '*'}"
        statements = [
            {
                "Effect": "Allow",
                "Action": sorted(f"dynamodb:{action}" for action in actions),
                "Resource": f"{dynamodb}:*:table/{resource}",
            }
            for resource, actions in allowed.items()
        ]
        return json.dumps(statements, indent=2)


def _is_listed(item: Item, manifests: dict[str, Manifest], order: IndexOrder) -> bool:
    """Return whether lists and search show this record as it is."""
    manifest = manifests[item["id"]["S"]]
    return manifest.is_newer or manifest.holds(order.project(employee_from(item)).hash)
