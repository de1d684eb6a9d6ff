"""A cache of one value for a number of seconds."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class _Computation(Generic[T]):
    """One computation that is going on: its result or exception, for all who wait for it."""

    def __init__(self) -> None:
        self.ended = threading.Event()
        self.value: T | None = None
        self.error: Exception | None = None

    def result(self) -> T:
        self.ended.wait()
        if self.error is not None:
            raise self.error.with_traceback(None)
        value: T = self.value  # type: ignore[assignment]
        return value


class TtlValue(Generic[T]):
    """A value with a time to live, shared by the threads of a process.

    One thread computes it while the others wait for its result or exception: if each of them tried
    again, the last would wait as many timeouts as there are threads. With an age of 0 seconds it is
    computed on each call.
    """

    def __init__(self, max_age_seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._max_age_seconds = max_age_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._computed_at = float("-inf")
        self._value: T | None = None
        self._current: _Computation[T] | None = None

    @property
    def last(self) -> T | None:
        """Return the value computed last, of any age; None before the first."""
        return self._value

    def get(self, compute: Callable[[T | None], T], max_age_seconds: float | None = None) -> T:
        """Return the value; if it is too old, compute it from the last one.

        ``max_age_seconds`` overrides the default for this call. Raises what ``compute`` raises, and
        then keeps the last value.
        """
        max_age = self._max_age_seconds if max_age_seconds is None else max_age_seconds
        # Safe without the lock: the value is stored before its time.
        if self._clock() - self._computed_at >= max_age:
            with self._lock:
                current, mine = self._current, _Computation[T]()
                is_due = self._clock() - self._computed_at >= max_age
                if current is None and is_due:
                    self._current = mine
            if current is not None:
                joined = current.result()
                return joined if max_age > 0 else self.get(compute, max_age)
            if is_due:
                return self._compute(mine, compute)
        value: T = self._value  # type: ignore[assignment]
        return value

    def _compute(self, mine: _Computation[T], compute: Callable[[T | None], T]) -> T:
        try:
            mine.value = self._value = compute(self._value)
            self._computed_at = self._clock()
        except Exception as error:
            mine.error = error
            raise
        finally:
            self._current = None
            mine.ended.set()
        return mine.value

    def expire(self) -> None:
        """Make the next call compute the value."""
        self._computed_at = float("-inf")
