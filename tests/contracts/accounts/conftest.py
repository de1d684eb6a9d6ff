"""The stores of accounts that the contract is tested on, one after the other."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.contracts.accounts import AccountStore
from tests.support.stores.bindings import BINDINGS, Room

_ALL = [pytest.param(binding, id=binding.name, marks=binding.marks) for binding in BINDINGS]
_MANY = [param for binding, param in zip(BINDINGS, _ALL, strict=True) if binding.many]


@pytest.fixture(params=_ALL)
def room(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Room]:
    """An empty room of each kind, for a few accounts and one thread."""
    opened = request.param.open(request, tmp_path)
    yield opened
    opened.close()


@pytest.fixture(params=_MANY)
def big_room(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Room]:
    """An empty room of each kind that takes many accounts, and many threads."""
    opened = request.param.open(request, tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def store(room: Room) -> AccountStore:
    """An empty store of each kind, for a few accounts and one thread."""
    return room.open_accounts()


@pytest.fixture
def big_store(big_room: Room) -> AccountStore:
    """An empty store of each kind that takes many accounts, and many threads."""
    return big_room.open_accounts()


@pytest.fixture
def machines(big_room: Room) -> Callable[[int], AccountStore]:
    """The same store as one of two machines sees it: for a number, one of them."""
    stores = (big_room.open_accounts(), big_room.open_accounts())
    return lambda number: stores[number % 2]
