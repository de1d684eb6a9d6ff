"""Positions among changes and entries, as the text of a cursor or a bookmark."""

import base64
from typing import NamedTuple

from app.history.difference import MOMENT_CHARACTERS, time_of

_MAX_CHARACTERS = 200
_SEPARATOR = "."


class Position(NamedTuple):
    """The moment and the id key of a row."""

    moment: str
    id_key: str

    def to_text(self) -> str:
        """Return a text of ASCII characters without spaces."""
        encoded = base64.urlsafe_b64encode(self.id_key.encode()).decode()
        return f"{self.moment}{_SEPARATOR}{encoded}"


def read_position(text: str | None) -> Position | None:
    """Return the position in a text from anywhere; None if it is none."""
    if not text or len(text) > _MAX_CHARACTERS or not text.isascii():
        return None
    moment, rest = text[:MOMENT_CHARACTERS], text[MOMENT_CHARACTERS:]
    if time_of(moment) is None or not rest.startswith(_SEPARATOR):
        return None
    try:
        return Position(moment, base64.urlsafe_b64decode(rest[1:]).decode())
    except ValueError:
        return None
