"""A mark and counts that all processes see that were forked from this one."""

import mmap
import os
import struct
import threading
from collections.abc import Iterable

_BYTES = 8
_COUNT = struct.Struct("=Q")


class SharedMark:
    """A mark in memory that a process shares with those forked from it.

    A process that keeps something in a cache remembers the mark with it; another that knows it to
    be out of date changes the mark. Reading it costs less than a microsecond.
    """

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _BYTES)

    def read(self) -> bytes:
        """Return the current mark."""
        return self._memory[:_BYTES]

    def change(self) -> None:
        """Change the mark, here and in the other processes."""
        # Random: two processes that count up at the same time might arrive at the same number.
        self._memory[:_BYTES] = os.urandom(_BYTES)


class SharedCounts:
    """How often each of these happened, in this process and those that are forked from it.

    Two processes that count at the same moment may count one only, which is close enough.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._places = {name: number * _COUNT.size for number, name in enumerate(names)}
        self._memory = mmap.mmap(-1, max(1, len(self._places)) * _COUNT.size)
        self._lock = threading.Lock()

    def add(self, name: str) -> None:
        """Count one more."""
        place = self._places[name]
        with self._lock:
            (count,) = _COUNT.unpack_from(self._memory, place)
            _COUNT.pack_into(self._memory, place, count + 1)

    def all(self) -> dict[str, int]:
        """Return the counts of all names."""
        return {
            name: int(_COUNT.unpack_from(self._memory, place)[0])
            for name, place in self._places.items()
        }
