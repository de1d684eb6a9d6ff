"""A file of people as a table: its columns, and the rows below the headings."""

import re
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from itertools import islice
from typing import BinaryIO, NamedTuple

from app.imports.errors import FileTooLarge, FileUnreadable
from app.imports.files.columns import Columns, count_known, field_of, read_headings
from app.imports.files.csv_rows import CsvRows
from app.imports.files.headings import FIRST_NAME, LAST_NAME
from app.imports.files.row_cache import RowCache
from app.imports.files.rows import MAX_COLUMNS, MAX_SHEET_ROWS, Row
from app.imports.files.vcard_rows import VcardRows
from app.imports.files.xlsx_rows import XlsxRows
from app.text.folding import fold
from app.text.plurals import count_of
from app.text.sanitizing import clean_line

_ZIP, _OLE, _PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF"
# "[" alone is not JSON: headings may be [Name],[Mail].
_JSON = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\[\s*)?\{\s*[\"}]")
_VCARD = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*BEGIN:VCARD", re.IGNORECASE)
_MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|table|meta|\?xml)", re.IGNORECASE
)
_START_BYTES = 1024
# Rows that are searched for headings, which may follow a title and a date.
_MAX_ROWS_ABOVE = 10
_MAX_SHEETS = 100
_MAX_SHEET_NAME = 60
# Of the headings of all sheets together.
_MAX_HEADING_CHARACTERS = 2_000_000
_IDENTIFYING_FIELDS = frozenset(
    {"id", "employee_number", "email", "full_name", FIRST_NAME, LAST_NAME}
)
# Returns the headings whose field was chosen, each with the field.
Choose = Callable[[Sequence[str]], Iterable[tuple[str, str]]]
_TOO_MANY = (
    "The row has {} and the headings have {}. "
    "Put quotation marks around any text that contains the separator"
)
_TOO_FEW = "The row has {} and the headings have {}. Add the missing cells; they may be empty"


class _Sheet(NamedTuple):
    """The position of a sheet in its workbook, and its heading row."""

    position: int
    heading: Row


