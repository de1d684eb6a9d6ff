"""Break text into lines for a picture, which has no layout of its own."""

import unicodedata
from collections.abc import Iterator
from itertools import accumulate

# Widths in em of a bold book face and wider: a line may end early, but never beyond its column.
_NARROW, _WIDE = frozenset("iIjl.,:;'|!()[] -"), frozenset("mwMW@%&—…")
_NARROW_EM, _LOWER_EM, _UPPER_EM, _WIDE_EM = 0.42, 0.62, 0.86, 1.1
_COMPLEX_EM = 0.95  # scripts from Devanagari on, whose letters may be wide
_FIRST_COMPLEX = 0x0900
_JOINER = "\u200d"


def wrapped(text: str, width: float) -> list[str]:
    """Break a text into lines of at most ``width`` em; a word that is longer breaks anywhere."""
    lines, line, used = [], "", 0.0
    for word in text.split():
        for part in _pieces(word, width):
            long = sum(_widths(part))
            if line and used + _NARROW_EM + long > width:
                lines.append(line)
                line, used = "", 0.0
            joint = " " if line else ""
            line, used = f"{line}{joint}{part}", used + long + (_NARROW_EM if joint else 0)
    return [*lines, line] if line else lines


def is_right_to_left(text: str) -> bool:
    """Return whether the first letter with a direction is written from right to left."""
    kinds = (unicodedata.bidirectional(char) for char in text)
    return next((kind in ("R", "AL") for kind in kinds if kind in ("L", "R", "AL")), False)


def _pieces(word: str, width: float) -> Iterator[str]:
    """Yield a word in parts that fit, without parting a letter from its marks."""
    widths = list(_widths(word))
    if sum(widths) <= width:
        yield word
        return
    begun, before = 0, 0.0
    for place, end in enumerate(accumulate(widths)):
        if end - before > width and place > begun and widths[place]:
            yield word[begun:place]
            begun, before = place, end - widths[place]
    yield word[begun:]


def _widths(text: str) -> Iterator[float]:
    """Yield the width of each character; a mark, and what a joiner joins, adds nothing."""
    before = ""
    for char in text:
        joined = before == _JOINER or unicodedata.category(char) in ("Mn", "Me", "Cf", "Sk")
        yield 0.0 if joined and before else _width(char)
        before = char


def _width(char: str) -> float:
    if char in _NARROW:
        return _NARROW_EM
    if char in _WIDE or unicodedata.east_asian_width(char) in "WF":
        return _WIDE_EM
    if ord(char) >= _FIRST_COMPLEX:
        return _COMPLEX_EM
    return _UPPER_EM if char.isupper() else _LOWER_EM
