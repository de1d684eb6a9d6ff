"""Text in the cells of a spreadsheet: what would be run as a formula gets an apostrophe before it.

A spreadsheet runs a cell that begins with ``=``, ``+``, ``-``, ``@``, a tab or a carriage return.
An export writes such a text behind an apostrophe, and an import takes it off again. A text that
begins with apostrophes and then such a sign gets one more, so that the way out and in is the
identity for every text.
"""

from __future__ import annotations

import re

_RUN = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"''*[=+\-@\t\r]")


def guarded(text: str) -> str:
    """The text as a cell that no spreadsheet runs."""
    return f"'{text}" if _RUN.match(text) else text


def unguarded(text: str) -> str:
    """The text that such a cell stands for."""
    return text[1:] if _GUARDED.match(text) else text
