"""A file of people as a table: its columns, and the rows below the headings."""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from itertools import islice
from typing import BinaryIO, NamedTuple

from app.imports.errors import FileTooLarge, FileUnreadable
from app.imports.files.columns import Columns, read_headings
from app.imports.files.csv_rows import CsvRows
from app.imports.files.extra_rows import is_about_nobody
from app.imports.files.heading_row import (
    IDENTIFYING_FIELDS,
    HeadingSearch,
    best_headings,
    identifies_people,
    normalized,
    repeats,
)
from app.imports.files.notices import Notices, hidden_sheets_notice
from app.imports.files.other_kinds import START_BYTES, is_archive, is_vcard, refuse_other_kinds
from app.imports.files.row_cache import RowCache
from app.imports.files.rows import MAX_COLUMNS, MAX_SHEET_ROWS, Row
from app.imports.files.vcard_rows import VcardRows
from app.imports.files.xlsx_rows import XlsxRows
from app.text.plurals import count_of
from app.text.sanitizing import clean_line

_MAX_SHEETS = 100
_MAX_SHEET_NAME = 60
# Of the headings of all sheets together.
_MAX_HEADING_CHARACTERS = 2_000_000
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

    ``headings`` are as in the file. ``sheets`` are the sheets of a workbook that are read: the best
    with people, and all with the same headings. ``ignored_sheets`` have other headings,
    ``hidden_sheets`` are hidden. ``source_description`` tells the user how the file was read. A
    workbook that ``counts_from_1904`` counts its days so. ``choose`` is called with the headings,
    and returns those whose field was chosen with the field.
    """

    def __init__(self, file: BinaryIO, choose: Choose = lambda headings: ()) -> None:
        self._source = _open_source(file)
        self._notices: Notices | None = None
        size = self._source.unpacked_bytes
        self._cache = RowCache(size) if self._source.is_slow else None
        sheets = list(self._find_sheets())
        visible = [sheet for sheet in sheets if sheet.position not in self._source.hidden]
        if not visible:
            raise FileUnreadable("The file is empty. Choose a file with one row for each person.")
        heading = best_headings([sheet.heading for sheet in visible])
        if len(heading.cells) > MAX_COLUMNS:
            raise FileTooLarge(
                f"The file has more than {MAX_COLUMNS:,} columns. "
                "Remove those that are not about people."
            )
        if heading.problem and not identifies_people(heading):
            raise FileUnreadable(f"The first row cannot be read. {heading.problem}.")
        self.columns: Columns = read_headings(heading.cells, dict(choose(heading.cells)))
        self.headings = heading.cells[: self.columns.width]
        self._source.width = self.columns.width
        names = normalized(heading)
        self._selected = [sheet for sheet in visible if normalized(sheet.heading) == names]
        if len(self._selected) > _MAX_SHEETS:
            raise FileUnreadable(
                f"This workbook has more than {_MAX_SHEETS} sheets of people. "
                "Combine them into fewer sheets and save it again."
            )
        self.sheets = self._sheet_names(self._selected)
        self.ignored_sheets = self._sheet_names(s for s in visible if s not in self._selected)
        self.hidden_sheets = self._sheet_names(s for s in sheets if s not in visible)
        self.source_description = self._source.describe(self.sheets)
        self.counts_from_1904 = self._source.counts_from_1904

    def check_columns(self) -> None:
        """Raise FileUnreadable if no column identifies the person."""
        if not IDENTIFYING_FIELDS & (self.columns.positions.keys() | self.columns.fields):
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

    def read_photo(self, row: Row, max_bytes: int) -> bytes:
        """Return the photo of a row, of at most so many bytes. Raises PhotoRejected."""
        if row.photo is None or not isinstance(self._source, VcardRows):
            raise ValueError("the row has no photo")
        return self._source.read_photo(row.photo, max_bytes)

    def _read_rows(self) -> Generator[Row]:
        notices = Notices()
        for index, sheet in enumerate(self._selected):
            for row in self._rows_of_people(sheet, index * MAX_SHEET_ROWS, notices):
                if row.is_hidden or row.errors:
                    notices.read(row)
                yield row
        self._notices = notices

    def _rows_of_people(self, sheet: _Sheet, offset: int, notices: Notices) -> Iterator[Row]:
        """Yield the rows of a sheet with ``offset`` added to their numbers."""
        heading, is_next = sheet.heading, True
        first = heading.cells[:1]
        for row in self._source.rows(sheet.position):
            if row.number <= heading.number or row.is_empty:
                continue
            if is_next or row.cells[:1] == first:
                was_next, is_next = is_next, False
                if repeats(row, heading, was_next):
                    continue
            if offset:
                row = row._replace(number=row.number + offset)
            may_be_remark = self._source.has_remarks and not row.problem
            if may_be_remark and is_about_nobody(row.cells, self.columns.width):
                notices.left_out(row)
            else:
                yield self._fit_width(row)

    def notices(self) -> tuple[str, ...]:
        """Return sentences about hidden rows and others, once all rows were read."""
        if self._notices is None:
            return ()
        hidden = (self._source.hidden_columns(sheet.position) for sheet in self._selected)
        columns = zip(self.columns.headings, self.columns.fields_by_column, strict=True)
        read = {n: heading for n, (heading, name) in enumerate(columns) if name}
        hidden_columns = frozenset().union(*hidden)
        sentences = self._notices.sentences(self.sheets, read, hidden_columns)
        return (*self._source.notices, *hidden_sheets_notice(self.hidden_sheets), *sentences)

    def _find_sheets(self) -> Iterator[_Sheet]:
        """Yield the sheets that are not empty. Raises FileTooLarge for long headings."""
        characters = 0
        search = HeadingSearch()
        for position in range(len(self._source.sheets)):
            filled = (row for row in self._source.rows(position) if not row.is_empty)
            heading = search.find(filled if self._source.has_remarks else islice(filled, 1))
            if heading:
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
        if len(row.cells) == width:  # nearly every row
            return row
        cells = (*row.cells, *("" for _ in range(width - len(row.cells))))
        if row.problem:
            return row._replace(cells=cells)
        count = count_of(len(row.cells), "cell", "cells")
        if any(cell.strip() for cell in cells[width:]):
            return Row(row.number, cells, _TOO_MANY.format(count, width))
        if len(row.cells) < width and not self._source.ends_early:
            return Row(row.number, cells, _TOO_FEW.format(count, width))
        return row._replace(cells=cells[:width])


def _open_source(file: BinaryIO) -> CsvRows | VcardRows | XlsxRows:
    file.seek(0)
    start = file.read(START_BYTES)
    if is_archive(start):
        return XlsxRows(file)
    if is_vcard(start):
        return VcardRows(file)
    refuse_other_kinds(start)
    return CsvRows(file)
