"""moto without copies of whole tables before transactions, and without work done twice."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.serialize import (
    DEFAULT_ALIAS_PROVIDERS,
    AttributePickerContext,
    XFormedAttributePicker,
)
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table

_update_item = DynamoDBBackend.update_item
_possible_keys = XFormedAttributePicker.get_possible_keys


def copy_no_items() -> None:
    """Have copies of a table share its items; an update then changes a copy of the item.

    moto restores the copy when a transaction fails. What puts or deletes replaces whole items.
    """
    Table.__deepcopy__ = _copy_of_table  # type: ignore[attr-defined]
    DynamoDBBackend.update_item = _update_copy  # type: ignore[method-assign]


def look_names_up_once() -> None:
    """Have moto remember under which names a dictionary may have a value of an answer."""
    XFormedAttributePicker.get_possible_keys = _known_keys  # type: ignore[assignment]


def sort_plain_keys() -> None:
    """Have moto compare what keys hold, and not work that out anew for each comparison.

    It sorts the whole table for every query.
    """
    Table.all_items = _in_order  # type: ignore[method-assign]


def clear(table_name: str, region: str) -> None:
    """Take everything out of a table."""
    dynamodb_backends[DEFAULT_ACCOUNT_ID][region].tables[table_name].items.clear()


def _copy_of_table(table: Table, memo: dict[int, Any]) -> Table:
    copied = copy.copy(table)
    items: dict[Any, Any] = table.items
    if table.has_range_key:
        # A list at once: another thread may add to the table meanwhile.
        items = {key: dict(ranges) for key, ranges in list(items.items())}
    copied.items = defaultdict(dict, items)
    memo[id(table)] = copied
    return copied


def _in_order(table: Table) -> list[Item]:
    places: Any = table.items.values()
    if not table.range_key_attr:
        return sorted(places, key=lambda item: item.hash_key.cast_value)
    items = [item for ranges in places for item in ranges.values()]
    return sorted(items, key=lambda item: (item.hash_key.cast_value, item.range_key.cast_value))


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


def _known_keys(picker: XFormedAttributePicker, context: AttributePickerContext) -> Iterable[str]:
    """As moto has it; for a dictionary it depends on nothing but the shape and the key."""
    usual = picker.alias_providers is DEFAULT_ALIAS_PROVIDERS
    if not usual or type(context.obj) is not dict or context.shape is None:
        return _possible_keys(picker, context)
    known = context.shape.__dict__.setdefault("_keys_for_dict", {})
    found: list[str] | None = known.get(context.key)
    if found is None:
        found = known[context.key] = list(_possible_keys(picker, context))
    return found
