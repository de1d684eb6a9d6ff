"""Folding: text as lists show it (on one line), and as it is sorted and searched (folded).

Folding removes case, accents and width; the result is NFC.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LINE_CHARACTERS = 200

_NO_DECOMPOSITION = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h",
     "ŧ": "t", "ŋ": "n", "ə": "e"}
)  # fmt: skip
_SPACE = re.compile(r"\s+")


def _is_tidy(text: str) -> bool:
    """Return whether nothing is to be collapsed or stripped; only spaces are printable here."""
    return (
        text.isprintable()
        and "  " not in text
        and not text.startswith(" ")
        and not text.endswith(" ")
    )


def one_line(text: str) -> str:
    """Return the text on one line, white space collapsed, cut to LINE_CHARACTERS."""
    if len(text) <= LINE_CHARACTERS and _is_tidy(text):  # as nearly every text is
        return text
    return _SPACE.sub(" ", text[: 2 * LINE_CHARACTERS]).strip()[:LINE_CHARACTERS].rstrip()


def _drops(mark: str) -> bool:
    # Accents and vowel points go; vowel signs, tone marks and voiced marks of other scripts
    # (classes 0, 7-9, 84-132) tell words apart there and stay.
    place = unicodedata.combining(mark)
    return 10 <= place <= 36 or place >= 200


def _fold_marks(text: str) -> str:
    spread = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(mark for mark in spread if not _drops(mark)).translate(_NO_DECOMPOSITION)
    return unicodedata.normalize("NFC", plain)


class _Folded(dict[int, str]):
    """The folded form of each character that folds independently of its neighbours."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _fold_marks(chr(code))
        return folded


# All before combine with nothing that stands beside them.
_LATIN_ENDS = "\u0250"
_LATIN = _Folded()


def _fold(text: str) -> str:
    if text.isascii():
        plain = text.lower()
    elif max(text) < _LATIN_ENDS:  # at a third of the cost
        plain = text.translate(_LATIN)
    else:
        plain = _fold_marks(text)
    if _is_tidy(plain):
        return plain
    if not plain.isprintable():
        plain = "".join(
            " " if mark.isspace() else mark
            for mark in plain
            if mark.isspace() or unicodedata.category(mark)[0] != "C"
        )
    return _SPACE.sub(" ", plain).strip()


_fold_line = lru_cache(maxsize=1024)(_fold)


def fold(text: str) -> str:
    """Remove case, accents, width and control characters; collapse white space."""
    # A cell of a table may hold a megabyte: not worth remembering.
    return _fold_line(text) if len(text) <= LINE_CHARACTERS else _fold(text)
