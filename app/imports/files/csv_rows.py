"""The rows of a file of text, read one by one; its encoding and separator are recognised."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from app.imports.files.columns import count_known
from app.imports.files.csv_lines import CsvLines, QuoteOpen
from app.imports.files.encodings import STRAY, WORDS, encoding_of
from app.imports.files.rows import Row
from app.text.formula_guard import unguarded

_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_SAMPLE_LINES = 20
_LONGEST_LINE = 200_000
# So far is looked for the end of a quotation; half as far each time that it was in vain, since a
# file in which every line opens one would be read for ever.
_MOST_AHEAD, _LEAST_AHEAD = 400_000, 10_000
_TOO_LONG = "A cell is longer than any that can be read. Shorten it and import this row again"
_STRAY = (
    "A character of this row cannot be read: it is in another encoding than the file. "
    "Type it anew, and import this row again"
)
_OPEN = (
    "A quotation mark opens in this row and is not closed. "
    "Close it or take it out, and import this row again"
)


class CsvRows:
    """A file of text as rows of cells. ``width`` is the number of columns, once it is known."""

    ends_early = False  # a row with too few cells is cut off or wrongly quoted
    is_slow = False
    sheets = ("",)
    hidden: frozenset[int] = frozenset()

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.width = 0
        self.encoding = encoding_of(file)
        first = self._first_lines()
        # Excel's own way to name the separator.
        self._skip = int(bool(first) and first[0].strip().lower().startswith("sep="))
        self.separator = first[0].strip()[4:5] if self._skip else ""
        if self.separator not in _SEPARATORS:
            self.separator = _recognised(first[self._skip :])

    def words(self, sheets: Sequence[str]) -> str:
        """How the file was read, for people; it has no sheets to name."""
        name = WORDS.get(self.encoding, self.encoding)
        return f"CSV in {name}, separated by {_SEPARATORS[self.separator]}"

    def rows(self, sheet: int = 0) -> Iterator[Row]:
        """Every row, with the number of the line that it begins in; empty ones too."""
        lines = CsvLines(self._lines())
        reader = csv.reader(lines, delimiter=self.separator)
        ahead = _MOST_AHEAD
        while True:
            lines.in_row = False
            try:
                row = _row(lines.number + 1, next(reader))
            except StopIteration:
                return
            except csv.Error:
                row = Row(lines.number, (), _TOO_LONG)
            except QuoteOpen:
                row = self._row_of_lines(lines, ahead)
                if row.problem:
                    ahead = max(ahead // 2, _LEAST_AHEAD)
            if row.number > self._skip:
                yield row

    def _row_of_lines(self, lines: CsvLines, ahead: int) -> Row:
        """The row that begins in this line and goes on below, if its quotation mark is closed.

        Else it is this line alone, and the others come again: they are rows themselves.
        """
        number, line = lines.number, lines.line
        taken: list[str] = []
        try:
            cells = next(
                csv.reader(lines.more(taken, ahead), delimiter=self.separator, strict=True)
            )
        except csv.Error:
            cells = []
        if cells and (self._fits(cells) or not self._are_rows(taken[1:])):
            return _row(number, cells)
        lines.give_back(taken[1:])
        return _row(number, self._cells(line), _OPEN)

    def _fits(self, cells: Sequence[str]) -> bool:
        width = self.width or len(cells)
        return len(cells) >= width and not any(cell.strip() for cell in cells[width:])

    def _are_rows(self, lines: Sequence[str]) -> bool:
        """Whether each of these lines would do as a row of its own."""
        return all(self._fits(self._cells(line)) for line in lines if line.strip())

    def _cells(self, line: str) -> list[str]:
        return next(_readable([line], self.separator), [])

    def _lines(self) -> Iterator[str]:
        self._file.seek(0)
        errors = "replace" if self.encoding.startswith(("utf-16", "utf-32")) else "surrogateescape"
        text = io.TextIOWrapper(self._file, self.encoding, errors=errors, newline="")
        try:
            while line := text.readline(_LONGEST_LINE):
                yield line
                while len(line) == _LONGEST_LINE and line[-1] not in "\r\n":
                    line = text.readline(_LONGEST_LINE)  # its rest is no line of its own
        finally:
            text.detach()  # the file is another's to close

    def _first_lines(self) -> list[str]:
        lines = self._lines()
        try:
            return [line for _, line in zip(range(_SAMPLE_LINES), lines, strict=False)]
        finally:
            lines.close()  # type: ignore[attr-defined]  # it is a generator


def _row(number: int, cells: Sequence[str], problem: str = "") -> Row:
    """The row as a spreadsheet shows it; bytes that are no characters are a problem of it."""
    cells = tuple(map(unguarded, cells))
    if all(map(str.isascii, cells)) or not any(map(STRAY.search, cells)):
        return Row(number, cells, problem)
    return Row(number, tuple(STRAY.sub("\ufffd", cell) for cell in cells), problem or _STRAY)


def _recognised(lines: list[str]) -> str:
    """The separator with which most headings are understood, or else which makes most cells."""

    def merit(separator: str) -> tuple[int, int]:
        rows = list(_readable(lines, separator))
        best = max((count_known(row) for row in rows), default=0)
        return best, max((len(row) for row in rows), default=0)

    return max(_SEPARATORS, key=merit)


def _readable(lines: Sequence[str], separator: str) -> Iterator[list[str]]:
    """The rows of these lines without those that have too long a cell."""
    reader = csv.reader(lines, delimiter=separator)
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error:
            continue
