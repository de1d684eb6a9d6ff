"""A line source for csv.reader that counts lines and can take lines back."""

import csv
from collections.abc import Iterator, Sequence

_LINE_OVERHEAD = 200  # characters


class OpenQuote(Exception):
    """A quotation mark is open at the end of the line: the row continues on the next one."""


class CsvLines:
    """An iterator for csv.reader that yields one line per row and then raises OpenQuote.

    Set ``in_row = False`` before each row. ``number`` and ``line`` are those of the last line.
    """

    def __init__(self, source: Iterator[str]) -> None:
        self._source = source
        self._pushed_back: list[str] = []  # in reverse order
        self.number = 0
        self.line = ""
        self.in_row = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.in_row:
            raise OpenQuote
        self.line = self._pushed_back.pop() if self._pushed_back else next(self._source)
        self.number += 1
        self.in_row = True
        return self.line

    def quoted_lines(self, consumed: list[str], max_cost: int) -> Iterator[str]:
        """Yield the current line and those below it, appending each to ``consumed``.

        A line costs its characters and a fixed overhead. Raises csv.Error above ``max_cost``.
        """
        cost = 0
        while True:
            consumed.append(self.line)
            yield self.line
            cost += len(self.line) + _LINE_OVERHEAD
            if cost > max_cost:
                raise csv.Error("a quotation mark swallows too much")
            self.in_row = False
            try:
                next(self)
            except StopIteration:
                return

    def push_back(self, lines: Sequence[str]) -> None:
        """Yield the last consumed lines again."""
        self._pushed_back.extend(reversed(lines))
        self.number -= len(lines)
