"""What one row calls a manager in several columns: an id, an email, a name; the most exact first.

Until the managers of a file are planned, they stand in the field as one text, a line each.
"""

from collections.abc import Iterable

_SEPARATOR = "\n"  # no text of one line has it
_MAX_TOLD_CHARACTERS = 120


def one_of(texts: Iterable[str]) -> str:
    """Return these texts of one line as one."""
    return _SEPARATOR.join(dict.fromkeys(texts))


def texts_in(text: str) -> list[str]:
    """Return the texts in one of ``one_of``."""
    return text.split(_SEPARATOR)


def told(text: str) -> str:
    """Return such a text as messages tell it."""
    return " / ".join(texts_in(text))[:_MAX_TOLD_CHARACTERS]
