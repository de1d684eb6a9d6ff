"""Protect spreadsheet cells: text that would run as a formula gets a leading apostrophe.

A spreadsheet runs a cell that begins with ``=``, ``+``, ``-``, ``@``, one of these in full width, a
tab, a line feed or a carriage return. An export prefixes such text with an apostrophe, an import
removes it. Text that begins with apostrophes and then such a sign gets one more, so that export and
import together are the identity for every text.
"""

import re

_SIGNS = r"[=+\-@\t\n\r\uff1d\uff0b\uff0d\uff20]"
_FORMULA = re.compile(f"'*{_SIGNS}")
_GUARDED = re.compile(f"''*{_SIGNS}")


def guarded(text: str) -> str:
    """Return the text as a cell that no spreadsheet runs."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """Return the original text of a guarded cell."""
    return text[1:] if _GUARDED.match(text) else text
