"""What the searches of one page may read together, whichever store they go to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")

_shared: ContextVar[dict[str, Any] | None] = ContextVar("allowance", default=None)


@contextmanager
def of_one_page() -> Iterator[None]:
    """The searches of this block are those of one page."""
    token = _shared.set({})
    try:
        yield
    finally:
        _shared.reset(token)


def shared(name: str, make: Callable[[], T]) -> T:
    """What the searches of a page have together under a name; elsewhere each has its own."""
    together = _shared.get()
    if together is None:
        return make()
    if name not in together:
        together[name] = make()
    found: T = together[name]
    return found
