"""Write units of a transaction by AWS's rule: two for each KB, begun, of each item.

DynamoDB Local reports the same number for every transaction of a save, however many items it
writes. An item counts with the larger of its sizes before and after, so both are read.
Sizes: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from math import ceil
from typing import Any

from app.storage.dynamodb.client.calls import Calls, Item, Response

_KB = 1024
_TRANSACTION = "TransactWriteItems"
# A number takes a byte for each two digits, and one more.
_DIGITS_A_BYTE = 2


class TransactionMeter:
    """Sends writes on, and notes what AWS would charge for each transaction.

    For one request at a time: what others write meanwhile would be counted with it.
    """

    def __init__(self, calls: Calls, note: Callable[[float], None]) -> None:
        self._calls = calls
        self._send = calls.write
        self._note = note

    def write(self, operation: str, table: str, request: dict[str, Any]) -> Response:
        """Take the place of ``Calls.write``."""
        if operation != _TRANSACTION:
            return self._send(operation, table, request)
        keys = list(keys_of(request["TransactItems"]))
        before = self._sizes(keys)
        answer = self._send(operation, table, request)
        after = self._sizes(keys)
        self._note(units_of_transaction(map(max, before, after)))
        return answer

    def _sizes(self, keys: list[tuple[str, Item]]) -> list[int]:
        """The bytes of each of these items, 0 where there is none; not metered."""
        meter, self._calls.meter = self._calls.meter, None
        try:
            answers = [
                self._calls.read(
                    "GetItem", table, {"TableName": table, "Key": key, "ConsistentRead": True}
                )
                for table, key in keys
            ]
        finally:
            self._calls.meter = meter
        return [item_bytes(answer.get("Item", {})) for answer in answers]


def units_of_transaction(sizes: Iterable[int]) -> int:
    """Return the write units of a transaction that writes items of so many bytes."""
    return sum(2 * max(1, ceil(size / _KB)) for size in sizes)


def keys_of(actions: Iterable[dict[str, Any]]) -> Iterator[tuple[str, Item]]:
    """Yield the table and the key of each item that a transaction touches."""
    for action in actions:
        (about,) = action.values()
        item = about.get("Key") or about["Item"]
        names = ("view", "at") if "view" in item else ("id",)
        key = {name: item[name] for name in names}
        yield about["TableName"], key


def item_bytes(item: Item) -> int:
    """Return the size of an item by AWS's rule: names and values, in UTF-8."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(value: dict[str, Any]) -> int:
    ((kind, content),) = value.items()
    if kind == "S":
        return len(content.encode())
    if kind == "N":
        return ceil(sum(map(str.isdigit, content)) / _DIGITS_A_BYTE) + 1
    if kind in ("BOOL", "NULL"):
        return 1
    if kind in ("SS", "NS"):
        return sum(_value_bytes({kind[0]: each}) for each in content)
    return len(json.dumps(content).encode())  # lists and maps, of which we write none
