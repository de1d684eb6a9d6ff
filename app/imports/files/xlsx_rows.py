"""The rows of an Excel workbook, read as a stream in bounded memory."""

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from functools import cached_property
from typing import Any, BinaryIO
from xml.parsers.expat import ExpatError

from app.imports.errors import FileUnreadable
from app.imports.files.rows import MAX_COLUMNS, Row
from app.imports.files.xlsx_book import Book, open_book
from app.imports.files.xlsx_cells import SheetReader
from app.imports.files.xlsx_merges import find_merges
from app.imports.files.xlsx_styles import CellError
from app.runtime import disk_errors
from app.text.formula_guard import unguarded

# Errors of zipfile, zlib, expat and our own parsing for damaged or malicious workbooks.
_DAMAGE_ERRORS = (
    zipfile.BadZipFile, zlib.error, ExpatError, EOFError, LookupError, ValueError, TypeError,
    AttributeError, RuntimeError, OverflowError, AssertionError, OSError,
)  # fmt: skip
_DAMAGED = (
    "This Excel workbook is damaged. Open it in a spreadsheet program and save it again, or as CSV."
)


class XlsxRows:
    """A workbook as rows of cells. The caller sets ``width``, the number of columns, once known."""

    has_remarks = True  # reports have rows about nobody
    ends_early = True  # empty cells at the end of a row are not stored
    is_slow = True
    notices: tuple[str, ...] = ()

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.width = 0
        self._hidden_columns: dict[int, frozenset[int]] = {}

    @property
    def sheets(self) -> tuple[str, ...]:
        """The sheet names, in the order of the workbook."""
        return tuple(sheet.name for sheet in self._book.sheets)

    @property
    def hidden(self) -> frozenset[int]:
        """The positions of hidden sheets."""
        return frozenset(n for n, sheet in enumerate(self._book.sheets) if sheet.is_hidden)

    @property
    def counts_from_1904(self) -> bool:
        """Whether days are counted from 1904, as by old Macs."""
        return self._book.counts_from_1904

    @property
    def unpacked_bytes(self) -> int:
        """The size of all parts together."""
        return sum(part.file_size for part in self._book.archive.infolist())

    def describe(self, sheets: Sequence[str]) -> str:
        """Return the format and the sheets that are read, for the user."""
        what = "sheet" if len(sheets) == 1 else f"{len(sheets):,} sheets:"
        return f"Excel workbook, {what} {', '.join(sheets)}"

    def rows(self, sheet: int = 0) -> Iterator[Row]:
        """Yield the filled rows of a sheet. Raises FileUnreadable for damage and too many rows."""
        with _translate_damage():
            # One more, to notice rows that are too long.
            max_columns = (self.width or MAX_COLUMNS) + 1
            part = self._book.sheets[sheet]
            with self._book.archive.open(part.part) as source:
                merges = find_merges(source)
            reader = SheetReader(self._book, part, max_columns)
            for number, cells, is_hidden in reader.rows(merges):
                if sheet not in self._hidden_columns:
                    self._hidden_columns[sheet] = reader.hidden_columns
                yield _row(number, cells, is_hidden)

    def hidden_columns(self, sheet: int) -> frozenset[int]:
        """Return the positions of hidden columns of a sheet whose first row was read."""
        return self._hidden_columns.get(sheet, frozenset())

    @cached_property
    def _book(self) -> Book:
        with _translate_damage():
            self._file.seek(0)
            return open_book(self._file)


@contextmanager
def _translate_damage() -> Iterator[None]:
    """Raise FileUnreadable in place of the errors of damaged data."""
    try:
        yield
    except _DAMAGE_ERRORS as error:
        if disk_errors.is_full(error):
            raise  # no fault of the workbook
        raise FileUnreadable(_DAMAGED) from error


def _row(number: int, values: Sequence[Any], is_hidden: bool) -> Row:
    errors = tuple(column for column, value in enumerate(values) if isinstance(value, CellError))
    return Row(number, tuple(map(_text, values)), errors=errors, is_hidden=is_hidden)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return unguarded(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e18 else f"{value:.15g}"
    return str(value)
