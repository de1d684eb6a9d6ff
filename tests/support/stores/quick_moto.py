"""moto without the copy of whole tables that it takes before each transaction."""

from __future__ import annotations

import copy
from collections import defaultdict
from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table

_update_item = DynamoDBBackend.update_item


def copy_no_items() -> None:
    """Have copies of a table share its items; an update then changes a copy of the item.

    moto restores the copy when a transaction fails. What puts or deletes replaces whole items.
    """
    Table.__deepcopy__ = _copy_of_table  # type: ignore[attr-defined]
    DynamoDBBackend.update_item = _update_copy  # type: ignore[method-assign]


def clear(table_name: str, region: str) -> None:
    """Take everything out of a table."""
    dynamodb_backends[DEFAULT_ACCOUNT_ID][region].tables[table_name].items.clear()


def _copy_of_table(table: Table, memo: dict[int, Any]) -> Table:
    copied = copy.copy(table)
    items: dict[Any, Any] = table.items
    if table.has_range_key:
        items = {key: dict(ranges) for key, ranges in items.items()}
    copied.items = defaultdict(dict, items)
    memo[id(table)] = copied
    return copied


def _update_copy(self: DynamoDBBackend, table_name: str, key: dict[str, Any], **how: Any) -> Any:
    table = self.get_table(table_name)
    place: dict[Any, Any] = table.items
    name = DynamoType(key[table.hash_key_attr])
    if table.has_range_key:
        place = table.items.get(name, {})  # type: ignore[call-overload]
        name = DynamoType(key[table.range_key_attr])  # type: ignore[index]
    if name in place:
        place[name] = copy.deepcopy(place[name])
    return _update_item(self, table_name, key, **how)
