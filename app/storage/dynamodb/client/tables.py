"""The two tables: their names, their keys, and how they are made."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from app.model.errors import StorageUnavailable
from app.storage.dynamodb.client.calls import SERVICE, Calls, Item
from app.storage.dynamodb.client.failures import code_of

_ACTIVE_SECONDS = 120.0
_MISSING = "ResourceNotFoundException"
_BACKUPS = "point-in-time recovery"
_VIEWS_WITH_IMAGE = ("NEW_IMAGE", "NEW_AND_OLD_IMAGES")
# What else the service says while it is still busy with the last change of a table.
_STILL_BUSY = ("ContinuousBackupsUnavailableException", "ResourceInUseException")


@dataclass(frozen=True, slots=True)
class Tables:
    """The names of the table of employees and of the one that lists and searches read."""

    people: str
    index: str

    def person_key(self, employee_id: str) -> Item:
        return {"id": {"S": employee_id}}

    @staticmethod
    def index_key(view: str, at: str) -> Item:
        return {"view": {"S": view}, "at": {"S": at}}


PEOPLE_KEY = (("id", "HASH"),)
INDEX_KEY = (("view", "HASH"), ("at", "RANGE"))


def set_up(calls: Calls, tables: Tables) -> Iterator[str]:
    """Make the tables that are missing, ask for protection and backups, and say so in sentences."""
    for name, key in ((tables.people, PEOPLE_KEY), (tables.index, INDEX_KEY)):
        found = describe(calls, name)
        if found is None:
            yield _make(calls, name, key)
        elif wrong := wrong_key(name, found, key):
            yield wrong
            continue
        else:
            yield f"Found the table {name}."
        if name == tables.people:
            # First: on DynamoDB Local this takes the protection away.
            yield from _switch_on_stream(calls, name)
        yield from _protect(calls, name)
        yield from _back_up(calls, name)
    if describe(calls, tables.index) is not None:
        yield from _let_expire(calls, tables.index)


def count_roughly(calls: Calls, table: str) -> int:
    """How many items a table holds; on AWS this is up to six hours old."""
    found = describe(calls, table)
    return int(found.get("ItemCount", 0)) if found else 0


def describe(calls: Calls, name: str) -> dict[str, Any] | None:
    """What the service says of a table; None where there is none."""
    try:
        answer = calls.administer("DescribeTable", name, {"TableName": name})
    except StorageUnavailable as error:
        if code_of(error) == _MISSING:
            return None
        raise
    table: dict[str, Any] = answer["Table"]
    return table


def _make(calls: Calls, name: str, key: tuple[tuple[str, str], ...]) -> str:
    request = {
        "TableName": name,
        "AttributeDefinitions": [{"AttributeName": part, "AttributeType": "S"} for part, _ in key],
        "KeySchema": [{"AttributeName": part, "KeyType": kind} for part, kind in key],
        "BillingMode": "PAY_PER_REQUEST",
    }
    try:
        calls.administer("CreateTable", name, request)
    except StorageUnavailable as error:
        if code_of(error) != "ResourceInUseException":  # another machine was faster
            raise
    ends = time.monotonic() + _ACTIVE_SECONDS
    while (found := describe(calls, name)) is None or found["TableStatus"] != "ACTIVE":
        if time.monotonic() > ends:
            reason = "the table was ordered but is not ready yet: run flask setup again later"
            raise StorageUnavailable(SERVICE, "dynamodb:CreateTable", name, reason)
        time.sleep(0.5)
    return f"Made the table {name}, paid per request."


def wrong_key(name: str, found: dict[str, Any], key: tuple[tuple[str, str], ...]) -> str:
    """Why a table cannot serve, in a sentence; empty when its key is right."""
    kinds = {part["AttributeName"]: part["AttributeType"] for part in found["AttributeDefinitions"]}
    actual = [(part["AttributeName"], kinds[part["AttributeName"]]) for part in found["KeySchema"]]
    needed = [(part, "S") for part, _ in key]
    if actual == needed:
        return ""
    return (
        f"The table {name} has the key {_spell(actual)}, but the directory needs {_spell(needed)}. "
        "The key of a table cannot be changed: name another table in DYNAMO_TABLE, "
        "or delete this one if nobody needs it, and run flask setup again."
    )


def _spell(key: list[tuple[str, str]]) -> str:
    kinds = {"S": "string", "N": "number", "B": "binary"}
    return " and ".join(f"{name} ({kinds[kind]})" for name, kind in key)


def _protect(calls: Calls, name: str) -> Iterator[str]:
    found = describe(calls, name) or {}
    if not found.get("DeletionProtectionEnabled"):
        request = {"TableName": name, "DeletionProtectionEnabled": True}
        yield _ask(calls, name, "deletion protection", "UpdateTable", request)


def _back_up(calls: Calls, name: str) -> Iterator[str]:
    try:
        answer = calls.administer("DescribeContinuousBackups", name, {"TableName": name})
    except StorageUnavailable as error:
        yield _not_switched_on(_BACKUPS, name, error)
        return
    recovery = answer["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription", {})
    if recovery.get("PointInTimeRecoveryStatus") != "ENABLED":
        request = {
            "TableName": name,
            "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        }
        yield _ask(calls, name, _BACKUPS, "UpdateContinuousBackups", request)


def stream_of(found: dict[str, Any] | None) -> tuple[str, str]:
    """The ARN and the view type of a described table's stream; empty where it is off."""
    specification = (found or {}).get("StreamSpecification", {})
    if not specification.get("StreamEnabled"):
        return "", ""
    return (found or {}).get("LatestStreamArn", ""), specification["StreamViewType"]


