"""Reads of the whole table of employees, page by page."""

from collections.abc import Iterator

from app.contracts import Batch, RecordCount
from app.storage.dynamodb.client.calls import Calls
from app.storage.dynamodb.client.pagination import scan_pages
from app.storage.dynamodb.client.tables import Tables
from app.storage.dynamodb.records.codec import employee_from

_PAGE_SIZE = 1_000
_MAX_COUNTED = 100


def read_batches(calls: Calls, tables: Tables, bookmark: str) -> Iterator[Batch]:
    """Implement EmployeeStore.iter_batches in table order; a bookmark is the last id."""
    start = tables.person_key(bookmark) if bookmark else None
    for page in scan_pages(calls, tables.people, {"Limit": _PAGE_SIZE}, start):
        if page.items:
            people = tuple(map(employee_from, page.items))
            yield Batch(people, people[-1].id)


def photo_keys(calls: Calls, tables: Tables) -> Iterator[str]:
    """Implement EmployeeStore.photo_keys."""
    names = {"#photo": "photo", "#note": "written_photo"}
    request = {
        "ProjectionExpression": "id, object_key, #photo, #note",
        "ExpressionAttributeNames": names,
    }
    for page in scan_pages(calls, tables.people, request):
        yield from filter(None, (employee_from(item).photo_key for item in page.items))


def count_records(calls: Calls, tables: Tables) -> RecordCount:
    """Implement EmployeeStore.count_records by one page of a scan, of at most 1 MB."""
    request = {
        "TableName": tables.people,
        "Select": "COUNT",
        "Limit": _MAX_COUNTED,
        "ConsistentRead": True,
    }
    page = calls.read("Scan", tables.people, request)
    return RecordCount(page["Count"], is_exact="LastEvaluatedKey" not in page)
