"""Text in the cells of a spreadsheet: what would be run as a formula gets an apostrophe before it.

A spreadsheet runs a cell that begins with ``=``, ``+``, ``-``, ``@``, one of these in full width, a
tab, a line feed or a carriage return. An export writes such a text behind an apostrophe, and an
import takes it off again. A text that begins with apostrophes and then such a sign gets one more,
so that the way out and in is the identity for every text.
"""

from __future__ import annotations

import re

_SIGNS = r"[=+\-@\t\n\r\uff1d\uff0b\uff0d\uff20]"
_RUN = re.compile(f"'*{_SIGNS}")
_GUARDED = re.compile(f"''*{_SIGNS}")


def guarded(text: str) -> str:
    """The text as a cell that no spreadsheet runs."""
    return f"'{text}" if _RUN.match(text) else text


def unguarded(text: str) -> str:
    """The text that such a cell stands for."""
    return text[1:] if _GUARDED.match(text) else text
