"""Looking up many at once: employees by their ids, ids by mail addresses."""

from __future__ import annotations

import contextvars
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from app import terms
from app.contracts import MOST_AT_ONCE
from app.employee import Employee
from app.storage.dynamodb.calls import Calls
from app.storage.dynamodb.records import employee_from, is_id
from app.storage.dynamodb.rows import id_in_card, mail_view
from app.storage.dynamodb.tables import Tables
from app.storage.dynamodb.transit import Transit

# One Query for each address: a row has the person in its key, so that writers never meet.
_QUERIES_AT_ONCE = 8


def get_many(
    transit: Transit, tables: Tables, employee_ids: Collection[str]
) -> dict[str, Employee]:
    """See EmployeeStore.get_many."""
    _check_number(employee_ids)
    ids = [each for each in dict.fromkeys(employee_ids) if is_id(each)]
    keys = [tables.person_key(each) for each in ids]
    items = transit.batch_get({tables.people: keys})[tables.people]
    found = {item["id"]["S"]: employee_from(item) for item in items}
    return {each: found[each] for each in ids if each in found}


def find_by_email(
    calls: Calls, tables: Tables, addresses: Collection[str]
) -> dict[str, tuple[str, ...]]:
    """See EmployeeStore.find_by_email."""
    _check_number(addresses)
    keys = {address: terms.email_key(address) for address in addresses}
    asked = [key for key in dict.fromkeys(keys.values()) if key and _is_unicode(key)]
    with ThreadPoolExecutor(_QUERIES_AT_ONCE) as readers:
        # Each in a copy of our context, where the deadline is.
        reading = {
            key: readers.submit(contextvars.copy_context().run, _ids_at, calls, tables.index, key)
            for key in asked
        }
        ids = {key: future.result() for key, future in reading.items()}
    return {address: found for address, key in keys.items() if (found := ids.get(key))}


def _ids_at(calls: Calls, index: str, email_key: str) -> tuple[str, ...]:
    request: dict[str, Any] = {
        "TableName": index,
        "KeyConditionExpression": "#v = :v",
        "ExpressionAttributeNames": {"#v": "view"},
        "ExpressionAttributeValues": {":v": {"S": mail_view(email_key)}},
        "ProjectionExpression": "c",
        "ConsistentRead": True,
    }
    ids: list[str] = []
    while True:
        answer = calls.read("Query", index, request)
        ids += (id_in_card(item["c"]["S"]) for item in answer["Items"])
        if "LastEvaluatedKey" not in answer:
            return tuple(sorted(ids))
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def _check_number(asked: Collection[str]) -> None:
    if len(asked) > MOST_AT_ONCE:
        raise ValueError(f"{len(asked)} are asked for, and at most {MOST_AT_ONCE} may be at once")


def _is_unicode(text: str) -> bool:
    """Whether a record can hold it: half a character is in no address that is stored."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
