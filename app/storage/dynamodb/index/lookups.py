"""Looking up many at once: employees by their ids, ids by mail addresses."""

from __future__ import annotations

import contextvars
from collections import defaultdict
from collections.abc import Collection, Iterable
from concurrent.futures import ThreadPoolExecutor

from app.contracts import MAX_BATCH
from app.model.employee import Employee
from app.storage.dynamodb.client.calls import Calls
from app.storage.dynamodb.client.pagination import rows_of
from app.storage.dynamodb.client.tables import Tables
from app.storage.dynamodb.index.rows import id_in_card, mail_view
from app.storage.dynamodb.index.transactions import BATCH_READ, IndexWriter
from app.storage.dynamodb.records import employee_from, is_id
from app.text import search_keys

# One Query for each address: a row has the person in its key, so that writers never meet.
_QUERIES_AT_ONCE = 8


def get_many(
    transit: IndexWriter, tables: Tables, employee_ids: Collection[str]
) -> dict[str, Employee]:
    """See EmployeeStore.get_many."""
    _check_number(employee_ids)
    return _employees(transit, tables, employee_ids)


def find_by_email(
    calls: Calls, transit: IndexWriter, tables: Tables, addresses: Collection[str]
) -> dict[str, tuple[str, ...]]:
    """See EmployeeStore.find_by_email.

    Whoever the index names is asked for their address: another program may have changed it, and a
    file that is imported must not overwrite a stranger.
    """
    _check_number(addresses)
    keys = {address: search_keys.email_key(address) for address in addresses}
    asked = [key for key in dict.fromkeys(keys.values()) if key and _is_unicode(key)]
    with ThreadPoolExecutor(_QUERIES_AT_ONCE) as readers:
        # Each in a copy of our context, where the deadline is.
        reading = {
            key: readers.submit(contextvars.copy_context().run, _ids_at, calls, tables.index, key)
            for key in asked
        }
        named = {key: future.result() for key, future in reading.items()}
    people = _employees(transit, tables, (each for ids in named.values() for each in ids))
    by_key: dict[str, list[str]] = defaultdict(list)
    for employee in people.values():
        if key := search_keys.email_key(employee.email):
            by_key[key].append(employee.id)
    return {address: tuple(sorted(by_key[key])) for address, key in keys.items() if key in by_key}


def _employees(
    transit: IndexWriter, tables: Tables, employee_ids: Iterable[str]
) -> dict[str, Employee]:
    """Those of these people who are there, in the order asked for."""
    ids = [each for each in dict.fromkeys(employee_ids) if is_id(each)]
    found: dict[str, Employee] = {}
    for at in range(0, len(ids), BATCH_READ):
        keys = [tables.person_key(each) for each in ids[at : at + BATCH_READ]]
        items = transit.batch_get({tables.people: keys})[tables.people]
        found |= {item["id"]["S"]: employee_from(item) for item in items}
    return {each: found[each] for each in ids if each in found}


def _ids_at(calls: Calls, index: str, email_key: str) -> list[str]:
    rows = rows_of(calls, index, mail_view(email_key), fields=["c"])
    return [id_in_card(row["c"]["S"]) for row in rows]


def _check_number(asked: Collection[str]) -> None:
    if len(asked) > MAX_BATCH:
        raise ValueError(f"{len(asked)} are asked for, and at most {MAX_BATCH} may be at once")


def _is_unicode(text: str) -> bool:
    """Whether a record can hold it: half a character is in no address that is stored."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
