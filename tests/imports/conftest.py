"""A room of each store with the jobs beside it, and an importer on top."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.import_desk import Desk, jobs_beside
from tests.support.jobs_in_memory import JobsInMemory
from tests.support.model_store import ModelStore
from tests.support.stores.bindings import BINDINGS, Binding

# moto is not thread-safe, and says nothing that DynamoDB Local does not.
STORES = [
    pytest.param(binding, id=binding.name, marks=binding.marks)
    for binding in BINDINGS
    if binding.many
]


@pytest.fixture
def desk() -> Desk:
    """An importer in memory."""
    return Desk(ModelStore(), JobsInMemory())


@pytest.fixture(params=STORES)
def real_desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """An importer on each store in turn."""
    binding: Binding = request.param
    room = binding.open(request, tmp_path)
    yield Desk(room.store, jobs_beside(room.store))
    room.close()