class Table:
    """An open file as a table; the caller closes the file. Raises FileUnreadable.

    ``headings`` are as in the file; ``unread`` is what it has beside columns. ``sheets`` are the
    sheets of a workbook that are read: the first with people, and all with the same headings.
    ``ignored_sheets`` have other headings or are hidden. ``source_description`` tells the user how
    the file was read. ``choose`` is called with the headings, and returns those whose field was
    chosen with the field.
    """

    def __init__(self, file: BinaryIO, choose: Choose = lambda headings: ()) -> None:
        self._source = _open_source(file)
        size = self._source.unpacked_bytes
        self._cache = RowCache(size) if self._source.is_slow else None
        sheets = list(self._find_sheets())
        visible = [sheet for sheet in sheets if sheet.position not in self._source.hidden]
        if not visible:
            raise FileUnreadable("The file is empty. Choose a file with one row for each person.")
        headings = [sheet.heading for sheet in visible]
        heading = next(filter(_identifies_people, headings), headings[0])
        if len(heading.cells) > MAX_COLUMNS:
            raise FileTooLarge(
                f"The file has more than {MAX_COLUMNS:,} columns. "
                "Remove those that are not about people."
            )
        if heading.problem and not _identifies_people(heading):
            raise FileUnreadable(f"The first row cannot be read. {heading.problem}.")
        self.columns: Columns = read_headings(heading.cells, dict(choose(heading.cells)))
        self.unread = self._source.unread
        self.headings = heading.cells[: self.columns.width]
        self._source.width = self.columns.width
        names = _normalized(heading)
        self._selected = [sheet for sheet in visible if _normalized(sheet.heading) == names]
        if len(self._selected) > _MAX_SHEETS:
            raise FileUnreadable(
                f"This workbook has more than {_MAX_SHEETS} sheets of people. "
                "Combine them into fewer sheets and save it again."
            )
        self.sheets = self._sheet_names(self._selected)
        self.ignored_sheets = self._sheet_names(s for s in sheets if s not in self._selected)
        self.source_description = self._source.describe(self.sheets)

    def check_columns(self) -> None:
        """Raise FileUnreadable if no column identifies the person."""
        if not _IDENTIFYING_FIELDS & (self.columns.positions.keys() | self.columns.fields):
            found = ", ".join(filter(None, map(clean_line, self.headings)))
            raise FileUnreadable(
                "No column identifies the person. Choose the column of the full name, the email or "
                f"the id, or name it so in the first row. The file has: {found[:200]}."
            )

    def rows(self) -> Generator[Row]:
        """Yield every filled row below the headings, sheet after sheet.

        A caller that stops early must close the generator before the file.
        """
        if self._cache is None:
            return self._read_rows()
        if self._cache.is_complete:
            return self._cache.replay()
        return self._cache.record(self._read_rows())

    def read_photo(self, row: Row) -> bytes:
        """Return the photo of a row that has one. Raises PhotoRejected if it cannot be read."""
        if row.photo is None or not isinstance(self._source, VcardRows):
            raise ValueError("the row has no photo")
        return self._source.read_photo(row.photo)

    def _read_rows(self) -> Generator[Row]:
        for index, sheet in enumerate(self._selected):
            for row in self._source.rows(sheet.position):
                if row.number > sheet.heading.number and not row.is_empty:
                    number = row.number + index * MAX_SHEET_ROWS
                    yield self._fit_width(row)._replace(number=number)

    def _find_sheets(self) -> Iterator[_Sheet]:
        """Yield the sheets that are not empty. Raises FileTooLarge for long headings."""
        characters = 0
        for position in range(len(self._source.sheets)):
            filled = (row for row in self._source.rows(position) if not row.is_empty)
            candidates = list(islice(filled, _MAX_ROWS_ABOVE))
            if candidates:
                known = (row for row in candidates if count_known(row.cells) > 1)
                heading = next(known, candidates[0])
                characters += sum(map(len, heading.cells))
                if characters > _MAX_HEADING_CHARACTERS:
                    raise FileTooLarge("The headings of the sheets are too long. Shorten them.")
                yield _Sheet(position, heading)

    def _sheet_names(self, sheets: Iterable[_Sheet]) -> tuple[str, ...]:
        names = (clean_line(self._source.sheets[sheet.position]) for sheet in sheets)
        return tuple(name[:_MAX_SHEET_NAME] for name in names)

    def _fit_width(self, row: Row) -> Row:
        """Return the row with one cell per column; a row with a problem keeps its extra cells."""
        width = self.columns.width
        cells = (*row.cells, *("" for _ in range(width - len(row.cells))))
        if row.problem or len(row.cells) == width:
            return row._replace(cells=cells)
        count = count_of(len(row.cells), "cell", "cells")
        if any(cell.strip() for cell in cells[width:]):
            return Row(row.number, cells, _TOO_MANY.format(count, width))
        if len(row.cells) < width and not self._source.ends_early:
            return Row(row.number, cells, _TOO_FEW.format(count, width))
        return row._replace(cells=cells[:width])


def _identifies_people(heading: Row) -> bool:
    return bool(_IDENTIFYING_FIELDS & {field_of(cell) for cell in heading.cells})


def _normalized(heading: Row) -> list[str]:
    """Return the field of each heading, or its folded text if it names none."""
    names = [field_of(cell) or fold(cell).strip() for cell in heading.cells]
    while names and not names[-1]:
        names.pop()
    return names


def is_archive(start: bytes) -> bool:
    """Return whether a file that begins so is a ZIP archive, as workbooks are."""
    return start.startswith(_ZIP)


def is_vcard(start: bytes) -> bool:
    """Return whether a file that begins so is one of contacts, in any encoding."""
    return _VCARD.match(start.replace(b"\0", b"")) is not None


def _open_source(file: BinaryIO) -> CsvRows | VcardRows | XlsxRows:
    file.seek(0)
    start = file.read(_START_BYTES)
    if is_archive(start):
        return XlsxRows(file)
    if start.startswith(_OLE):
        raise FileUnreadable(
            "This is an old Excel file (.xls), or one with a password. "
            "Save it as .xlsx without a password, or as CSV."
        )
    if start.startswith(_PDF):
        raise FileUnreadable("This is a PDF. Save the table as CSV or .xlsx and choose that file.")
    if _JSON.match(start):
        raise FileUnreadable(
            "This is JSON or JSON Lines, not a table. Export as CSV or Excel and import that file. "
            "To move a whole directory, use flask backup and flask restore."
        )
    if _MARKUP.match(start):
        raise FileUnreadable(
            "This is a web page or XML file. Open it in a spreadsheet program, "
            "save it as CSV or .xlsx, and choose that file."
        )
    if is_vcard(start):
        return VcardRows(file)
    return CsvRows(file)
