"""The stores that the contract is tested on, one after the other."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.contracts import EmployeeStore
from tests.support.stores.bindings import BINDINGS, Room

_ALL = [pytest.param(binding, id=binding.name, marks=binding.marks) for binding in BINDINGS]
_MANY = [param for binding, param in zip(BINDINGS, _ALL, strict=True) if binding.many]


@pytest.fixture(params=_ALL)
def room(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Room]:
    """An empty room of each kind, for at most 15 people and one thread."""
    opened = request.param.open(request, tmp_path)
    yield opened
    opened.close()


@pytest.fixture(params=_MANY)
def big_room(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Room]:
    """An empty room of each kind that takes many people, and many threads."""
    opened = request.param.open(request, tmp_path)
    yield opened
    opened.close()


@pytest.fixture(params=[param for param in _MANY if param.id != "model"])
def real_room(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Room]:
    """An empty room as ``big_room``, of a store that has an index."""
    opened = request.param.open(request, tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def store(room: Room) -> EmployeeStore:
    """An empty store of each kind, for at most 15 people and one thread."""
    return room.store


@pytest.fixture
def big_store(big_room: Room) -> EmployeeStore:
    """An empty store of each kind that takes many people, and many threads."""
    return big_room.store
