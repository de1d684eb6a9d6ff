"""Look up any number of employees, in chunks of MAX_BATCH."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from app.contracts.answers import Namesake
from app.contracts.employees import EmployeeStore
from app.contracts.queries import MAX_BATCH
from app.model.employee import Employee
from app.text.search_keys import email_key, name_key, number_key


def find_by_ids(store: EmployeeStore, ids: Iterable[str]) -> dict[str, Employee]:
    """Return the existing employees of any number of ids."""
    employees: dict[str, Employee] = {}
    for chunk in _chunks(ids):
        employees |= store.get_many(chunk)
    return employees


def find_by_emails(store: EmployeeStore, addresses: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the ids of the employees with any number of addresses, by email key."""
    return _find_by(store.find_by_email, email_key, addresses)


def find_by_numbers(store: EmployeeStore, numbers: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the ids of the employees with any number of employee numbers, by number key."""
    return _find_by(store.find_by_number, number_key, numbers)


def _find_by(
    find: Callable[[list[str]], dict[str, tuple[str, ...]]],
    key_of: Callable[[str], str],
    texts: Iterable[str],
) -> dict[str, tuple[str, ...]]:
    ids_by_key: dict[str, tuple[str, ...]] = {}
    for chunk in _chunks(texts):
        ids_by_key |= {key_of(text): ids for text, ids in find(chunk).items()}
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
