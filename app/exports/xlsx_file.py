"""Write people as an Excel workbook that is streamed row by row.

openpyxl makes every part but the rows. It would collect these in a temporary file and send nothing
before the last one, so they are written here, between the start and the end of its sheet. Every
cell is a string: no spreadsheet program runs it.
"""

import io
import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from app.exports.columns import COLUMNS, Column, row_of
from app.exports.people_of_view import People
from app.model.employee import Employee
from app.text.formula_guard import guarded

# The limit of Excel; and far below the 2 GB above which a streamed zip entry needs ZIP64.
MAX_SHEET_ROWS = 1_048_576
_MAX_SHEET_BYTES = 1 << 30
_MAX_CELL_CHARACTERS = 32_767
_ROWS_PER_PIECE = 100
_SHEET_DATA_END = b"</sheetData>"
_COLUMN_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# Excel decodes _x0041_ to A.
_ESCAPE_LOOKALIKE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def xlsx_file(pages: Iterable[People], columns: tuple[Column, ...] = COLUMNS) -> Iterator[bytes]:
    """Yield the file in pieces; a full sheet is continued on the next one."""
    out = _Outbox()
    people = chain.from_iterable(pages)
    next_person = next(people, None)
    sheets = 0
    with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=4) as archive:
        while sheets == 0 or next_person is not None:
            sheets += 1
            rest = chain(() if next_person is None else (next_person,), people)
            with archive.open(f"xl/worksheets/sheet{sheets}.xml", "w") as part:
                for piece in _sheet(rest, columns):
                    part.write(piece)
                    yield from out.take()
            next_person = next(people, None)
        for name, content in _other_parts(sheets, columns).items():
            archive.writestr(name, content)
    yield from out.take()


def _sheet(people: Iterator[Employee], columns: tuple[Column, ...]) -> Iterator[bytes]:
    """Yield one sheet: the headings, and as many people as it can hold."""
    before, _, after = _parts(1, columns)["xl/worksheets/sheet1.xml"].partition(_SHEET_DATA_END)
    yield before
    row, size = 1, 0
    while row < MAX_SHEET_ROWS and size < _MAX_SHEET_BYTES:
        chunk = list(islice(people, min(_ROWS_PER_PIECE, MAX_SHEET_ROWS - row)))
        if not chunk:
            break
        piece = "".join(
            _row(row + index, row_of(person, columns)) for index, person in enumerate(chunk, 1)
        )
        yield piece.encode()
        row, size = row + len(chunk), size + len(piece)
    yield _SHEET_DATA_END + after


def _row(number: int, texts: list[str]) -> str:
    cells = "".join(
        f'<c r="{_COLUMN_LETTERS[index]}{number}" t="inlineStr"><is><t xml:space="preserve">'
        f"{_text(text)}</t></is></c>"
        for index, text in enumerate(texts)
        if text
    )
    return f'<row r="{number}">{cells}</row>'


def _text(text: str) -> str:
    if text.startswith("'"):
        text = guarded(text)  # otherwise an import takes it for a guard
    if not text.isprintable():
        text = _NOT_IN_XML.sub("", text)
    if "_x" in text:
        text = _ESCAPE_LOOKALIKE.sub("_x005F_", text)
    return escape(text[:_MAX_CELL_CHARACTERS], {"\r": "&#13;"})


def _other_parts(sheets: int, columns: tuple[Column, ...]) -> dict[str, bytes]:
    parts = _parts(sheets, columns)
    return {name: content for name, content in parts.items() if "/sheet" not in name}


def _parts(sheets: int, columns: tuple[Column, ...]) -> dict[str, bytes]:
    """Return the parts of an openpyxl workbook with this many sheets and no people."""
    from openpyxl import Workbook  # type: ignore[import-untyped, unused-ignore]
    from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped, unused-ignore]
    from openpyxl.styles import Font  # type: ignore[import-untyped, unused-ignore]

    book = Workbook(write_only=True)
    for number in range(1, sheets + 1):
        sheet = book.create_sheet("People" if number == 1 else f"People {number}")
        sheet.freeze_panes = "A2"
        headings = []
        for letter, column in zip(_COLUMN_LETTERS, columns, strict=False):
            sheet.column_dimensions[letter].width = column.width
            cell = WriteOnlyCell(sheet, column.heading)
            cell.font = Font(bold=True)
            headings.append(cell)
        sheet.append(headings)
    buffer = io.BytesIO()
    book.save(buffer)
    with ZipFile(buffer) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


class _Outbox:
    """A write-only file without seek; written bytes wait until they are taken."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Do nothing; ZipFile calls it."""

    def close(self) -> None:
        """Do nothing; ZipFile calls it."""

    def take(self) -> Iterator[bytes]:
        """Yield the bytes written since the last call in one piece, if any."""
        piece = b"".join(self._pieces)
        self._pieces.clear()
        if piece:
            yield piece
