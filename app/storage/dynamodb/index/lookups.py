"""Batch look-ups: employees by id and by name, ids by email address."""

import contextvars
from collections import defaultdict
from collections.abc import Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

from app.contracts import MAX_BATCH, MAX_NAMESAKES, Namesake
from app.contracts.cursors import SEPARATOR
from app.model.employee import Employee
from app.storage.dynamodb.client.attributes import string_of
from app.storage.dynamodb.client.calls import Calls
from app.storage.dynamodb.client.pagination import query_view
from app.storage.dynamodb.client.tables import Tables
from app.storage.dynamodb.index.rows import NAME_VIEW, email_view, read_card
from app.storage.dynamodb.index.transactions import MAX_BATCH_KEYS, IndexWriter
from app.storage.dynamodb.records.codec import employee_from, is_id
from app.text import search_keys

# One Query per address: its rows have employees in their keys, so that writers never collide.
_MAX_CONCURRENT_QUERIES = 8


def get_many(
    writer: IndexWriter, tables: Tables, employee_ids: Collection[str]
) -> dict[str, Employee]:
    """Implement EmployeeStore.get_many."""
    _check_batch_size(employee_ids)
    return _employees(writer, tables, employee_ids)


def find_by_email(
    calls: Calls, writer: IndexWriter, tables: Tables, addresses: Collection[str]
) -> dict[str, tuple[str, ...]]:
    """Implement EmployeeStore.find_by_email.

    The address in each record is compared again: another program may have changed it since it was
    indexed, and an import must not overwrite the wrong employee.
    """
    _check_batch_size(addresses)
    keys = {address: search_keys.email_key(address) for address in addresses}
    searched = [key for key in dict.fromkeys(keys.values()) if key and _is_encodable(key)]
    with ThreadPoolExecutor(_MAX_CONCURRENT_QUERIES) as readers:
        # Each in a copy of this context, which holds the deadline.
        futures = {
            key: readers.submit(contextvars.copy_context().run, _ids_at, calls, tables.index, key)
            for key in searched
        }
        ids = [employee_id for future in futures.values() for employee_id in future.result()]
    employees = _employees(writer, tables, ids)
    by_key: dict[str, list[str]] = defaultdict(list)
    for employee in employees.values():
        if key := search_keys.email_key(employee.email):
            by_key[key].append(employee.id)
    return {address: tuple(sorted(by_key[key])) for address, key in keys.items() if key in by_key}


def find_by_name(
    calls: Calls, tables: Tables, names: Collection[str]
) -> dict[str, tuple[Namesake, ...]]:
    """Implement EmployeeStore.find_by_name."""
    _check_batch_size(names)
    keys = {name: search_keys.name_key(name) for name in names if _is_encodable(name)}
    with ThreadPoolExecutor(_MAX_CONCURRENT_QUERIES) as readers:
        futures = {
            key: readers.submit(
                contextvars.copy_context().run, _namesakes, calls, tables.index, key
            )
            for key in dict.fromkeys(keys.values())
        }
        by_key = {key: future.result() for key, future in futures.items()}
    return {name: by_key[key] for name, key in keys.items() if by_key[key]}


def _namesakes(calls: Calls, index: str, name_key: str) -> tuple[Namesake, ...]:
    prefix, request = f"{name_key}{SEPARATOR}", {"Limit": MAX_NAMESAKES}
    rows = query_view(calls, index, NAME_VIEW, prefix=prefix, fields=["c"], request=request)
    cards = (read_card(string_of(row, "c")) for row in islice(rows, MAX_NAMESAKES))
    return tuple(Namesake(card.id, card.full_name) for card in cards if card is not None)


def _employees(
    writer: IndexWriter, tables: Tables, employee_ids: Iterable[str]
) -> dict[str, Employee]:
    """Return the employees with these ids, in this order, without the missing ones."""
    ids = list(filter(is_id, dict.fromkeys(employee_ids)))
    employees: dict[str, Employee] = {}
    for start in range(0, len(ids), MAX_BATCH_KEYS):
        keys = list(map(tables.person_key, ids[start : start + MAX_BATCH_KEYS]))
        items = writer.batch_get({tables.people: keys})[tables.people]
        employees |= {item["id"]["S"]: employee_from(item) for item in items}
    return {employee_id: employees[employee_id] for employee_id in ids if employee_id in employees}


def _ids_at(calls: Calls, index: str, email_key: str) -> list[str]:
    rows = query_view(calls, index, email_view(email_key), fields=["c"])
    cards = (read_card(string_of(row, "c")) for row in rows)
    return [card.id for card in cards if card is not None]


def _check_batch_size(keys: Collection[str]) -> None:
    if len(keys) > MAX_BATCH:
        raise ValueError(f"{len(keys)} are asked for, and at most {MAX_BATCH} may be at once")


def _is_encodable(text: str) -> bool:
    """Return whether UTF-8 can encode it; no stored address has lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
