"""The read budget that all searches of one page share."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class _SharedBudget:
    part: float
    budget: Any = None


_shared: ContextVar[_SharedBudget | None] = ContextVar("read_budget", default=None)


@contextmanager
def limit(part: float = 1.0) -> Iterator[None]:
    """Let all searches of a block share the read budget of one page, or a part of it (0 to 1)."""
    token = _shared.set(_SharedBudget(part))
    try:
        yield
    finally:
        _shared.reset(token)


def current(create: Callable[[float], T]) -> T:
    """Return the read budget of the current block, creating it for its part on first use.

    Outside of ``limit``, return a new one for a whole page.
    """
    shared = _shared.get()
    if shared is None:
        return create(1.0)
    if shared.budget is None:
        shared.budget = create(shared.part)
    budget: T = shared.budget
    return budget


def spend(units: float) -> None:
    """Subtract reads of another kind than searches, where the store has a budget."""
    shared = _shared.get()
    if shared is not None and shared.budget is not None:
        shared.budget.spend(0, units)


def allowed(rows: int) -> int:
    """Return how many of these rows the searches of the current block may read on.

    It goes by what a row has cost so far, with all that was read for it; 0 when nothing is left.
    """
    shared = _shared.get()
    if shared is None or shared.budget is None:
        return rows
    return int(shared.budget.limit(rows))
