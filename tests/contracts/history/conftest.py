"""The stores that the contract of changes is tested on, one after the other."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.contracts import EmployeeStore
from app.contracts.history import HistoryStore
from tests.support.stores.bindings import BINDINGS, Room

_ALL = [pytest.param(binding, id=binding.name, marks=binding.marks) for binding in BINDINGS]
_MANY = [param for binding, param in zip(BINDINGS, _ALL, strict=True) if binding.many]


@pytest.fixture(params=_ALL)
def room(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Room]:
    """An empty room of each kind, for a few people and one thread."""
    opened = request.param.open(request, tmp_path)
    yield opened
    opened.close()


@pytest.fixture(params=_MANY)
def big_room(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Room]:
    """An empty room of each kind that takes many changes, and many threads."""
    opened = request.param.open(request, tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def store(room: Room) -> EmployeeStore:
    return room.store


@pytest.fixture
def history(room: Room) -> HistoryStore:
    """What the store writes, as another machine sees it."""
    return room.open_history()
