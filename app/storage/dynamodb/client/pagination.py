"""Walks through a whole table or a view of the index: page by page, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from app.storage.dynamodb.client.calls import Calls, Item


class Stage(NamedTuple):
    """Some items of a table; ``last`` is the key to go on behind, None at the end of the table."""

    items: list[Item]
    last: Item | None


def walk(
    calls: Calls, table: str, request: dict[str, Any], start: Item | None = None
) -> Iterator[Stage]:
    """The items of a table from a key on (exclusive); the item of that key need not exist.

    Strongly consistent.
    """
    yield from _stages(calls, "Scan", table, request, start)


def rows_of(
    calls: Calls,
    index: str,
    view: str,
    *,
    begins: str = "",
    fields: Sequence[str] = (),
    request: Mapping[str, Any] = MappingProxyType({}),
) -> Iterator[Item]:
    """The rows of a view, or those whose place begins so; whole, or these fields of each.

    Strongly consistent unless the request says otherwise. No page is read before it is needed.
    """
    asked = {"view": view, "at": begins} if begins else {"view": view}
    condition = "#view = :view AND begins_with(#at, :at)" if begins else "#view = :view"
    query = {
        "KeyConditionExpression": condition,
        "ExpressionAttributeNames": {f"#{name}": name for name in (*asked, *fields)},
        "ExpressionAttributeValues": {f":{name}": {"S": text} for name, text in asked.items()},
        **request,
    }
    if fields:
        query["ProjectionExpression"] = ", ".join(f"#{name}" for name in fields)
    for stage in _stages(calls, "Query", index, query, None):
        yield from stage.items


def _stages(
    calls: Calls, operation: str, table: str, request: dict[str, Any], start: Item | None
) -> Iterator[Stage]:
    request = {"TableName": table, "ConsistentRead": True, **request}
    while True:
        if start is not None:
            request["ExclusiveStartKey"] = start
        answer = calls.read(operation, table, request)
        start = answer.get("LastEvaluatedKey")
        yield Stage(answer["Items"], start)
        if start is None:
            return
