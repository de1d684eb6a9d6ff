"""Protect spreadsheet cells: text that would run as a formula gets a leading apostrophe.

A spreadsheet runs a cell that begins with ``=``, ``+``, ``-``, ``@``, one of these in full width, a
tab, a line feed or a carriage return. An export prefixes such text with an apostrophe, an import
removes it. Text that begins with apostrophes and then such a sign gets one more, so that export and
import together are the identity for every text.

A phone number such as ``+47 55 00 11 22`` is no formula that does anything: it has no names, so it
calls nothing, and other programs that read the file expect the number alone. It stays as it is.
"""

import re

_SIGNS = r"[=+\-@\t\n\r\uff1d\uff0b\uff0d\uff20]"
_FORMULA = re.compile(f"'*{_SIGNS}")
_GUARDED = re.compile(f"''*{_SIGNS}")
# At least three digits, as of a valid phone number.
_PHONE = re.compile(r"\+(?:[ ()+\-./]*[0-9]){3}[0-9 ()+\-./]*")


def guarded(text: str) -> str:
    """Return the text as a cell that no spreadsheet runs."""
    return f"'{text}" if _FORMULA.match(text) and not _PHONE.fullmatch(text) else text


def unguarded(text: str) -> str:
    """Return the original text of a guarded cell."""
    return text[1:] if _GUARDED.match(text) else text
