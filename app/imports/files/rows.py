"""A row of a table, independent of the file format."""

from collections.abc import Sequence
from typing import NamedTuple

# Offset between the row numbers of one sheet and the next, so that numbers are unique in a file.
MAX_SHEET_ROWS = 1_048_576
# Columns with a heading, the ignored ones included.
MAX_COLUMNS = 1_000
# All cells of a row together: an employee has 5,000 characters at most.
MAX_ROW_CHARACTERS = 200_000


class Row(NamedTuple):
    """The cells of a row as text, and its number in the user's program.

    ``problem`` says why the row cannot be read, or is empty. ``errors`` are the positions of
    workbook cells whose value is an error such as #N/A, or a formula without a stored result, whose
    text is "". The user's program does not show a row that ``is_hidden``. ``photo`` is where the
    file has a photo. An empty cell of a row that ``is_sparse`` says nothing: it clears no field.
    """

    number: int
    cells: tuple[str, ...]
    problem: str = ""
    errors: tuple[int, ...] = ()
    is_hidden: bool = False
    photo: tuple[int, int] | None = None
    is_sparse: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether all cells are blank, and there is neither a photo nor a problem."""
        if self.problem or self.errors or self.photo:
            return False
        return not any(map(str.strip, self.cells))


def row_label(number: int, sheets: Sequence[str]) -> str:
    """Return a row number for the user: "7", or "7 of People 2" if there are several sheets."""
    if len(sheets) < 2:
        return str(number)
    sheet, offset = divmod(number - 1, MAX_SHEET_ROWS)
    return f"{offset + 1} of {sheets[sheet]}"
