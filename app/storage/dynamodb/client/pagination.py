"""Scans of a table and queries of a view of the index, page by page, in bounded memory."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from app.storage.dynamodb.client.calls import Calls, Item


class ItemPage(NamedTuple):
    """A page of items; ``last`` is the key after which the next page starts, None at the end."""

    items: list[Item]
    last: Item | None


def scan_pages(
    calls: Calls, table: str, request: dict[str, Any], start: Item | None = None
) -> Iterator[ItemPage]:
    """Yield the items of a table after the key ``start``, which need not exist.

    Reads are strongly consistent.
    """
    yield from _read_pages(calls, "Scan", table, request, start)


def query_view(
    calls: Calls,
    index: str,
    view: str,
    *,
    prefix: str = "",
    fields: Sequence[str] = (),
    request: Mapping[str, Any] = MappingProxyType({}),
) -> Iterator[Item]:
    """Yield the rows of a view whose ``at`` begins with ``prefix``, with these fields or all.

    Reads are strongly consistent unless ``request`` says otherwise, and lazy.
    """
    keys = {"view": view, "at": prefix} if prefix else {"view": view}
    condition = "#view = :view AND begins_with(#at, :at)" if prefix else "#view = :view"
    query = {
        "KeyConditionExpression": condition,
        "ExpressionAttributeNames": {f"#{name}": name for name in (*keys, *fields)},
        "ExpressionAttributeValues": {f":{name}": {"S": text} for name, text in keys.items()},
        **request,
    }
    if fields:
        query["ProjectionExpression"] = ", ".join(f"#{name}" for name in fields)
    for page in _read_pages(calls, "Query", index, query, None):
        yield from page.items


def query_range(
    calls: Calls,
    index: str,
    view: str,
    *,
    after: str = "",
    before: str = "",
    backwards: bool = False,
    page_size: int | None = None,
    fields: Sequence[str] = (),
) -> Iterator[Item]:
    """Yield the rows of a view whose ``at`` is after and before these texts, neither included.

    "" is no limit. ``fields`` of less than whole rows include ``at``. Reads are strongly
    consistent, lazy, and of ``page_size`` rows each.
    """
    if after and before and after >= before:
        return  # no condition may say so
    request: dict[str, Any] = {"ScanIndexForward": not backwards}
    limits = (("view", view), ("after", after), ("before", before))
    values = {name: text for name, text in limits if text}
    condition = "#view = :view"
    if after and before:
        condition += " AND #at BETWEEN :after AND :before"
    elif after or before:
        condition += " AND #at > :after" if after else " AND #at < :before"
    used = {"view", "at"} if after or before else {"view"}
    request |= {
        "KeyConditionExpression": condition,
        "ExpressionAttributeNames": {f"#{name}": name for name in used.union(fields)},
        "ExpressionAttributeValues": {f":{name}": {"S": text} for name, text in values.items()},
    }
    if fields:
        request["ProjectionExpression"] = ", ".join(f"#{name}" for name in fields)
    if page_size is not None:
        request["Limit"] = page_size
    for page in _read_pages(calls, "Query", index, request, None):
        yield from (item for item in page.items if item["at"]["S"] not in (after, before))


def _read_pages(
    calls: Calls, operation: str, table: str, request: dict[str, Any], start: Item | None
) -> Iterator[ItemPage]:
    request = {"TableName": table, "ConsistentRead": True, **request}
    while True:
        if start is not None:
            request["ExclusiveStartKey"] = start
        response = calls.read(operation, table, request)
        start = response.get("LastEvaluatedKey")
        yield ItemPage(response["Items"], start)
        if start is None:
            return
