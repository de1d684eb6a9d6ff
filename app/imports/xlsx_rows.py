"""The rows of an Excel workbook: its first sheet, read as a stream, in bounded memory."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

from app.imports.problems import FileUnreadable
from app.imports.rows import Row
from app.spreadsheet_text import unguarded

MOST_ROWS = 1_048_576
_MOST_COLUMNS = 100
# Sheets are read as a stream; every other part, such as the table of texts, is held in memory.
_MOST_BYTES_OF_A_SHEET = 1 << 30
_MOST_BYTES_OF_A_PART = 40 * 1024 * 1024
_MOST_PARTS = 2_000
_ERRORS = frozenset({"#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!"})
# What openpyxl and what it stands on raise for a workbook that is damaged or meant to do harm;
# defusedxml's own errors are ValueErrors.
_BROKEN = (
    zipfile.BadZipFile, zlib.error, ParseError, OSError, EOFError, KeyError, ValueError, TypeError,
    AttributeError, IndexError, RuntimeError, OverflowError, AssertionError,
)  # fmt: skip
_DAMAGED = "This Excel workbook is damaged. Open it in a spreadsheet and save it again, or as CSV."


class XlsxRows:
    """The first sheet of a workbook as rows of cells."""

    ends_early = True  # empty cells at the end of a row are not stored

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._check_sizes()

    @property
    def words(self) -> str:
        """How the file was read, for people."""
        return "Excel workbook, its first sheet"

    def rows(self) -> Iterator[Row]:
        """Every row, with its number; empty ones too."""
        import openpyxl  # type: ignore[import-untyped, unused-ignore]  # here: it takes 0.2 s

        try:
            self._file.seek(0)
            book = openpyxl.load_workbook(
                self._file, read_only=True, data_only=True, keep_links=False
            )
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # what a file says of its own size need not be true
            rows = sheet.iter_rows(max_col=_MOST_COLUMNS, values_only=True)
            for number, values in enumerate(rows, 1):
                if number > MOST_ROWS:
                    raise FileUnreadable(f"This sheet has more than {MOST_ROWS:,} rows.")
                yield _row(number, values)
        except _BROKEN as error:
            raise FileUnreadable(_DAMAGED) from error

    def _check_sizes(self) -> None:
        try:
            self._file.seek(0)
            with zipfile.ZipFile(self._file) as archive:
                parts = archive.infolist()
        except _BROKEN as error:
            raise FileUnreadable(_DAMAGED) from error
        if not any(part.filename == "xl/workbook.xml" for part in parts):
            raise FileUnreadable(
                "This file is no Excel workbook. Save the table as .xlsx or as CSV."
            )
        for part in parts:
            in_sheet = part.filename.startswith("xl/worksheets/sheet")
            most = _MOST_BYTES_OF_A_SHEET if in_sheet else _MOST_BYTES_OF_A_PART
            if part.file_size > most or len(parts) > _MOST_PARTS:
                raise FileUnreadable(
                    "This workbook unpacks to more than can be read. "
                    "Save its first sheet as CSV and import that."
                )


def _row(number: int, values: tuple[Any, ...]) -> Row:
    count = max((place for place, value in enumerate(values, 1) if value is not None), default=0)
    cells = tuple(_text(value) for value in values[:count])
    for cell in cells:
        if cell in _ERRORS:
            return Row(number, cells, f"A cell holds the error {cell}. Mend its formula")
    return Row(number, cells)


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
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
    return str(value)
