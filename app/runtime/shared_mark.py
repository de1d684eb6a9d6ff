"""A mark that all processes see that were forked from this one."""

import mmap
import os

_BYTES = 8


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
