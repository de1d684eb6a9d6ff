"""A file of people as a table: what its columns are, and its rows below the headings."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from app.imports.columns import FIRST_NAME, LAST_NAME, Columns, count_known, read_headings
from app.imports.csv_rows import CsvRows
from app.imports.problems import FileUnreadable
from app.imports.rows import Row
from app.imports.xlsx_rows import XlsxRows

_ZIP, _OLE, _PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF"
# Headings may stand below a title and a date.
_ROWS_ABOVE = 10
_TOO_MANY = (
    "The row has {} cells and the headings have {}. "
    "Put quotation marks around a text that holds the separator"
)
_TOO_FEW = "The row has {} cells and the headings have {}. Add the missing ones, empty if need be"


class Table:
    """A file that is open; it stays the caller's to close. Raises FileUnreadable."""

    def __init__(self, file: BinaryIO) -> None:
        self._source = _open(file)
        self.words = self._source.words
        heading = self._find_heading()
        self._heading_at = heading.number
        self.columns: Columns = read_headings(heading.cells)
        known = self.columns.places
        if not {"id", "email", "full_name", FIRST_NAME, LAST_NAME} & known.keys():
            found = ", ".join(cell.strip() for cell in heading.cells if cell.strip())
            raise FileUnreadable(
                "No column says who is meant. Name one of them Full name, Mail or Id in the first "
                f"row; the file has: {found[:200]}."
            )

    def rows(self) -> Iterator[Row]:
        """Every row below the headings in which something stands."""
        for row in self._source.rows():
            if row.number > self._heading_at and not row.is_empty:
                yield self._fitted(row)

    def _fitted(self, row: Row) -> Row:
        """The row with a cell for each column, or with what is wrong with it."""
        width = self.columns.width
        cells = (*row.cells[:width], *("" for _ in range(width - len(row.cells))))
        if row.problem or len(row.cells) == width:
            return row._replace(cells=cells)
        if any(cell.strip() for cell in row.cells[width:]):
            return Row(row.number, cells, _TOO_MANY.format(len(row.cells), width))
        if len(row.cells) < width and not self._source.ends_early:
            return Row(row.number, cells, _TOO_FEW.format(len(row.cells), width))
        return row._replace(cells=cells)

    def _find_heading(self) -> Row:
        filled = (row for row in self._source.rows() if not row.is_empty)
        first = list(islice(filled, _ROWS_ABOVE))
        if not first:
            raise FileUnreadable("The file is empty. Choose one with a row for each person.")
        return next((row for row in first if count_known(row.cells) > 1), first[0])


def _open(file: BinaryIO) -> CsvRows | XlsxRows:
    file.seek(0)
    start = file.read(4)
    if start == _ZIP:
        return XlsxRows(file)
    if start == _OLE:
        raise FileUnreadable(
            "This is an old Excel file (.xls), or one with a password. "
            "Save it as .xlsx without a password, or as CSV."
        )
    if start == _PDF:
        raise FileUnreadable("This is a PDF. Save the table as CSV or .xlsx and choose that.")
    return CsvRows(file)
