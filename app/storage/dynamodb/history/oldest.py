"""The oldest day that may have changes or entries, so that none are sought before it."""

from contextlib import suppress
from typing import Any

from app.storage.dynamodb.client.attributes import string_of
from app.storage.dynamodb.client.calls import Calls, Item
from app.storage.dynamodb.client.failures import ConditionFailed
from app.storage.dynamodb.client.tables import Tables
from app.storage.dynamodb.history.items import LOG_VIEW

_KEY = Tables.index_key(f"{LOG_VIEW}oldest", "-")


class OldestDay:
    """The oldest day in one index table; a process writes it once, and when it finds an older."""

    def __init__(self, calls: Calls, index: str) -> None:
        self._calls = calls
        self._index = index
        self._known = ""

    def note(self, day: str) -> None:
        """Store a day if none is as old, before the first change of it is written."""
        if self._known and self._known <= day:
            return
        request: dict[str, Any] = {
            "TableName": self._index,
            "Key": _KEY,
            "UpdateExpression": "SET #day = :day",
            "ConditionExpression": "attribute_not_exists(#day) OR #day > :day",
            "ExpressionAttributeNames": {"#day": "day"},
            "ExpressionAttributeValues": {":day": {"S": day}},
        }
        with suppress(ConditionFailed):  # an older one is stored
            self._calls.write("UpdateItem", self._index, request)
        self._known = day

    def is_before(self, day: str) -> bool:
        """Return whether there may be something before this day."""
        request = {"TableName": self._index, "Key": _KEY, "ConsistentRead": True}
        item = self._calls.read("GetItem", self._index, request).get("Item") or {}
        return "" < string_of(item, "day") < day

    def advance(self, day: str) -> None:
        """Store that everything before this day is deleted."""
        item: Item = {**_KEY, "day": {"S": day}}
        self._calls.write("PutItem", self._index, {"TableName": self._index, "Item": item})
        self._known = day
