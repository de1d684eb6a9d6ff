"""Many items are put in order, a window of them at a time, in bounded memory.

Rows of people with neighbouring names fall into the same pages of every view, so that a large
import writes each page a few times and not once for each row. Items are plain tuples of texts,
numbers and tuples; they are in order when their first members are. Those that wait lie in a file.
"""

from __future__ import annotations

import heapq
import marshal
import os
import tempfile
import time
from array import array
from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import IO, Any

from app.model.errors import StorageUnavailable
from app.runtime.compact_map import CompactMap

# A window, the runs that it is merged from, and the pieces in which a run is read again.
WINDOW, RUN, PIECE = 1_000_000, 2_500, 20
# Longer than this nobody waits for the first of them to be stored.
SECONDS = 30.0
# Without references from one value to another: to look for them costs more than to write twice.
_MARSHAL = 2

Item = tuple[Any, ...]
_first, _second = itemgetter(0), itemgetter(1)


def sort_in_windows(items: Iterable[Item]) -> Iterator[Iterator[Item]]:
    """The items in windows, each of which is in order; to be read to its end before the next.

    A window ends where the second member of an item has been in it before, and when reading it has
    taken half a minute.
    """
    waiting = iter(items)
    ahead = next(waiting, None)
    while ahead is not None:
        with tempfile.TemporaryFile(buffering=0) as file:
            window = _Window(ahead, waiting)
            yield heapq.merge(*_runs(window.items(), file), key=_first)
            ahead = window.next


class _Window:
    """Items up to the first that belongs to the next window."""

    def __init__(self, first: Item, others: Iterator[Item]) -> None:
        self.next: Item | None = first
        self._others = others
        self._seen = CompactMap()

    def items(self) -> Iterator[Item]:
        """The items of this window; always one."""
        ends = time.monotonic() + SECONDS
        for _ in range(WINDOW):
            if self.next is None or not self._seen.note(_second(self.next), 1):
                return
            yield self.next
            self.next = next(self._others, None)
            if time.monotonic() > ends:
                return


def _runs(items: Iterator[Item], file: IO[bytes]) -> list[Iterator[Item]]:
    runs: list[Iterator[Item]] = []
    run: list[Item] = []
    for item in items:
        if len(run) == RUN:
            runs.append(_kept(run, file))
            run = []
        run.append(item)
    run.sort(key=_first)
    return [*runs, iter(run)]


def _kept(run: list[Item], file: IO[bytes]) -> Iterator[Item]:
    """Write a run to the file, in order; it is read again piece by piece."""
    run.sort(key=_first)
    pieces = [marshal.dumps(run[at : at + PIECE], _MARSHAL) for at in range(0, len(run), PIECE)]
    start = file.tell()
    left = memoryview(b"".join(pieces))
    try:
        while left:
            left = left[file.write(left) :]
    except OSError as error:
        where = tempfile.gettempdir()
        raise StorageUnavailable(
            "the folder for temporary files", "file:write", where, error.strerror or str(error)
        ) from error
    return _read(file.fileno(), start, array("I", map(len, pieces)))


def _read(file: int, start: int, lengths: Iterable[int]) -> Iterator[Item]:
    for length in lengths:
        yield from marshal.loads(os.pread(file, length, start))  # noqa: S302  our own bytes
        start += length
