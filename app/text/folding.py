"""Folding: text as lists show it (on one line), and as it is sorted and searched (folded).

Folding removes case, accents and width; the result is NFC.
"""

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache

LINE_CHARACTERS = 200

_NO_DECOMPOSITION = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h",
     "ŧ": "t", "ŋ": "n", "ə": "e"}
)  # fmt: skip
_SPACE = re.compile(r"\s+")


def _is_collapsed(text: str) -> bool:
    """Return whether nothing is to be collapsed or stripped; only spaces are printable here."""
    return (
        text.isprintable()
        and "  " not in text
        and not text.startswith(" ")
        and not text.endswith(" ")
    )


def one_line(text: str) -> str:
    """Return the text on one line, white space collapsed, cut to LINE_CHARACTERS."""
    if len(text) <= LINE_CHARACTERS and _is_collapsed(text):  # nearly every text
        return text
    return _SPACE.sub(" ", text[: 2 * LINE_CHARACTERS]).strip()[:LINE_CHARACTERS].rstrip()


def are_lines(texts: Collection[str]) -> bool:
    """Return whether ``one_line`` changes none of these texts, tested together: many are quick."""
    line = f"|{'|'.join(texts)}|"
    return (
        line.isprintable()
        and "  " not in line
        and " |" not in line
        and "| " not in line
        and (len(line) <= LINE_CHARACTERS or max(map(len, texts)) <= LINE_CHARACTERS)
    )


def _is_dropped(char: str) -> bool:
    # Accents and vowel points are dropped; vowel signs, tone marks and voiced marks of other
    # scripts (classes 0, 7-9, 84-132) distinguish words there and are kept.
    combining_class = unicodedata.combining(char)
    return 10 <= combining_class <= 36 or combining_class >= 200


def _fold_characters(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(char for char in decomposed if not _is_dropped(char)).translate(
        _NO_DECOMPOSITION
    )
    return unicodedata.normalize("NFC", plain)


class _Folded(dict[int, str]):
    """The folded form of each character that folds independently of its neighbours."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _fold_characters(chr(code))
        return folded


# Characters below this one never combine with their neighbours.
_LATIN_END = "\u0250"
_LATIN = _Folded()


def _fold(text: str) -> str:
    if text.isascii():
        plain = text.lower()
    elif max(text) < _LATIN_END:  # three times as fast
        plain = text.translate(_LATIN)
    else:
        plain = _fold_characters(text)
    if _is_collapsed(plain):
        return plain
    if not plain.isprintable():
        plain = "".join(
            " " if char.isspace() else char
            for char in plain
            if char.isspace() or unicodedata.category(char)[0] != "C"
        )
    return _SPACE.sub(" ", plain).strip()


_fold_line = lru_cache(maxsize=1024)(_fold)


def fold(text: str) -> str:
    """Remove case, accents, width and control characters; collapse white space."""
    # A cell of an import may have a megabyte, which is not worth caching.
    return _fold_line(text) if len(text) <= LINE_CHARACTERS else _fold(text)
