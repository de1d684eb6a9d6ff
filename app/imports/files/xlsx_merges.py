"""Cells that are merged over several rows: each of these rows has the value of the first.

Excel keeps the value in the first cell alone and lists the merged cells below all rows, so they are
looked for before the rows are read: as bytes, which costs a tenth of parsing.
"""

import re
from collections.abc import Iterator, Sequence
from typing import IO, Any, NamedTuple

from app.imports.errors import FileTooLarge
from app.imports.files.rows import MAX_SHEET_ROWS

_CHUNK_BYTES = 256 * 1024
_MAX_MERGES = 100_000
# Merged cells that cover one row. Headings in two rows merge a cell of each column.
_MAX_OPEN = 1_000
_TAG = b"mergeCell"
_MAX_TAG_BYTES = 400
_MERGE = re.compile(
    rb"""<(?:[\w.-]{1,40}:)?mergeCell\s[^<>]{0,200}?ref\s*=\s*["']"""
    rb"""([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}(\d{1,7})["']"""
)
# Three columns of a full sheet.
_MAX_FILLED = 3 * MAX_SHEET_ROWS
_TOO_MANY = (
    f"A sheet has more than {_MAX_MERGES:,} cells that are merged over several rows, or they cover "
    f"more than {_MAX_FILLED:,} cells. Unmerge them, fill in their values, and save it again."
)


class Merge(NamedTuple):
    """Cells of a column that are merged: rows and letters as in the sheet."""

    first_row: int
    last_row: int
    letters: str


def find_merges(source: IO[bytes]) -> list[Merge]:
    """Return the cells of a sheet that are merged over several rows, from the top.

    Of cells that are merged over several columns too, only the first column is returned. Raises
    FileTooLarge for more than _MAX_MERGES.
    """
    merges: list[Merge] = []
    for piece in _pieces(source):
        for letters, first, last in _MERGE.findall(piece):
            if int(first) < int(last):
                merges.append(Merge(int(first), int(last), letters.decode()))
        if len(merges) > _MAX_MERGES:
            raise FileTooLarge(_TOO_MANY)
    merges.sort()
    return merges


def _pieces(source: IO[bytes]) -> Iterator[bytes]:
    """Yield the pieces that may have merged cells, none of which is in two of them."""
    rest = b""
    while chunk := source.read(_CHUNK_BYTES):
        piece = rest + chunk
        begin = piece.rfind(b"<")
        rest = piece[begin:] if begin >= 0 and len(piece) - begin <= _MAX_TAG_BYTES else b""
        if _TAG in piece:
            yield piece[: len(piece) - len(rest)]
    if _TAG in rest:
        yield rest


class MergedCells:
    """Fills the merged cells of a sheet, whose rows are given from the top."""

    def __init__(self, merges: Sequence[tuple[int, int, int]]) -> None:
        """Take the first row, the last row and the column (from 0) of each, from the top."""
        self._merges = merges
        self._next = self._filled = 0
        # The last row and the value by column, of what began above.
        self._open: dict[int, tuple[int, Any]] = {}

    @property
    def is_empty(self) -> bool:
        """Whether nothing is merged."""
        return not self._merges

    def fill(self, row: int, cells: list[Any]) -> None:
        """Fill the empty cells of a row. Raises FileTooLarge for more than _MAX_FILLED in all."""
        for column, (last_row, value) in list(self._open.items()):
            if row > last_row:
                del self._open[column]
                continue
            cells.extend(None for _ in range(column + 1 - len(cells)))
            if cells[column] is None:
                cells[column] = value
                self._filled += 1
        if self._filled > _MAX_FILLED:
            raise FileTooLarge(_TOO_MANY)
        self._begin(row, cells)

    def _begin(self, row: int, cells: Sequence[Any]) -> None:
        while self._next < len(self._merges) and self._merges[self._next][0] <= row:
            first_row, last_row, column = self._merges[self._next]
            self._next += 1
            is_filled = column < len(cells) and cells[column] is not None
            if first_row == row and is_filled and len(self._open) < _MAX_OPEN:
                self._open[column] = last_row, cells[column]
