"""External sort of many items, one window at a time, in bounded memory.

In the order of names the rows of an import fall into the same pages of every view, so that each
page is written a few times and not once per row. Items are tuples of texts, numbers and tuples,
sorted by their first members. Sorted runs are stored in a temporary file and merged.
"""

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

# Items in a window, in a sorted run of it, and in a piece of a run, which is read at once.
WINDOW_ITEMS, RUN_ITEMS, PIECE_ITEMS = 1_000_000, 2_500, 20
# A window is stored after this time even if it is not full.
MAX_WINDOW_SECONDS = 30.0
# The version without references between values, which cost more than writing a value twice.
_MARSHAL_VERSION = 2

Item = tuple[Any, ...]
_first, _second = itemgetter(0), itemgetter(1)


def sort_windows(items: Iterable[Item]) -> Iterator[Iterator[Item]]:
    """Yield sorted windows of the items; each must be read to its end before the next.

    A window ends before an item whose second member it has already, when it is full, and after
    MAX_WINDOW_SECONDS. Raises StorageUnavailable when the temporary file cannot be written.
    """
    remaining = iter(items)
    first = next(remaining, None)
    while first is not None:
        with tempfile.TemporaryFile(buffering=0) as file:
            window = _Window(first, remaining)
            yield heapq.merge(*_sort_runs(window.items(), file), key=_first)
            first = window.next


class _Window:
    """The items up to the first one of the next window, which is ``next``."""

    def __init__(self, first: Item, others: Iterator[Item]) -> None:
        self.next: Item | None = first
        self._others = others
        self._seen = CompactMap()

    def items(self) -> Iterator[Item]:
        """Yield the items of this window, at least one."""
        ends_at = time.monotonic() + MAX_WINDOW_SECONDS
        for _ in range(WINDOW_ITEMS):
            if self.next is None or not self._seen.add(_second(self.next), 1):
                return
            yield self.next
            self.next = next(self._others, None)
            if time.monotonic() > ends_at:
                return


def _sort_runs(items: Iterator[Item], file: IO[bytes]) -> list[Iterator[Item]]:
    runs: list[Iterator[Item]] = []
    run: list[Item] = []
    for item in items:
        if len(run) == RUN_ITEMS:
            runs.append(_write_run(run, file))
            run = []
        run.append(item)
    run.sort(key=_first)
    return [*runs, iter(run)]


def _write_run(run: list[Item], file: IO[bytes]) -> Iterator[Item]:
    """Sort a run, write it to the file, and return an iterator that reads it piece by piece."""
    run.sort(key=_first)
    pieces = [
        marshal.dumps(run[start : start + PIECE_ITEMS], _MARSHAL_VERSION)
        for start in range(0, len(run), PIECE_ITEMS)
    ]
    offset = file.tell()
    unwritten = memoryview(b"".join(pieces))
    try:
        while unwritten:
            unwritten = unwritten[file.write(unwritten) :]
    except OSError as error:
        folder = tempfile.gettempdir()
        raise StorageUnavailable(
            "the folder for temporary files", "file:write", folder, error.strerror or str(error)
        ) from error
    return _read_run(file.fileno(), offset, array("I", map(len, pieces)))


def _read_run(file: int, offset: int, lengths: Iterable[int]) -> Iterator[Item]:
    for length in lengths:
        yield from marshal.loads(os.pread(file, length, offset))  # noqa: S302  our own bytes
        offset += length
