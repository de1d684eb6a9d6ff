"""What the searches of one page may read together, whichever store they go to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class _Allowance:
    part: float
    made: Any = None


_together: ContextVar[_Allowance | None] = ContextVar("allowance", default=None)


@contextmanager
def limit(part: float = 1.0) -> Iterator[None]:
    """The searches of this block may read together what one page may, or so much of that."""
    token = _together.set(_Allowance(part))
    try:
        yield
    finally:
        _together.reset(token)


def current(make: Callable[[float], T]) -> T:
    """What these searches have together, made for their part of a page.

    Elsewhere each search has a whole one of its own.
    """
    allowance = _together.get()
    if allowance is None:
        return make(1.0)
    if allowance.made is None:
        allowance.made = make(allowance.part)
    made: T = allowance.made
    return made
