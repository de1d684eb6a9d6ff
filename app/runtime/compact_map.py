"""A map of texts to numbers, with 18 to 36 bytes per text of any length."""

from array import array

_MIN_SLOTS = 1 << 12


class CompactMap:
    """Numbers above 0 by text: an open-addressing hash table of 64-bit hashes in two arrays.

    A dictionary of a million texts would take 200 MB. Texts with equal hashes count as equal.
    """

    def __init__(self) -> None:
        self._keys = array("q", bytes(8 * _MIN_SLOTS))
        self._numbers = array("I", bytes(4 * _MIN_SLOTS))
        self._count = 0

    def get(self, text: str) -> int:
        """Return the number of this text; 0 if there is none."""
        return self._numbers[self._slot(hash(text) or 1)]

    def add(self, text: str, number: int) -> bool:
        """Store the number of a new text; return False, and keep the first number, if it exists."""
        key = hash(text) or 1
        slot = self._slot(key)
        if self._keys[slot]:
            return False
        self._keys[slot], self._numbers[slot] = key, number
        self._count += 1
        if 3 * self._count > 2 * len(self._keys):
            self._grow()
        return True

    def _slot(self, key: int) -> int:
        """Return the slot of the key, or the free one for it (linear probing)."""
        keys, mask = self._keys, len(self._keys) - 1
        slot = key & mask
        while keys[slot] and keys[slot] != key:
            slot = (slot + 1) & mask
        return slot

    def _grow(self) -> None:
        keys, numbers = self._keys, self._numbers
        self._keys = array("q", bytes(16 * len(keys)))
        self._numbers = array("I", bytes(8 * len(numbers)))
        for key, number in zip(keys, numbers, strict=True):
            if key:
                slot = self._slot(key)
                self._keys[slot], self._numbers[slot] = key, number
