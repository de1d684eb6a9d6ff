"""Many items are put in order, a window of them at a time, in bounded memory.

Rows of people with neighbouring names fall into the same pages of every view, so that a large
import writes each page a few times and not once for each row. Items are plain tuples of texts and
numbers that sort by their first member; those that wait are packed to a tenth of their size.
"""

from __future__ import annotations

import heapq
import marshal
import zlib
from collections.abc import Iterable, Iterator
from itertools import islice
from operator import itemgetter
from typing import Any

# A window, the runs that it is merged from, and the pieces in which a run is packed.
WINDOW, RUN, PIECE = 100_000, 10_000, 250

Item = tuple[Any, ...]
_first = itemgetter(0)


def in_windows(items: Iterable[Item]) -> Iterator[Iterator[Item]]:
    """The items in windows, each of which is in order; to be read one after the other."""
    waiting = iter(items)
    while runs := list(islice(_runs(waiting), WINDOW // RUN)):
        yield heapq.merge(*runs, key=_first)


def _runs(items: Iterator[Item]) -> Iterator[Iterable[Item]]:
    while run := sorted(islice(items, RUN), key=_first):
        if len(run) < RUN:  # the last of all, and mostly the only one
            yield run
        else:
            yield _unpack([_pack(run[at : at + PIECE]) for at in range(0, RUN, PIECE)])


def _pack(items: list[Item]) -> bytes:
    return zlib.compress(marshal.dumps(items), 1)


def _unpack(pieces: list[bytes]) -> Iterator[Item]:
    pieces.reverse()
    while pieces:
        yield from marshal.loads(zlib.decompress(pieces.pop()))  # noqa: S302  our own bytes
