"""A row of a table, whatever kind of file it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

# The rows of a second sheet are counted on from here, so that each has a number of its own.
ROWS_A_SHEET = 1_048_576


class Row(NamedTuple):
    """The cells of a row as text, and the number under which people find it in their program.

    ``problem`` says why the row could not be read, where it could not. ``errors`` are the places
    of cells of a workbook that hold no value but an error, such as #N/A.
    """

    number: int
    cells: tuple[str, ...]
    problem: str = ""
    errors: tuple[int, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands in it."""
        return not self.problem and not any(cell.strip() for cell in self.cells)


def row_words(number: int, sheets: Sequence[str]) -> str:
    """How people find a row that was read from one of these sheets: "7", or "7 of People 2"."""
    if len(sheets) < 2:
        return str(number)
    sheet, before = divmod(number - 1, ROWS_A_SHEET)
    return f"{before + 1} of {sheets[sheet]}"
