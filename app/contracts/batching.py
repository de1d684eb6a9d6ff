"""Look up any number of employees, in chunks of MAX_BATCH."""

from collections.abc import Iterable, Iterator
from itertools import islice

from app.contracts.employees import EmployeeStore
from app.contracts.queries import MAX_BATCH, Namesake
from app.model.employee import Employee
from app.text.search_keys import email_key, name_key


def find_by_ids(store: EmployeeStore, ids: Iterable[str]) -> dict[str, Employee]:
    """Return the existing employees of any number of ids."""
    employees: dict[str, Employee] = {}
    for chunk in _chunks(ids):
        employees |= store.get_many(chunk)
    return employees


def find_by_emails(store: EmployeeStore, addresses: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the ids of the employees with any number of addresses, by email key."""
    ids_by_key: dict[str, tuple[str, ...]] = {}
    for chunk in _chunks(addresses):
        matches = store.find_by_email(chunk)
        ids_by_key |= {email_key(address): ids for address, ids in matches.items()}
    return ids_by_key


def find_by_names(store: EmployeeStore, names: Iterable[str]) -> dict[str, tuple[Namesake, ...]]:
    """Return some employees with each of any number of full names, by name key."""
    by_key: dict[str, tuple[Namesake, ...]] = {}
    for chunk in _chunks(names):
        matches = store.find_by_name(chunk)
        by_key |= {name_key(name): namesakes for name, namesakes in matches.items()}
    return by_key


def _chunks(texts: Iterable[str]) -> Iterator[list[str]]:
    remaining = iter(dict.fromkeys(texts))
    while chunk := list(islice(remaining, MAX_BATCH)):
        yield chunk
