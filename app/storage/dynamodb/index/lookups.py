"""Batch look-ups: employees by id and by name, ids by email address or employee number."""

import contextvars
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

from app.contracts import MAX_BATCH, MAX_NAMESAKES, Namesake
from app.contracts.cursors import SEPARATOR
from app.model.employee import Employee
from app.storage.dynamodb.client.attributes import string_of
from app.storage.dynamodb.client.batch_reads import MAX_BATCH_KEYS
from app.storage.dynamodb.client.calls import Calls
from app.storage.dynamodb.client.pagination import query_view
from app.storage.dynamodb.client.tables import Tables
from app.storage.dynamodb.index.cards import read_card
from app.storage.dynamodb.index.transactions import IndexWriter
from app.storage.dynamodb.index.views import NAME_VIEW, email_view, number_view
from app.storage.dynamodb.records.codec import employee_from, is_id
from app.text.person_names import SortBy, sort_key
from app.text.search_keys import email_key, number_key

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
    """Implement EmployeeStore.find_by_email."""
    keys = {address: email_key(address) for address in addresses}
    ids = _ids_in_views(calls, tables.index, keys, email_view)
    return _by_text(keys, _employees(writer, tables, ids), lambda one: email_key(one.email))


def find_by_number(
    calls: Calls, writer: IndexWriter, tables: Tables, numbers: Collection[str]
) -> dict[str, tuple[str, ...]]:
    """Implement EmployeeStore.find_by_number."""
    keys = {number: number_key(number) for number in numbers}
    ids = _ids_in_views(calls, tables.index, keys, number_view)
    employees = _employees(writer, tables, ids)
    return _by_text(keys, employees, lambda one: number_key(one.employee_number))


def _ids_in_views(
    calls: Calls, index: str, keys: Mapping[str, str], view_of: Callable[[str], str]
) -> list[str]:
    """Return the ids of the employees in the views of these keys; one Query for each."""
    _check_batch_size(keys)
    searched = [key for key in dict.fromkeys(keys.values()) if key and _is_encodable(key)]
    with ThreadPoolExecutor(_MAX_CONCURRENT_QUERIES) as readers:
        # Each in a copy of this context, which holds the deadline.
        futures = [
            readers.submit(contextvars.copy_context().run, _ids_at, calls, index, view_of(key))
            for key in searched
        ]
        return [employee_id for future in futures for employee_id in future.result()]


def _by_text(
    keys: Mapping[str, str],
    employees: Mapping[str, Employee],
    key_of: Callable[[Employee], str],
) -> dict[str, tuple[str, ...]]:
    """Return the ids of the employees by the text that was asked for.

    The text in each record is compared again: another program may have changed it since it was
    indexed, and an import must not overwrite the wrong employee.
    """
    by_key: dict[str, list[str]] = defaultdict(list)
    for employee in employees.values():
        if key := key_of(employee):
            by_key[key].append(employee.id)
    return {text: tuple(sorted(by_key[key])) for text, key in keys.items() if key in by_key}


def find_by_name(
    calls: Calls, tables: Tables, names: Collection[str], sort_by: SortBy
) -> dict[str, tuple[Namesake, ...]]:
    """Implement EmployeeStore.find_by_name, in the order of the index."""
    _check_batch_size(names)
    keys = {name: sort_key(name, "", sort_by) for name in names if _is_encodable(name)}
    with ThreadPoolExecutor(_MAX_CONCURRENT_QUERIES) as readers:
        futures = {
            key: readers.submit(
                contextvars.copy_context().run, _namesakes, calls, tables.index, key
            )
            for key in dict.fromkeys(keys.values())
        }
        by_key = {key: future.result() for key, future in futures.items()}
    return {name: by_key[key] for name, key in keys.items() if by_key[key]}


def _namesakes(calls: Calls, index: str, key: str) -> tuple[Namesake, ...]:
    prefix, request = f"{key}{SEPARATOR}", {"Limit": MAX_NAMESAKES}
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


def _ids_at(calls: Calls, index: str, view: str) -> list[str]:
    rows = query_view(calls, index, view, fields=["c"])
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
