"""The photo stores that the contract is tested on, one after the other."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.contracts import PhotoStore
from tests.support.stores.photo_bindings import BINDINGS, Room

_ALL = [pytest.param(binding, id=binding.name, marks=binding.marks) for binding in BINDINGS]


@pytest.fixture(params=_ALL)
def room(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Room]:
    """An empty, set-up photo store of each kind, and the ways to look beneath it."""
    with request.param.open(request, tmp_path) as opened:
        yield opened


@pytest.fixture
def store(room: Room) -> PhotoStore:
    return room.store
