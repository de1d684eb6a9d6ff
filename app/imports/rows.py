"""A row of a table, whatever kind of file it comes from."""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """The cells of a row as text, and the number under which people find it in their program.

    ``problem`` says why the row could not be read, where it could not.
    """

    number: int
    cells: tuple[str, ...]
    problem: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands in it."""
        return not self.problem and not any(cell.strip() for cell in self.cells)
