"""Where something was met first, in 18 to 36 bytes a thing however long it is."""

from __future__ import annotations

from array import array

_SMALLEST = 1 << 12


class CompactMap:
    """Numbers, such as those of lines, by text: a table of hashes in two arrays, since a dictionary
    of a million would take 200 MB. Two texts may be taken for one, once in many million times."""

    def __init__(self) -> None:
        self._keys = array("q", bytes(8 * _SMALLEST))
        self._lines = array("I", bytes(4 * _SMALLEST))
        self._count = 0

    def first(self, text: str) -> int:
        """The line that was noted for this text; 0 when there was none."""
        return self._lines[self._place(hash(text) or 1)]

    def note(self, text: str, line: int) -> bool:
        """Remember the first line with this text; whether this is it."""
        key = hash(text) or 1
        place = self._place(key)
        if self._keys[place]:
            return False
        self._keys[place], self._lines[place] = key, line
        self._count += 1
        if 3 * self._count > 2 * len(self._keys):
            self._grow()
        return True

    def _place(self, key: int) -> int:
        """Where the key is, or the free place where it would be."""
        keys, mask = self._keys, len(self._keys) - 1
        place = key & mask
        while keys[place] and keys[place] != key:
            place = (place + 1) & mask
        return place

    def _grow(self) -> None:
        keys, lines = self._keys, self._lines
        self._keys = array("q", bytes(16 * len(keys)))
        self._lines = array("I", bytes(8 * len(lines)))
        for at, key in enumerate(keys):
            if key:
                place = self._place(key)
                self._keys[place], self._lines[place] = key, lines[at]