def _switch_on_stream(calls: Calls, name: str) -> Iterator[str]:
    _, view = stream_of(describe(calls, name))
    if not view:
        yield from _start_stream(calls, name)
    elif view not in _VIEWS_WITH_IMAGE:
        yield (
            f"The stream of the table {name} shows {view}, not NEW_IMAGE. It is left as it is, "
            "since others may read it; flask follow works, and reads every record that changes."
        )


def _start_stream(calls: Calls, name: str) -> Iterator[str]:
    what = "the stream of changes"
    specification = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    request = {"TableName": name, "StreamSpecification": specification}
    try:
        _when_ready(lambda: calls.administer("UpdateTable", name, request))
    except StorageUnavailable as error:
        _, view = stream_of(describe(calls, name))
        if not view:  # else another machine was faster
            yield _not_switched_on(what, name, error)
    else:
        yield f"Switched on {what} for the table {name}."


def _let_expire(calls: Calls, name: str) -> Iterator[str]:
    what = "the removal of expired rows"
    try:
        answer = calls.administer("DescribeTimeToLive", name, {"TableName": name})
    except StorageUnavailable as error:
        yield _not_switched_on(what, name, error)
        return
    if answer["TimeToLiveDescription"].get("TimeToLiveStatus") in ("DISABLED", None):
        expiry = {"Enabled": True, "AttributeName": "ttl"}
        request = {"TableName": name, "TimeToLiveSpecification": expiry}
        yield _ask(calls, name, what, "UpdateTimeToLive", request)


def _ask(calls: Calls, name: str, what: str, operation: str, request: dict[str, Any]) -> str:
    try:
        _when_ready(lambda: calls.administer(operation, name, request))
    except StorageUnavailable as error:
        return _not_switched_on(what, name, error)
    return f"Switched on {what} for the table {name}."


def _when_ready(change: Callable[[], object], seconds: float = 30.0) -> None:
    ends = time.monotonic() + seconds
    while True:
        try:
            change()
        except StorageUnavailable as error:
            if code_of(error) not in _STILL_BUSY or time.monotonic() > ends:
                raise
        else:
            return
        time.sleep(1)


def _not_switched_on(what: str, name: str, error: StorageUnavailable) -> str:
    if code_of(error) == "UnknownOperationException":
        return f"This service has no {what}: the table {name} goes without."
    return f"For the table {name}, {what} was not switched on: {error.action}: {error.reason}."


PHOTO_PREFIX = "employee_pic/"
