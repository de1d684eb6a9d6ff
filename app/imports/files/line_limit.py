"""Refuse a text whose lines do not end, while it is read: a table of people has short lines."""

from app.imports.errors import FileTooLarge

# A line above csv_rows._MAX_LINE_CHARACTERS is a row with an error; one above this is no row.
MAX_LINE_BYTES = 2 << 20
_LINE_ENDS = (b"\n", b"\r")
TOO_LONG = (
    f"This file has a line of more than {MAX_LINE_BYTES >> 20} MB, so it is not a table of people. "
    "Open it in the program that made it, and save the table as CSV or .xlsx."
)


class LineLimit:
    """Counts the bytes since the last line end. A line end of UTF-16 and UTF-32 has these bytes."""

    def __init__(self) -> None:
        self._length = 0

    def check(self, piece: bytes) -> bytes:
        """Return the next piece of the text. Raises FileTooLarge above MAX_LINE_BYTES."""
        begin = max(map(piece.rfind, _LINE_ENDS)) + 1
        self._length = len(piece) - begin if begin else self._length + len(piece)
        if self._length > MAX_LINE_BYTES:
            raise FileTooLarge(TOO_LONG)
        return piece
