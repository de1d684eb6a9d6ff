"""Questions about however many people, asked of a store a hundred at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from app.contracts import MOST_AT_ONCE, EmployeeStore
from app.model.employee import Employee
from app.text.search_keys import email_key


def get_all(store: EmployeeStore, ids: Iterable[str]) -> dict[str, Employee]:
    """The people with these ids, however many."""
    found: dict[str, Employee] = {}
    for some in _hundreds(ids):
        found |= store.get_many(some)
    return found


def find_all(store: EmployeeStore, addresses: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Who has these addresses, by the key of the address, however many."""
    found: dict[str, tuple[str, ...]] = {}
    for some in _hundreds(addresses):
        found |= {email_key(each): ids for each, ids in store.find_by_email(some).items()}
    return found


def _hundreds(texts: Iterable[str]) -> Iterator[list[str]]:
    left = iter(dict.fromkeys(texts))
    while some := list(islice(left, MOST_AT_ONCE)):
        yield some
