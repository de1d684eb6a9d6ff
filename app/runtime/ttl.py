"""A value that is computed anew when it is older than so many seconds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class TtlValue(Generic[T]):
    """One value with a time to live, for all threads of a process.

    One thread computes it while the others wait for the result. An age of 0 seconds has it computed
    on each call.
    """

    def __init__(self, max_age_seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._max_age_seconds = max_age_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._computed_at = float("-inf")
        self._value: T | None = None

    @property
    def last(self) -> T | None:
        """The value that was computed last, of whatever age; None before the first."""
        return self._value

    def get(self, compute: Callable[[T | None], T], max_age_seconds: float | None = None) -> T:
        """Return the value, computed from the last one if that is too old.

        ``max_age_seconds`` overrides the usual age for this call. Raises what ``compute`` raises;
        the value then stays as it was.
        """
        max_age = self._max_age_seconds if max_age_seconds is None else max_age_seconds
        # Read without the lock: a value is stored before its time is.
        if self._clock() - self._computed_at >= max_age:
            with self._lock:
                if self._clock() - self._computed_at >= max_age:
                    self._value = compute(self._value)
                    self._computed_at = self._clock()
        value: T = self._value  # type: ignore[assignment]
        return value

    def expire(self) -> None:
        """Have it computed anew on the next call."""
        self._computed_at = float("-inf")
