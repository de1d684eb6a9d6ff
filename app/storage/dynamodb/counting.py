"""What counting how many stand below somebody needs: everybody's manager, and a stored state."""

from collections.abc import Iterator

from app.model import leaving
from app.storage.dynamodb.client.attributes import string_of
from app.storage.dynamodb.client.calls import Calls
from app.storage.dynamodb.client.failures import ConditionFailed
from app.storage.dynamodb.client.pagination import scan_pages
from app.storage.dynamodb.client.tables import Tables
from app.storage.dynamodb.records.codec import ATTRIBUTES, employee_from

_VIEW, _ONLY = "counting", "-"
_READ = ("id", "manager", "left_on")


def iter_managers(calls: Calls, tables: Tables) -> Iterator[tuple[str, str]]:
    """Implement ReportStore.iter_managers by a scan of the people, of three attributes."""
    names = {f"#{name}": ATTRIBUTES.get(name, name) for name in _READ}
    request = {
        "ProjectionExpression": ", ".join(names),
        "ExpressionAttributeNames": names,
        "ConsistentRead": False,  # half the cost, and changes while it goes on are not seen anyway
    }
    today = leaving.today()
    for page in scan_pages(calls, tables.people, request):
        for item in page.items:
            if names["#manager"] not in item:
                continue
            person = employee_from(item)
            if person.manager and not leaving.has_left(person, today):
                yield person.id, person.manager


def read_state(calls: Calls, tables: Tables) -> str:
    """Implement ReportStore.counting_state."""
    key = tables.index_key(_VIEW, _ONLY)
    request = {"TableName": tables.index, "Key": key, "ConsistentRead": True}
    item = calls.read("GetItem", tables.index, request).get("Item")
    return string_of(item, "content") if item else ""


def change_state(calls: Calls, tables: Tables, before: str, after: str) -> bool:
    """Implement ReportStore.change_counting_state."""
    values = {":after": {"S": after}, ":before": {"S": before}}
    is_before = "#c = :before" if before else "attribute_not_exists(#c) OR #c = :before"
    request = {
        "TableName": tables.index,
        "Key": tables.index_key(_VIEW, _ONLY),
        "UpdateExpression": "SET #c = :after",
        "ConditionExpression": is_before,
        "ExpressionAttributeNames": {"#c": "content"},
        "ExpressionAttributeValues": values,
    }
    try:
        calls.write("UpdateItem", tables.index, request)
    except ConditionFailed:  # also after a lost reply
        return read_state(calls, tables) == after
    return True
