"""Counts that all processes of a server share, exactly, and that outlive each of its workers."""

from __future__ import annotations

import fcntl
import mmap
import os
import tempfile
import threading
from collections.abc import Hashable, Iterable, Iterator, Mapping
from functools import cache
from itertools import count
from weakref import WeakSet

from app.runtime.processes import is_alive

_CELL_BYTES = 8
# Eight workers, as many that end while others have begun, and the server itself; beyond that two
# processes share the last row, and may count one only where they count at the same moment.
ROWS = 64


class ProcessCounters:
    """Whole numbers by name, in memory that a process shares with those forked from it.

    Each process has a row of its own, so that no count is lost and none waits for another. The row
    of a process that ended goes on with the next one, so that totals never fall; what is a *gauge*
    begins at zero again. Create it before workers are forked. Adding costs about a microsecond.
    """

    def __init__(self, names: Iterable[Hashable], gauges: Iterable[Hashable] = ()) -> None:
        self._gauges = tuple(gauges)
        self._places = {name: place for place, name in enumerate((*names, *self._gauges))}
        self._width = len(self._places)
        self._memory = mmap.mmap(-1, (ROWS + ROWS * self._width) * _CELL_BYTES)
        self._cells = memoryview(self._memory).cast("q")  # the ids of the processes, then the rows
        self._lock = threading.Lock()
        self._start = 0  # of the row of this process, 0 before it has one
        self._locks = next(_ranges)
        _lock_file()
        _existing.add(self)

    def add(self, changes: Mapping[Hashable, int]) -> None:
        """Add to these numbers. Raises KeyError for an unknown name."""
        self.add_at([(self._places[name], change) for name, change in changes.items()])

    def place_of(self, name: Hashable) -> int:
        """Return where a number is, for ``add_at``. Raises KeyError for an unknown name."""
        return self._places[name]

    def add_at(self, changes: Iterable[tuple[int, int]]) -> None:
        """Add to the numbers at these places: what each request does."""
        cells = self._cells
        with self._lock:
            start = self._start or self._take_row()
            for place, change in changes:
                cells[start + place] += change

    def totals(self) -> dict[Hashable, int]:
        """Return the sum over all processes, of gauges over those that live."""
        rows = list(self._rows())
        sums = [sum(column) for column in zip(*(row for _, row in rows), strict=True)]
        totals = dict(zip(self._places, sums or [0] * self._width, strict=True))
        for name in self._gauges:
            place = self._places[name]
            totals[name] = sum(row[place] for pid, row in rows if is_alive(pid))
        return totals

    def processes(self) -> list[int]:
        """Return the ids of the processes that live and have counted something."""
        return [pid for pid in self._cells[:ROWS] if pid and is_alive(pid)]

    def _rows(self) -> Iterator[tuple[int, list[int]]]:
        for number, pid in enumerate(self._cells[:ROWS]):
            if pid:
                start = ROWS + number * self._width
                yield pid, self._cells[start : start + self._width].tolist()

    def begin_anew(self) -> None:
        """Take another row than the process that this one was forked from."""
        self._lock = threading.Lock()  # another thread of that one may have held it
        self._start = 0

    def _take_row(self) -> int:
        number = next(filter(self._try_lock, range(ROWS - 1)), ROWS - 1)
        self._start = ROWS + number * self._width
        self._cells[number] = os.getpid()
        for name in self._gauges:
            self._cells[self._start + self._places[name]] = 0
        return self._start

    def _try_lock(self, number: int) -> bool:
        """Lock a byte of a file for this process: the lock ends with it, however that ends."""
        try:
            fcntl.lockf(_lock_file(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, self._locks + number)
        except OSError:
            return False
        return True


@cache
def _lock_file() -> int:
    """Return an open file without a name or content, for the locks of all counters.

    Made with the first of them, so that what is forked later has the same one.
    """
    if hasattr(os, "memfd_create"):
        return os.memfd_create("locks of counters")
    with tempfile.TemporaryFile() as temporary:
        return os.dup(temporary.fileno())


_ranges = count(0, ROWS)  # where in that file the locks of the next counters are
_existing: WeakSet[ProcessCounters] = WeakSet()


def _begin_anew_after_fork() -> None:
    for counters in _existing:
        counters.begin_anew()


os.register_at_fork(after_in_child=_begin_anew_after_fork)
