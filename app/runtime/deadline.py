"""One deadline for all store calls of a request."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

REQUEST_SECONDS = 8.0

_began: ContextVar[float | None] = ContextVar("began", default=None)
_ends: ContextVar[float | None] = ContextVar("deadline", default=None)


def begin_at(arrived_at: float) -> None:
    """Tell when the request of this context arrived, by the monotonic clock.

    The time that it waited for a thread then counts: a client waits for both.
    """
    _began.set(arrived_at)


def start_request(seconds: float = REQUEST_SECONDS) -> None:
    """Set the deadline of this request (this context), counted from its arrival."""
    _ends.set((_began.get() or time.monotonic()) + seconds)


def start(seconds: float = REQUEST_SECONDS) -> None:
    """Set the deadline of this context, counted from now: of the next part of a long request."""
    _ends.set(time.monotonic() + seconds)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Limit a block to so many seconds, or to the rest of the outer deadline if that is less."""
    token = _ends.set(time.monotonic() + min(seconds, remaining()))
    try:
        yield
    finally:
        _ends.reset(token)


def remaining() -> float:
    """Return the seconds left, at least 0; infinity if no deadline was started (in a command)."""
    ends = _ends.get()
    return float("inf") if ends is None else max(0.0, ends - time.monotonic())
