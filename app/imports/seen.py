"""Where in a file something was met first, in 12 bytes a thing however long it is."""

from __future__ import annotations

from array import array
from hashlib import blake2b

_SMALLEST = 1 << 12


class Seen:
    """The numbers of lines by text: a table of hashes in two arrays, since a dictionary of a
    million lines would take 200 MB."""

    def __init__(self) -> None:
        self._keys = array("Q", bytes(8 * _SMALLEST))
        self._lines = array("I", bytes(4 * _SMALLEST))
        self._count = 0

    def first(self, text: str) -> int:
        """The line that was noted for this text; 0 when there was none."""
        return self._lines[self._place(_hash(text))]

    def note(self, text: str, line: int) -> None:
        """Remember the first line with this text."""
        key = _hash(text)
        place = self._place(key)
        if self._keys[place]:
            return
        self._keys[place], self._lines[place] = key, line
        self._count += 1
        if 3 * self._count > 2 * len(self._keys):
            self._grow()

    def _place(self, key: int) -> int:
        """Where the key is, or the free place where it would be."""
        keys, mask = self._keys, len(self._keys) - 1
        place = key & mask
        while keys[place] and keys[place] != key:
            place = (place + 1) & mask
        return place

    def _grow(self) -> None:
        keys, lines = self._keys, self._lines
        self._keys = array("Q", bytes(16 * len(keys)))
        self._lines = array("I", bytes(8 * len(lines)))
        for at, key in enumerate(keys):
            if key:
                place = self._place(key)
                self._keys[place], self._lines[place] = key, lines[at]


def _hash(text: str) -> int:
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") or 1
