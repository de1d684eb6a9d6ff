"""The rows of a CSV file, read one by one; encoding and separator are detected."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from app.imports.errors import FileTooLarge
from app.imports.files.columns import count_known
from app.imports.files.csv_lines import CsvLines, OpenQuote
from app.imports.files.encodings import LABELS, STRAY, detect_encoding
from app.imports.files.heading_row import MAX_ROWS
from app.imports.files.line_limit import MAX_LINE_BYTES, TOO_LONG
from app.imports.files.rows import MAX_COLUMNS, MAX_ROW_CHARACTERS, Row
from app.text.formula_guard import csv_texts

_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_SAMPLE_LINES = MAX_ROWS
_SAMPLE_CELLS = 100
_MAX_LINE_CHARACTERS = MAX_ROW_CHARACTERS
# How far to look for the closing quotation mark, in the cost of CsvLines.quoted_lines. It is halved
# after each failure: a file with an open mark in every line would take quadratic time.
_MAX_LOOKAHEAD, _MIN_LOOKAHEAD = 400_000, 10_000
# What a spreadsheet writes for a formula that fails. Of #N/A it is known that there is no value.
_ERRORS = frozenset(
    {"#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#ERROR!", "#SPILL!"}
)
# DOS ends a text with this sign.
_END_OF_FILE = ["\x1a"]
_TOO_LONG = "A cell is too long. Shorten it and import this row again"
_STRAY = (
    "A character in this row cannot be read: its encoding differs from the file's. "
    "Type it again and import this row again"
)
_OPEN = (
    "A quotation mark opens in this row and is not closed. "
    "Close it or remove it, and import this row again"
)


class CsvRows:
    """A CSV file as rows of cells. The caller sets ``width``, the number of columns, once known."""

    counts_from_1904 = False
    has_remarks = True  # reports have rows about nobody
    ends_early = False  # a row with too few cells is truncated or wrongly quoted
    is_slow = False
    notices: tuple[str, ...] = ()
    unpacked_bytes = 0  # nothing is compressed
    sheets = ("",)
    hidden: frozenset[int] = frozenset()

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.width = 0
        self.encoding = detect_encoding(file)
        first = self._first_lines()
        # Excel names the separator in a line of its own.
        self._skip = int(bool(first) and first[0].strip(' "').lower().startswith("sep="))
        self.separator = first[0].strip(' "')[4:5] if self._skip else ""
        if self.separator not in _SEPARATORS:
            self.separator = _detect_separator(first[self._skip :])

    def hidden_columns(self, _sheet: int) -> frozenset[int]:
        """Return the positions of hidden columns: a CSV file has none."""
        return frozenset()

    def describe(self, sheets: Sequence[str]) -> str:
        """Return the format, encoding and separator for the user; a CSV file has no sheets."""
        name = LABELS.get(self.encoding, self.encoding)
        return f"CSV in {name}, separated by {_SEPARATORS[self.separator]}"

    def rows(self, sheet: int = 0) -> Iterator[Row]:
        """Yield every row with the number of its first line; empty rows too.

        Of the cells beyond MAX_COLUMNS only the first filled one is kept. Raises FileTooLarge for
        an endless line.
        """
        lines = CsvLines(self._lines())
        reader = csv.reader(lines, delimiter=self.separator)
        lookahead = _MAX_LOOKAHEAD
        while True:
            lines.in_row = False
            try:
                row = _row(lines.number + 1, next(reader))
            except StopIteration:
                return
            except csv.Error:
                row = Row(lines.number, (), _TOO_LONG)
            except OpenQuote:
                row = self._read_multiline_row(lines, lookahead)
                if row.problem:
                    lookahead = max(lookahead // 2, _MIN_LOOKAHEAD)
            if row.number > self._skip:
                yield row

    def _read_multiline_row(self, lines: CsvLines, lookahead: int) -> Row:
        """Return the row that begins in the current line if its quotation mark is closed below.

        Otherwise return this line alone and push the others back: they are rows of their own.
        """
        number, line = lines.number, lines.line
        consumed: list[str] = []
        try:
            source = lines.quoted_lines(consumed, lookahead)
            cells = next(csv.reader(source, delimiter=self.separator, strict=True))
        except csv.Error:
            cells = []
        if cells and (self._fits(cells) or not self._are_rows(consumed[1:])):
            return _row(number, cells)
        lines.push_back(consumed[1:])
        return _row(number, self._cells(line), _OPEN)

    def _fits(self, cells: Sequence[str]) -> bool:
        width = self.width or len(cells)
        return len(cells) >= width and not any(cell.strip() for cell in cells[width:])

    def _are_rows(self, lines: Sequence[str]) -> bool:
        """Return whether each line parses as a row of its own."""
        return all(self._fits(self._cells(line)) for line in lines if line.strip())

    def _cells(self, line: str) -> list[str]:
        return next(_parse_rows([line], self.separator), [])

    def _lines(self) -> Iterator[str]:
        self._file.seek(0)
        errors = "replace" if self.encoding.startswith(("utf-16", "utf-32")) else "surrogateescape"
        text = io.TextIOWrapper(self._file, self.encoding, errors=errors, newline="")
        try:
            while line := text.readline(_MAX_LINE_CHARACTERS):
                yield line
                length = 0
                while len(line) == _MAX_LINE_CHARACTERS and line[-1] not in "\r\n":
                    line = text.readline(_MAX_LINE_CHARACTERS)  # drop the rest of the line
                    length += len(line)
                    if length > MAX_LINE_BYTES:
                        raise FileTooLarge(TOO_LONG)
        finally:
            text.detach()  # the caller closes the file

    def _first_lines(self) -> list[str]:
        lines = self._lines()
        try:
            return [line for _, line in zip(range(_SAMPLE_LINES), lines, strict=False)]
        finally:
            lines.close()  # type: ignore[attr-defined]  # it is a generator


def _row(number: int, cells: Sequence[str], problem: str = "") -> Row:
    """Return the row without formula guards; undecodable bytes become U+FFFD and a problem."""
    if len(cells) > MAX_COLUMNS:
        # The first filled cell beyond stands for all: it shows that the row is too long.
        cells = [*cells[:MAX_COLUMNS], next(filter(str.strip, cells[MAX_COLUMNS:]), "")]
    cells = csv_texts(cells) if cells != _END_OF_FILE else ()
    errors: tuple[int, ...] = ()
    if not _ERRORS.isdisjoint(cells):
        errors = tuple(position for position, cell in enumerate(cells) if cell in _ERRORS)
    if all(map(str.isascii, cells)) or not any(map(STRAY.search, cells)):
        return Row(number, cells, problem, errors)
    cells = tuple(STRAY.sub("\ufffd", cell) for cell in cells)
    return Row(number, cells, problem or _STRAY, errors)


def _detect_separator(lines: list[str]) -> str:
    """Return the separator that gives the most known headings, then the most cells."""

    def score(separator: str) -> tuple[int, int]:
        rows = list(_parse_rows(lines, separator))
        best = max((count_known(row[:_SAMPLE_CELLS]) for row in rows), default=0)
        return best, max((len(row) for row in rows), default=0)

    return max(_SEPARATORS, key=score)


def _parse_rows(lines: Sequence[str], separator: str) -> Iterator[list[str]]:
    """Yield the rows of these lines, except rows with a cell that csv refuses as too long."""
    reader = csv.reader(lines, delimiter=separator)
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error:
            continue
