"""Read the cells of a sheet row by row, each as a Python value."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from app.imports.errors import FileTooLarge
from app.imports.files.rows import MAX_ROW_CHARACTERS, MAX_SHEET_ROWS
from app.imports.files.xlsx_book import Book, Sheet
from app.imports.files.xlsx_xml import (
    CELL,
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
# A row number, and the values of its cells up to the last filled one.
Values = tuple[int, list[Any]]


class CellError(str):
    """The error value of a cell, such as #N/A."""

    __slots__ = ()


def read_sheet(book: Book, sheet: Sheet, max_columns: int) -> Iterator[Values]:
    """Yield the filled rows from the top, without cells beyond ``max_columns``.

    Raises FileTooLarge for more rows than MAX_SHEET_ROWS and for a row above MAX_ROW_CHARACTERS,
    and ValueError for damaged data.
    """
    handler = _SheetHandler(book, max_columns)
    with book.archive.open(sheet.part) as source:
        for _ in read_xml(source, handler):
            yield from handler.rows
            handler.rows.clear()


class _SheetHandler(ElementHandler):
    def __init__(self, book: Book, max_columns: int) -> None:
        super().__init__()
        self.rows: list[Values] = []
        self._max_columns = max_columns
        self._book = book
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
            ref = attributes.get("r")
            self._column = _column_number(ref.rstrip("0123456789")) if ref else self._column + 1
        elif name == VALUE:
            self.capturing = self._type != _INLINE
        elif name == TEXT:
            self.capturing = self._type == _INLINE and not self.in_phonetic
        elif name == ROW:
            self._begin_row(attributes.get("r"))
        elif name == PHONETIC:
            self.in_phonetic = True

    def end(self, name: str) -> None:
        self.depth -= 1
        if name == CELL:
            self._end_cell(self.take_text())
        elif name in (VALUE, TEXT):
            self.capturing = False
        elif name == ROW:
            if self._cells:
                self.rows.append((self._row_number, self._cells))
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
        if self._column > self._max_columns:
            if self._column > _LAST_COLUMN:
                raise ValueError("a sheet has no such column")
            return
        if not text:
            return
        while len(self._cells) < self._column - 1:
            self._cells.append(None)
        if len(self._cells) != self._column - 1:
            raise ValueError("the cells of a row are not in order")
        value = self._value(text)
        self._cells.append(value)
        if value.__class__ is str:
            self._characters += len(value)
            if self._characters > MAX_ROW_CHARACTERS:
                raise FileTooLarge(_LONG_ROW.format(self._row_number, MAX_ROW_CHARACTERS))

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
        style = int(self._style)
        if style not in self._book.date_styles:
            return number
        is_duration = style in self._book.duration_styles
        from openpyxl.utils.datetime import (  # type: ignore[import-untyped, unused-ignore]
            from_excel,
        )

        try:
            return from_excel(number, self._book.epoch, timedelta=is_duration)
        except (OverflowError, ValueError):
            return CellError("#VALUE!")


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
