"""Protect spreadsheet cells: text that would run as a formula gets a leading apostrophe.

A spreadsheet runs a cell that begins with ``=``, ``+``, ``-``, ``@``, one of these in full width, a
tab, a line feed or a carriage return. An export prefixes such text with an apostrophe, an import
removes it. Text that begins with apostrophes and then such a sign gets one more, so that export and
import together are the identity for every text.

Other programs keep the zeros of an id in a CSV file by a formula of a text, ``="001001"``, and
write a link as a formula. Their cells are these texts.

A phone number such as ``+47 55 00 11 22`` is no formula that does anything: it has no names, so it
calls nothing, and other programs that read the file expect the number alone. It stays as it is.
"""

import re
from collections.abc import Sequence

_SIGNS = r"[=+\-@\t\n\r\uff1d\uff0b\uff0d\uff20]"
_FORMULA = re.compile(f"'*{_SIGNS}")
_GUARDED = re.compile(f"''*{_SIGNS}")
_TEXT = r'"((?:[^"]|"")*)"'
_FORMULA_OF_TEXT = re.compile(rf"=\s*(?:{_TEXT}|HYPERLINK\({_TEXT}\s*[,;]\s*{_TEXT}\))\s*", re.I)
_MARKS = ("'", "=")
# At least three digits, as of a valid phone number.
_PHONE = re.compile(r"\+(?:[ ()+\-./]*[0-9]){3}[0-9 ()+\-./]*")


def guarded(text: str) -> str:
    """Return the text as a cell that no spreadsheet runs."""
    return f"'{text}" if _FORMULA.match(text) and not _PHONE.fullmatch(text) else text


def unguarded(text: str) -> str:
    """Return the original text of a guarded cell."""
    return text[1:] if _GUARDED.match(text) else text


def csv_texts(cells: Sequence[str]) -> tuple[str, ...]:
    """Return the texts of the cells of a CSV file: unguarded, and those of formulas of a text."""
    return tuple([_csv_text(cell) if cell[:1] in _MARKS else cell for cell in cells])


def _csv_text(cell: str) -> str:
    if match := _FORMULA_OF_TEXT.fullmatch(cell):
        text = match[1] if match[1] is not None else match[3]
        return text.replace('""', '"')
    return unguarded(cell)
