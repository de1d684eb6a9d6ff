"""The lines of a file of CSV: counted, and given back where a quotation mark swallowed them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence

_COST_OF_A_LINE = 200  # in characters


class QuoteOpen(Exception):
    """A quotation mark is open at the end of the line, so that the row goes on in the next."""


class CsvLines:
    """An iterator for a csv.reader that gives it one line a row, and then raises QuoteOpen.

    Say ``in_row = False`` before each row. ``number`` and ``line`` are those given last.
    """

    def __init__(self, source: Iterator[str]) -> None:
        self._source = source
        self._given_back: list[str] = []  # the next of them last
        self.number = 0
        self.line = ""
        self.in_row = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.in_row:
            raise QuoteOpen
        self.line = self._given_back.pop() if self._given_back else next(self._source)
        self.number += 1
        self.in_row = True
        return self.line

    def more(self, taken: list[str], most: int) -> Iterator[str]:
        """This line and those below it, each noted as taken. csv.Error when they cost too much."""
        cost = 0
        while True:
            taken.append(self.line)
            yield self.line
            cost += len(self.line) + _COST_OF_A_LINE
            if cost > most:
                raise csv.Error("a quotation mark swallows too much")
            self.in_row = False
            try:
                next(self)
            except StopIteration:
                return

    def give_back(self, lines: Sequence[str]) -> None:
        """Have the lines that were taken last come again."""
        self._given_back.extend(reversed(lines))
        self.number -= len(lines)
