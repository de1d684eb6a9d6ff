"""A fresh store of each kind, for the files of tests/cases/files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.cases import Cases
from tests.support.import_desk import Desk, jobs_beside
from tests.support.stores.bindings import BINDINGS, Binding

# moto is not thread-safe, and says nothing that DynamoDB Local does not.
_STORES = [
    pytest.param(binding, id=binding.name, marks=binding.marks)
    for binding in BINDINGS
    if binding.name in ("sqlite", "dynamodb-local")
]


@pytest.fixture(params=_STORES)
def cases(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Cases]:
    """The files, and an importer on an empty store: SQLite, then DynamoDB Local."""
    binding: Binding = request.param
    room = binding.open(request, tmp_path)
    yield Cases(Desk(room.store, jobs_beside(room.store)))
    room.close()
