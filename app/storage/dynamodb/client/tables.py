"""The two tables: their names and keys, and how they are created and configured."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from app.model.errors import StorageUnavailable
from app.storage.dynamodb.client.calls import SERVICE, Calls, Item
from app.storage.dynamodb.client.failures import error_code, is_table_missing

_MAX_CREATE_SECONDS = 120.0
_BACKUP_FEATURE = "point-in-time recovery"
_VIEW_TYPES_WITH_IMAGE = ("NEW_IMAGE", "NEW_AND_OLD_IMAGES")
# Errors while the service still applies the last change of a table.
_MAX_BUSY_SECONDS = 30.0
_BUSY_CODES = ("ContinuousBackupsUnavailableException", "ResourceInUseException")


@dataclass(frozen=True, slots=True)
class Tables:
    """The names of the table of employees and of the index table that lists and searches read."""

    people: str
    index: str

    def person_key(self, employee_id: str) -> Item:
        """Return the primary key of a record."""
        return {"id": {"S": employee_id}}

    @staticmethod
    def index_key(view: str, at: str) -> Item:
        """Return the primary key of an item of the index: its partition and sort key."""
        return {"view": {"S": view}, "at": {"S": at}}

    def check_items(self) -> dict[str, Any]:
        """Return the items that a check of the service reads: one of each table, if it is there."""
        keys = {self.people: self.person_key("-"), self.index: self.index_key("tally", "0")}
        return {table: {"Keys": [key], "ConsistentRead": True} for table, key in keys.items()}

    def check_request(self) -> dict[str, Any]:
        """Return the read of the items of ``check_items``, which a wrong key rejects."""
        return {"RequestItems": self.check_items()}


PEOPLE_KEY = (("id", "HASH"),)
INDEX_KEY = (("view", "HASH"), ("at", "RANGE"))


def set_up(calls: Calls, tables: Tables) -> Iterator[str]:
    """Create missing tables, enable what protects them, and yield what was done in sentences."""
    for name, key in ((tables.people, PEOPLE_KEY), (tables.index, INDEX_KEY)):
        description = describe(calls, name)
        if description is None:
            yield _create_table(calls, name, key)
        elif mismatch := key_mismatch(name, description, key):
            yield mismatch
            continue
        else:
            yield f"Found the table {name}."
        if name == tables.people:
            # First, since on DynamoDB Local it removes the deletion protection.
            yield from _ensure_stream(calls, name)
        yield from _protect_from_deletion(calls, name)
        yield from _enable_backups(calls, name)
    if describe(calls, tables.index) is not None:
        yield from _enable_expiry(calls, tables.index)


def estimate_count(calls: Calls, table: str) -> int:
    """Return the number of items in a table; AWS updates it every six hours."""
    description = describe(calls, table)
    return int(description.get("ItemCount", 0)) if description else 0


def describe(calls: Calls, name: str) -> dict[str, Any] | None:
    """Return the description of a table, or None if there is no such table."""
    try:
        response = calls.administer("DescribeTable", name, {"TableName": name})
    except StorageUnavailable as error:
        if is_table_missing(error):
            return None
        raise
    table = response.get("Table")
    if not isinstance(table, dict):
        raise StorageUnavailable(SERVICE, "dynamodb:DescribeTable", name, "not a description")
    return table


def _create_table(calls: Calls, name: str, key: tuple[tuple[str, str], ...]) -> str:
    request = {
        "TableName": name,
        "AttributeDefinitions": [{"AttributeName": part, "AttributeType": "S"} for part, _ in key],
        "KeySchema": [{"AttributeName": part, "KeyType": kind} for part, kind in key],
        "BillingMode": "PAY_PER_REQUEST",
    }
    try:
        calls.administer("CreateTable", name, request)
    except StorageUnavailable as error:
        if error_code(error) != "ResourceInUseException":  # another machine created it
            raise
    give_up_at = time.monotonic() + _MAX_CREATE_SECONDS
    while (description := describe(calls, name)) is None or description["TableStatus"] != "ACTIVE":
        if time.monotonic() > give_up_at:
            reason = "the table is being created and is not ready yet: run flask setup again later"
            raise StorageUnavailable(SERVICE, "dynamodb:CreateTable", name, reason)
        time.sleep(0.5)
    return f"Created the table {name}, paid per request."


def key_mismatch(name: str, description: dict[str, Any], key: tuple[tuple[str, str], ...]) -> str:
    """Explain in sentences why a table has the wrong key; empty when the key is right."""
    attributes, schema = description["AttributeDefinitions"], description["KeySchema"]
    kinds = {part["AttributeName"]: part["AttributeType"] for part in attributes}
    actual = [(part["AttributeName"], kinds[part["AttributeName"]]) for part in schema]
    needed = [(part, "S") for part, _ in key]
    if actual == needed:
        return ""
    return (
        f"The table {name} has the key {_spell(actual)}, but the directory needs "
        f"{_spell(needed)}. The key of a table cannot be changed. Set DYNAMO_TABLE to another "
        "table, or delete this one if nobody needs it, and run flask setup again."
    )


def _spell(key: list[tuple[str, str]]) -> str:
    kinds = {"S": "string", "N": "number", "B": "binary"}
    return " and ".join(f"{name} ({kinds[kind]})" for name, kind in key)


def _protect_from_deletion(calls: Calls, name: str) -> Iterator[str]:
    description = describe(calls, name) or {}
    if not description.get("DeletionProtectionEnabled"):
        request = {"TableName": name, "DeletionProtectionEnabled": True}
        yield _enable(calls, name, "deletion protection", "UpdateTable", request)


def describe_recovery(calls: Calls, name: str) -> str:
    """Return whether a table can be recovered: ENABLED or DISABLED, "" where that is not told."""
    try:
        return _recovery_status(calls, name)
    except StorageUnavailable as error:
        if error_code(error) == "UnknownOperationException":
            return ""
        raise


def _recovery_status(calls: Calls, name: str) -> str:
    response = calls.administer("DescribeContinuousBackups", name, {"TableName": name})
    recovery = response["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription", {})
    status: str = recovery.get("PointInTimeRecoveryStatus", "DISABLED")
    return status


def _enable_backups(calls: Calls, name: str) -> Iterator[str]:
    try:
        status = _recovery_status(calls, name)
    except StorageUnavailable as error:
        yield _not_enabled(_BACKUP_FEATURE, name, error)
        return
    if status != "ENABLED":
        request = {
            "TableName": name,
            "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        }
        yield _enable(calls, name, _BACKUP_FEATURE, "UpdateContinuousBackups", request)


def stream_arn_and_view_type(description: dict[str, Any] | None) -> tuple[str, str]:
    """Return the ARN and view type of the stream of a described table; empty if disabled."""
    specification = (description or {}).get("StreamSpecification", {})
    if not specification.get("StreamEnabled"):
        return "", ""
    return (description or {}).get("LatestStreamArn", ""), specification["StreamViewType"]


def _ensure_stream(calls: Calls, name: str) -> Iterator[str]:
    _, view_type = stream_arn_and_view_type(describe(calls, name))
    if not view_type:
        yield from _enable_stream(calls, name)
    elif view_type not in _VIEW_TYPES_WITH_IMAGE:
        yield (
            f"The stream of the table {name} shows {view_type}, not NEW_IMAGE. It was not "
            "changed, because other programs may read it. flask follow works, and reads "
            "each changed record."
        )


def _enable_stream(calls: Calls, name: str) -> Iterator[str]:
    feature = "the stream of changes"
    specification = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    request = {"TableName": name, "StreamSpecification": specification}
    try:
        _retry_while_busy(lambda: calls.administer("UpdateTable", name, request))
    except StorageUnavailable as error:
        _, view_type = stream_arn_and_view_type(describe(calls, name))
        if not view_type:  # otherwise another machine enabled it
            yield _not_enabled(feature, name, error)
    else:
        yield f"Turned on {feature} for the table {name}."


def _enable_expiry(calls: Calls, name: str) -> Iterator[str]:
    feature = "the removal of expired rows"
    try:
        response = calls.administer("DescribeTimeToLive", name, {"TableName": name})
    except StorageUnavailable as error:
        yield _not_enabled(feature, name, error)
        return
    if response["TimeToLiveDescription"].get("TimeToLiveStatus") in ("DISABLED", None):
        expiry = {"Enabled": True, "AttributeName": "ttl"}
        request = {"TableName": name, "TimeToLiveSpecification": expiry}
        yield _enable(calls, name, feature, "UpdateTimeToLive", request)


def _enable(calls: Calls, name: str, feature: str, operation: str, request: dict[str, Any]) -> str:
    try:
        _retry_while_busy(lambda: calls.administer(operation, name, request))
    except StorageUnavailable as error:
        return _not_enabled(feature, name, error)
    return f"Turned on {feature} for the table {name}."


def _retry_while_busy(change: Callable[[], object]) -> None:
    give_up_at = time.monotonic() + _MAX_BUSY_SECONDS
    while True:
        try:
            change()
        except StorageUnavailable as error:
            if error_code(error) not in _BUSY_CODES or time.monotonic() > give_up_at:
                raise
        else:
            return
        time.sleep(1)


def _not_enabled(feature: str, name: str, error: StorageUnavailable) -> str:
    if error_code(error) == "UnknownOperationException":
        return f"This service has no {feature}, so it is off for the table {name}."
    return f"Could not turn on {feature} for the table {name}: {error.action}: {error.reason}."
