"""A file of people as a table: what its columns are, and its rows below the headings."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator
from itertools import islice
from typing import BinaryIO, NamedTuple

from app.imports.errors import FileUnreadable
from app.imports.files.columns import (
    FIRST_NAME,
    LAST_NAME,
    Columns,
    count_known,
    field_of,
    read_headings,
)
from app.imports.files.csv_rows import CsvRows
from app.imports.files.row_cache import RowCache
from app.imports.files.rows import ROWS_A_SHEET, Row
from app.imports.files.xlsx_rows import XlsxRows
from app.text.folding import fold
from app.text.plurals import count_of
from app.text.sanitizing import clean_line

_ZIP, _OLE, _PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF"
# Not only "[", with which headings may begin: [Name],[Mail].
_JSON = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\[\s*)?\{\s*[\"}]")
_VCARD = re.compile(rb"(?:\xef\xbb\xbf)?\s*BEGIN:VCARD", re.IGNORECASE)
_MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|table|meta|\?xml)", re.IGNORECASE
)
_START_BYTES = 1024
# Headings may stand below a title and a date.
_ROWS_ABOVE = 10
_MOST_SHEETS = 100
_LONGEST_NAME = 60
_WHO = frozenset({"id", "email", "full_name", FIRST_NAME, LAST_NAME})
_TOO_MANY = (
    "The row has {} and the headings have {}. "
    "Put quotation marks around a text that holds the separator"
)
_TOO_FEW = "The row has {} and the headings have {}. Add the missing ones, empty if need be"


class _Heading(NamedTuple):
    """The row of headings of a sheet, by the place of the sheet in its workbook."""

    sheet: int
    row: Row


class Table:
    """A file that is open; it stays the caller's to close. Raises FileUnreadable.

    ``headings`` are as they stand in the file. ``sheets`` are those of a workbook that are read:
    the first that has people, and whichever has the same headings. ``sheets_left_out`` hold
    something else, or are hidden.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._source = _open(file)
        self._kept = RowCache() if self._source.is_slow else None
        everywhere = list(self._find_headings())
        found = [each for each in everywhere if each.sheet not in self._source.hidden]
        if not found:
            raise FileUnreadable("The file is empty. Choose one with a row for each person.")
        heading = next((each.row for each in found if _says_who(each.row)), found[0].row)
        self.columns: Columns = read_headings(heading.cells)
        self.headings = heading.cells[: self.columns.width]
        if not _says_who(heading):
            if heading.problem:
                raise FileUnreadable(f"The first row cannot be read. {heading.problem}.")
            names = ", ".join(filter(None, map(clean_line, heading.cells)))
            raise FileUnreadable(
                "No column says who is meant. Name one of them Full name, Mail or Id in the first "
                f"row; the file has: {names[:200]}."
            )
        self._source.width = self.columns.width
        alike = _names_of(heading)
        self._read = [each for each in found if _names_of(each.row) == alike]
        if len(self._read) > _MOST_SHEETS:
            raise FileUnreadable(
                f"This workbook has more than {_MOST_SHEETS} sheets of people. "
                "Put them together on fewer and save it again."
            )
        self.sheets = self._sheet_names(self._read)
        self.sheets_left_out = self._sheet_names(
            each for each in everywhere if each not in self._read
        )
        self.words = self._source.words(self.sheets)

    def rows(self) -> Generator[Row]:
        """Every row below the headings in which something stands, sheet after sheet.

        Who stops before the end closes it, while the file is still open.
        """
        if self._kept is None:
            return self._rows_read()
        return self._kept.again() if self._kept.is_whole else self._kept.keeping(self._rows_read())

    def _rows_read(self) -> Generator[Row]:
        for place, heading in enumerate(self._read):
            for row in self._source.rows(heading.sheet):
                if row.number > heading.row.number and not row.is_empty:
                    fitted = self._fitted(row)
                    yield fitted._replace(number=row.number + place * ROWS_A_SHEET)

    def _find_headings(self) -> Iterator[_Heading]:
        """The headings of each sheet in which something stands."""
        for sheet in range(len(self._source.sheets)):
            filled = (row for row in self._source.rows(sheet) if not row.is_empty)
            first = list(islice(filled, _ROWS_ABOVE))
            if first:
                known = (row for row in first if count_known(row.cells) > 1)
                yield _Heading(sheet, next(known, first[0]))

    def _sheet_names(self, headings: Iterable[_Heading]) -> tuple[str, ...]:
        names = (clean_line(self._source.sheets[each.sheet]) for each in headings)
        return tuple(name[:_LONGEST_NAME] for name in names)

    def _fitted(self, row: Row) -> Row:
        """The row with a cell for each column; one with a problem keeps those beyond as well."""
        width = self.columns.width
        cells = (*row.cells, *("" for _ in range(width - len(row.cells))))
        if row.problem or len(row.cells) == width:
            return row._replace(cells=cells)
        found = count_of(len(row.cells), "cell", "cells")
        if any(cell.strip() for cell in cells[width:]):
            return Row(row.number, cells, _TOO_MANY.format(found, width))
        if len(row.cells) < width and not self._source.ends_early:
            return Row(row.number, cells, _TOO_FEW.format(found, width))
        return row._replace(cells=cells[:width])


def _says_who(heading: Row) -> bool:
    return bool(_WHO & {field_of(cell) for cell in heading.cells})


def _names_of(heading: Row) -> list[str]:
    """What the headings name, however they are written."""
    names = [field_of(cell) or fold(cell).strip() for cell in heading.cells]
    while names and not names[-1]:
        names.pop()
    return names


def _open(file: BinaryIO) -> CsvRows | XlsxRows:
    file.seek(0)
    start = file.read(_START_BYTES)
    if start.startswith(_ZIP):
        return XlsxRows(file)
    if start.startswith(_OLE):
        raise FileUnreadable(
            "This is an old Excel file (.xls), or one with a password. "
            "Save it as .xlsx without a password, or as CSV."
        )
    if start.startswith(_PDF):
        raise FileUnreadable("This is a PDF. Save the table as CSV or .xlsx and choose that.")
    if _JSON.match(start):
        raise FileUnreadable(
            "This is JSON or JSON Lines, not a table. Export as CSV or Excel and import that; to "
            "move a whole directory use flask backup and flask restore."
        )
    if _MARKUP.match(start):
        raise FileUnreadable(
            "This is a web page or XML, whatever its name. Open it in a spreadsheet program, "
            "save it as CSV or .xlsx, and choose that."
        )
    if _VCARD.match(start):
        raise FileUnreadable(
            "These are contacts (vCard), not a table. Export as CSV or Excel and import that."
        )
    return CsvRows(file)
