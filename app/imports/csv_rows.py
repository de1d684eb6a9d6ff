"""The rows of a file of text, read one by one; its encoding and separator are recognised."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from app.imports.columns import count_known
from app.imports.encodings import WORDS, encoding_of
from app.imports.rows import Row
from app.spreadsheet_text import unguarded

_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_SAMPLE_LINES = 20
_LONGEST_LINE = 200_000
_TOO_LONG = (
    "A quotation mark is not closed, or a cell is longer than any that can be read. "
    "Close it and import the lines from {first} to {last} again"
)


class CsvRows:
    """A file of text as rows of cells."""

    ends_early = False  # a row with too few cells is cut off or wrongly quoted
    is_slow = False
    sheets = ("",)

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
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
        lines = self._lines()
        reader = csv.reader(lines, delimiter=self.separator)
        while True:
            first = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                words = _TOO_LONG.format(first=first, last=reader.line_num)
                yield Row(first, (), words)
                continue
            if first > self._skip:
                yield Row(first, tuple(map(unguarded, cells)))

    def _lines(self) -> Iterator[str]:
        self._file.seek(0)
        text = io.TextIOWrapper(self._file, self.encoding, errors="replace", newline="")
        try:
            while line := text.readline(_LONGEST_LINE):
                yield line
        finally:
            text.detach()  # the file is another's to close

    def _first_lines(self) -> list[str]:
        lines = self._lines()
        try:
            return [line for _, line in zip(range(_SAMPLE_LINES), lines, strict=False)]
        finally:
            lines.close()  # type: ignore[attr-defined]  # it is a generator


def _recognised(lines: list[str]) -> str:
    """The separator with which most headings are understood, or else which makes most cells."""

    def merit(separator: str) -> tuple[int, int]:
        rows = list(csv.reader(io.StringIO("".join(lines), newline=""), delimiter=separator))
        best = max((count_known(row) for row in rows), default=0)
        return best, max((len(row) for row in rows), default=0)

    return max(_SEPARATORS, key=merit)
