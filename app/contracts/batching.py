"""Questions about however many people, asked of a store a hundred at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from app.contracts import MAX_BATCH, EmployeeStore
from app.model.employee import Employee
from app.text.search_keys import email_key


def find_by_ids(store: EmployeeStore, ids: Iterable[str]) -> dict[str, Employee]:
    """The people with these ids, however many."""
    found: dict[str, Employee] = {}
    for some in _chunks(ids):
        found |= store.get_many(some)
    return found


def find_by_emails(store: EmployeeStore, addresses: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Who has these addresses, by the key of the address, however many."""
    found: dict[str, tuple[str, ...]] = {}
    for some in _chunks(addresses):
        found |= {email_key(each): ids for each, ids in store.find_by_email(some).items()}
    return found


def _chunks(texts: Iterable[str]) -> Iterator[list[str]]:
    left = iter(dict.fromkeys(texts))
    while some := list(islice(left, MAX_BATCH)):
        yield some
