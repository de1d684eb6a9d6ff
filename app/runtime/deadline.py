"""One deadline for all calls that a request makes to the stores, whichever store they go to."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

REQUEST_SECONDS = 8.0

_ends: ContextVar[float | None] = ContextVar("deadline", default=None)


def start(seconds: float = REQUEST_SECONDS) -> None:
    """From now on this request (this thread) has so many seconds."""
    _ends.set(time.monotonic() + seconds)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """The block has so many seconds, or what is left of an outer deadline if that is less."""
    token = _ends.set(time.monotonic() + min(seconds, remaining()))
    try:
        yield
    finally:
        _ends.reset(token)


def remaining() -> float:
    """Seconds left, never below zero; infinite where no deadline was set (a command, a test)."""
    ends = _ends.get()
    return float("inf") if ends is None else max(0.0, ends - time.monotonic())
