"""People as a workbook, which goes out row by row, as it is made.

openpyxl makes every part of it but the rows. It would gather these in a temporary file, and send
nothing until the last of them is in; so they are written here, between the beginning and the end of
its sheet. Every cell is a string: no spreadsheet runs it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from app.exports.columns import COLUMNS, row_of
from app.exports.people_of_view import People
from app.model.employee import Employee
from app.text.formula_guard import guarded

# Where Excel ends; and far below the 2 GB from which a streamed part of a zip needs another format.
ROWS_A_SHEET = 1_048_576
_BYTES_A_SHEET = 1 << 30
_MOST_CHARACTERS = 32_767
_ROWS_A_PIECE = 100
_END = b"</sheetData>"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[: len(COLUMNS)]
# Excel reads _x0041_ as A.
_LIKE_AN_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def xlsx_file(pages: Iterable[People], rows_a_sheet: int = ROWS_A_SHEET) -> Iterator[bytes]:
    """The file in pieces; a second sheet begins where the first is full."""
    out = _Outlet()
    people = chain.from_iterable(pages)
    following = next(people, None)
    sheets = 0
    with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=4) as archive:
        while sheets == 0 or following is not None:
            sheets += 1
            rest = chain(() if following is None else (following,), people)
            with archive.open(f"xl/worksheets/sheet{sheets}.xml", "w") as part:
                for piece in _sheet(rest, rows_a_sheet):
                    part.write(piece)
                    yield from out.taken()
            following = next(people, None)
        for name, content in _parts_around(sheets).items():
            archive.writestr(name, content)
    yield from out.taken()


def _sheet(people: Iterator[Employee], most_rows: int) -> Iterator[bytes]:
    """One sheet with a heading and as many people as it holds."""
    before, _, after = _parts(1)["xl/worksheets/sheet1.xml"].partition(_END)
    yield before
    row, size = 1, 0
    while row < most_rows and size < _BYTES_A_SHEET:
        some = list(islice(people, min(_ROWS_A_PIECE, most_rows - row)))
        if not some:
            break
        piece = "".join(_row(row + place, person) for place, person in enumerate(some, 1))
        yield piece.encode()
        row, size = row + len(some), size + len(piece)
    yield _END + after


def _row(number: int, person: Employee) -> str:
    cells = "".join(
        f'<c r="{_LETTERS[place]}{number}" t="inlineStr"><is><t xml:space="preserve">'
        f"{_text(text)}</t></is></c>"
        for place, text in enumerate(row_of(person))
        if text
    )
    return f'<row r="{number}">{cells}</row>'


def _text(text: str) -> str:
    if text.startswith("'"):
        text = guarded(text)  # else an import would take it for one that CSV had guarded
    if not text.isprintable():
        text = _NOT_IN_XML.sub("", text)
    if "_x" in text:
        text = _LIKE_AN_ESCAPE.sub("_x005F_", text)
    return escape(text[:_MOST_CHARACTERS], {"\r": "&#13;"})


def _parts_around(sheets: int) -> dict[str, bytes]:
    parts = _parts(sheets)
    return {name: content for name, content in parts.items() if "/sheet" not in name}


def _parts(sheets: int) -> dict[str, bytes]:
    """What openpyxl makes of a workbook with so many sheets and nobody in them."""
    from openpyxl import Workbook  # type: ignore[import-untyped, unused-ignore]
    from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped, unused-ignore]
    from openpyxl.styles import Font  # type: ignore[import-untyped, unused-ignore]

    book = Workbook(write_only=True)
    for number in range(1, sheets + 1):
        sheet = book.create_sheet("People" if number == 1 else f"People {number}")
        sheet.freeze_panes = "A2"
        headings = []
        for letter, column in zip(_LETTERS, COLUMNS, strict=True):
            sheet.column_dimensions[letter].width = column.width
            cell = WriteOnlyCell(sheet, column.heading)
            cell.font = Font(bold=True)
            headings.append(cell)
        sheet.append(headings)
    made = io.BytesIO()
    book.save(made)
    with ZipFile(made) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


class _Outlet:
    """A file that nobody can go back in: what is written waits to be taken."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._waiting.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is kept back."""

    def close(self) -> None:
        """Nothing is open."""

    def taken(self) -> Iterator[bytes]:
        """What was written since it was last taken, in one piece, if anything was."""
        piece = b"".join(self._waiting)
        self._waiting.clear()
        if piece:
            yield piece
