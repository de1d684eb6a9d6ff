"""The cells of a sheet, row by row, each with its value as the program that saved it meant it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from app.imports.files.xlsx_book import Book, Sheet
from app.imports.files.xlsx_xml import CELL, ROW, SPOKEN, TEXT, VALUE, Reader, read_xml, unescaped

MAX_COLUMNS = 16_384  # of any sheet
_IN_PLACE = "inlineStr"
_NUMBER = "n"
# A row by its number, with a value for each cell up to the last that has one.
Values = tuple[int, list[Any]]


class CellError(str):
    """What stands in a cell whose formula gives no value, such as #N/A."""

    __slots__ = ()


def rows_of(book: Book, sheet: Sheet, most_columns: int = MAX_COLUMNS) -> Iterator[Values]:
    """The rows that are stored, from the top; cells beyond the last column are left out.

    Raises ValueError for what is damaged.
    """
    reader = _SheetReader(book, most_columns)
    with book.archive.open(sheet.part) as source:
        for _ in read_xml(source, reader):
            yield from reader.rows
            reader.rows.clear()


class _SheetReader(Reader):
    def __init__(self, book: Book, most_columns: int) -> None:
        super().__init__()
        self.rows: list[Values] = []
        self._most_columns = most_columns
        self._book = book
        self._number = 0
        self._cells: list[Any] = []
        self._place = 0
        self._kind = _NUMBER
        self._style = "0"

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == CELL:
            self._kind = attributes.get("t", _NUMBER)
            self._style = attributes.get("s", "0")
            where = attributes.get("r")
            self._place = _place_of(where.rstrip("0123456789")) if where else self._place + 1
        elif name == TEXT:
            self.taking = self._kind == _IN_PLACE and not self.spoken
        elif name == VALUE:
            self.taking = self._kind != _IN_PLACE
        elif name == ROW:
            self._begin_row(attributes.get("r"))
        elif name == SPOKEN:
            self.spoken = True

    def end(self, name: str) -> None:
        if name in (TEXT, VALUE):
            self.taking = False
        elif name == CELL:
            self._end_cell(self.taken())
        elif name == ROW:
            self.rows.append((self._number, self._cells))
        elif name == SPOKEN:
            self.spoken = False

    def _begin_row(self, number: str | None) -> None:
        before = self._number
        self._number = before + 1 if number is None else int(number)
        if self._number <= before:
            raise ValueError("the rows are not in order")
        self._cells, self._place = [], 0

    def _end_cell(self, text: str) -> None:
        if not text or self._place > self._most_columns:
            return
        while len(self._cells) < self._place - 1:
            self._cells.append(None)
        if len(self._cells) != self._place - 1:
            raise ValueError("the cells of a row are not in order")
        self._cells.append(self._value(text))

    def _value(self, text: str) -> Any:
        kind = self._kind
        if kind == "s":
            return self._book.texts.get(int(text))
        if kind == _NUMBER:
            return self._number_or_day(text)
        if kind == "b":
            return bool(int(text))
        if kind == "d":
            from openpyxl.utils.datetime import (  # type: ignore[import-untyped, unused-ignore]
                from_ISO8601,
            )

            return from_ISO8601(text)
        if kind == "e":
            return CellError(text)
        return unescaped(text)

    def _number_or_day(self, text: str) -> Any:
        number = float(text) if any(mark in text for mark in ".Ee") else int(text)
        style = int(self._style)
        if style not in self._book.days:
            return number
        from openpyxl.utils.datetime import (  # type: ignore[import-untyped, unused-ignore]
            from_excel,
        )

        try:
            return from_excel(number, self._book.epoch, timedelta=style in self._book.spans)
        except (OverflowError, ValueError):
            return CellError("#VALUE!")


@lru_cache(1_024)
def _place_of(letters: str) -> int:
    """Which column these letters name, from 1 on."""
    place = 0
    for letter in letters:
        if not "A" <= letter <= "Z":
            raise ValueError(f"{letters} names no column")
        place = place * 26 + ord(letter) - 64
    if not place:
        raise ValueError("a cell names no column")
    return place
