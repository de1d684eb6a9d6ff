"""The stores that are held beside the model. A binding opens an empty, set-up room."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.stores.bindings import BINDINGS, Room


@dataclass(frozen=True)
class Side:
    """A store to compare; ``examples`` says how many sequences are tried, quick and at leisure."""

    name: str
    open: Callable[[pytest.FixtureRequest, Path], Room]
    examples: tuple[int, int]
    marks: tuple[pytest.MarkDecorator, ...] = ()


# How many sequences each store is given: when time is short, and in CI.
EXAMPLES = {
    "sqlite": (25, 150),
    "mariadb": (4, 20),
    "postgresql": (4, 20),
    "dynamodb-local": (5, 30),
}
SIDES = tuple(
    Side(binding.name, binding.open, EXAMPLES[binding.name], binding.marks)
    for binding in BINDINGS
    if binding.name in EXAMPLES
)
