"""Everyone, page by page."""

from __future__ import annotations

from collections.abc import Iterator

from app.contracts import Batch
from app.storage.dynamodb.client.calls import Calls
from app.storage.dynamodb.client.pagination import walk
from app.storage.dynamodb.client.tables import Tables
from app.storage.dynamodb.records import employee_from

_PEOPLE_AT_ONCE = 1_000


def each_batch(calls: Calls, tables: Tables, bookmark: str) -> Iterator[Batch]:
    """See EmployeeStore.each: the order is that of the table, a bookmark is the last id."""
    start = tables.person_key(bookmark) if bookmark else None
    for stage in walk(calls, tables.people, {"Limit": _PEOPLE_AT_ONCE}, start):
        if stage.items:
            people = tuple(map(employee_from, stage.items))
            yield Batch(people, people[-1].id)


def photo_keys(calls: Calls, tables: Tables) -> Iterator[str]:
    """See EmployeeStore.photo_keys."""
    request = {"ProjectionExpression": "id, object_key"}
    for stage in walk(calls, tables.people, request):
        yield from filter(None, (employee_from(item).photo_key for item in stage.items))
