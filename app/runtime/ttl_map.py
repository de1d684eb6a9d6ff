"""A bounded cache of values by key, each until a time of its own."""

import threading
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class TtlMap(Generic[K, V]):
    """At most ``max_entries`` values, shared by the threads of a process.

    Where there are more, the one that was put first goes first.
    """

    def __init__(self, max_entries: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._max_entries = max_entries
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: dict[K, tuple[float, V]] = {}

    def __len__(self) -> int:
        """Return how many values are kept, those among them that are too old."""
        return len(self._entries)

    def get(self, key: K) -> V | None:
        """Return the value, or None if there is none or its time is over."""
        entry = self._entries.get(key)
        return entry[1] if entry is not None and self._clock() < entry[0] else None

    def last(self, key: K) -> V | None:
        """Return the value also when its time is over, as long as it is kept."""
        entry = self._entries.get(key)
        return entry[1] if entry is not None else None

    def put(self, key: K, value: V, seconds: float) -> None:
        """Keep the value for so many seconds."""
        with self._lock:
            self._entries.pop(key, None)
            while len(self._entries) >= self._max_entries:
                del self._entries[next(iter(self._entries))]
            self._entries[key] = (self._clock() + seconds, value)

    def discard(self, key: K) -> None:
        """Forget the value of a key."""
        with self._lock:
            self._entries.pop(key, None)
