"""Read the cells of a sheet row by row, each as a Python value."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from app.imports.errors import FileTooLarge
from app.imports.files.rows import MAX_ROW_CHARACTERS, MAX_SHEET_ROWS
from app.imports.files.xlsx_book import Book, Sheet
from app.imports.files.xlsx_merges import Merge, MergedCells
from app.imports.files.xlsx_styles import CellError
from app.imports.files.xlsx_xml import (
    CELL,
    COLUMN,
    FORMULA,
    PHONETIC,
    ROW,
    TEXT,
    VALUE,
    ElementHandler,
    read_xml,
    unescape,
)

_LAST_COLUMN = 16_384  # XFD, the last of any sheet
_MAX_COLUMN_LETTERS = 3
_LONG_ROW = (
    "Row {:,} of a sheet has more than {:,} characters. Shorten it and save the workbook again."
)
_INLINE = "inlineStr"
_NUMBER = "n"
_TRUE = ("1", "true", "t")
# A column of a sheet that is hidden is one of the first; hostile files list millions.
_MAX_HIDDEN_RANGES = 1_000


class Values(NamedTuple):
    """A row: its number, the values of its cells up to the last filled one, and if it is hidden."""

    number: int
    cells: list[Any]
    is_hidden: bool


class SheetReader:
    """Reads the rows of a sheet from the top, without cells beyond ``max_columns``.

    ``hidden_columns`` are the positions of those that the user's program does not show, known once
    a row was read.
    """

    def __init__(self, book: Book, sheet: Sheet, max_columns: int) -> None:
        self._book = book
        self._part = sheet.part
        self._handler = _SheetHandler(book, max_columns)

    @property
    def hidden_columns(self) -> frozenset[int]:
        """The positions of hidden columns, from 0."""
        ranges = self._handler.hidden_ranges
        last = self._handler.max_columns
        return frozenset(n - 1 for first, end in ranges for n in range(first, min(end, last) + 1))

    def rows(self, merges: Iterable[Merge]) -> Iterator[Values]:
        """Yield the filled rows, with the value of merged cells in each of their rows.

        Raises FileTooLarge for more rows than MAX_SHEET_ROWS and for a row above
        MAX_ROW_CHARACTERS, and ValueError for damaged data.
        """
        columns = self._handler.max_columns
        merged = MergedCells(
            [
                (merge.first_row, merge.last_row, column - 1)
                for merge in merges
                if (column := _column_number(merge.letters)) < columns
            ]
        )
        with self._book.archive.open(self._part) as source:
            for _ in read_xml(source, self._handler):
                if merged.is_empty:
                    yield from self._handler.rows
                else:
                    for row in self._handler.rows:
                        merged.fill(row.number, row.cells)
                        yield row
                self._handler.rows.clear()


class _SheetHandler(ElementHandler):
    def __init__(self, book: Book, max_columns: int) -> None:
        super().__init__()
        self.rows: list[Values] = []
        self.max_columns = max_columns
        self.hidden_ranges: list[tuple[int, int]] = []
        self._book = book
        self._styles = book.styles
        self._is_hidden = self._is_formula = self._has_result = False
        self._row_number = 0
        self._cells: list[Any] = []
        self._column = self._characters = 0
        self._type = _NUMBER
        self._style = "0"

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if name == CELL:
            self._type = attributes.get("t", _NUMBER)
            self._style = attributes.get("s", "0")
            self._is_formula = False
            ref = attributes.get("r")
            self._column = _column_number(ref.rstrip("0123456789")) if ref else self._column + 1
        elif name == VALUE:
            self.capturing = self._type != _INLINE
            self._has_result = True
        elif name == TEXT:
            self.capturing = self._type == _INLINE and not self.in_phonetic
        elif name == ROW:
            self._begin_row(attributes.get("r"))
            self._is_hidden = attributes.get("hidden") in _TRUE
        elif name == FORMULA:
            self._is_formula, self._has_result = True, False
        elif name in (PHONETIC, COLUMN):
            self._start_rare(name, attributes)

    def _start_rare(self, name: str, attributes: dict[str, str]) -> None:
        if name == PHONETIC:
            self.in_phonetic = True
        elif attributes.get("hidden") in _TRUE and len(self.hidden_ranges) < _MAX_HIDDEN_RANGES:
            self.hidden_ranges.append((int(attributes["min"]), int(attributes["max"])))

    def end(self, name: str) -> None:
        self.depth -= 1
        if name == CELL:
            self._end_cell(self.take_text())
        elif name in (VALUE, TEXT):
            self.capturing = False
        elif name == ROW:
            if self._cells:
                self.rows.append(Values(self._row_number, self._cells, self._is_hidden))
        elif name == PHONETIC:
            self.in_phonetic = False

    def _begin_row(self, number: str | None) -> None:
        previous = self._row_number
        self._row_number = previous + 1 if number is None else int(number)
        if self._row_number <= previous:
            raise ValueError("the rows are not in order")
        if self._row_number > MAX_SHEET_ROWS:
            raise FileTooLarge(f"A sheet has more than {MAX_SHEET_ROWS:,} rows. Split it.")
        self._cells, self._column, self._characters = [], 0, 0

    def _end_cell(self, text: str) -> None:
        if self._column > self.max_columns:
            if self._column > _LAST_COLUMN:
                raise ValueError("a sheet has no such column")
            return
        if not text and not self._lacks_result():
            return
        while len(self._cells) < self._column - 1:
            self._cells.append(None)
        if len(self._cells) != self._column - 1:
            raise ValueError("the cells of a row are not in order")
        value = self._result(text) if self._is_formula else self._value(text)
        self._cells.append(value)
        if value.__class__ is str:
            self._characters += len(value)
            if self._characters > MAX_ROW_CHARACTERS:
                raise FileTooLarge(_LONG_ROW.format(self._row_number, MAX_ROW_CHARACTERS))

    def _lacks_result(self) -> bool:
        """Return whether an empty cell has a formula: it may give an empty text, but no number."""
        return self._is_formula and (self._type == _NUMBER or not self._has_result)

    def _result(self, text: str) -> Any:
        """Return the stored result of a formula; CellError("") if none was stored.

        A program that calculates nothing stores none, or 0 for all.
        """
        if not text or (text == "0" and self._type == _NUMBER and self._book.is_uncalculated):
            return CellError("")
        return self._value(text)

    def _value(self, text: str) -> Any:
        cell_type = self._type
        if cell_type == "s":
            return self._book.texts[int(text)]
        if cell_type == _NUMBER:
            return self._number_or_date(text)
        if cell_type == "b":
            return bool(int(text))
        if cell_type == "d":
            from openpyxl.utils.datetime import (  # type: ignore[import-untyped, unused-ignore]
                from_ISO8601,
            )

            return from_ISO8601(text)
        if cell_type == "e":
            return CellError(text)
        return unescape(text)

    def _number_or_date(self, text: str) -> Any:
        number = float(text) if any(mark in text for mark in ".Ee") else int(text)
        convert = self._styles[self._style]
        return number if convert is None else convert(number)


@lru_cache(1_024)
def _column_number(letters: str) -> int:
    """Return the number of a column from its letters: 1 for A. Raises ValueError."""
    if len(letters) > _MAX_COLUMN_LETTERS:
        raise ValueError("a sheet has no such column")
    column = 0
    for letter in letters:
        if not "A" <= letter <= "Z":
            raise ValueError(f"{letters} names no column")
        column = column * 26 + ord(letter) - 64
    if not column:
        raise ValueError("a cell names no column")
    return column
