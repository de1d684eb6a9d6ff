"""Show a whole number as its number format does: 1001 as 001001 where the format is 000000.

Only formats that show every digit are understood: of ids, phone numbers and postal codes, with
fixed digits and signs between them. Any other format, with decimals, thousands, percent or a
currency, leaves the number as it is.
"""

import re
import unicodedata
from collections.abc import Callable
from operator import eq, ge, gt, le, lt, ne
from typing import NamedTuple

# Excel keeps fifteen digits of a number.
_MAX_NUMBER = 10**15
_PLACEHOLDERS = "0#?"
# Of placeholders and texts; a phone number has some twenty.
_MAX_TOKENS = 64
# Signs that Excel shows without quotation marks.
_BARE_LITERALS = " -+():!^&'~{}<>="
_TOKEN = re.compile(
    r"""\\(?P<escaped>.)|"(?P<quoted>[^"]*)"|[_*].|\[(?P<bracket>[^\]]*)\]|(?P<bare>.)""", re.S
)
_CONDITION = re.compile(r"(<=|>=|<>|=|<|>)(-?\d{1,15})")
_COMPARE = {"<": lt, "<=": le, ">": gt, ">=": ge, "=": eq, "<>": ne}
# People type spaces for thousands: # ##0.
_THOUSANDS = re.compile(r"#+[ \xa0\u202f]##0")

# Returns a number as its format shows it; None if it is not understood.
Show = Callable[[int], str | None]


class _Section(NamedTuple):
    """The part of a format for some numbers: placeholders and texts, or None if not understood."""

    tokens: tuple[tuple[bool, str], ...] | None
    applies: Callable[[int], bool] | None


def digit_format(code: str) -> Show | None:
    """Return what shows a whole number in this format; None if the number itself is meant."""
    parts: list[list[re.Match[str]]] = [[]]
    for match in _TOKEN.finditer(code):
        if match["bare"] == ";":
            parts.append([])
        else:
            parts[-1].append(match)
    sections = [_read_section(part) for part in parts]
    if not any(section.tokens for section in sections):
        return None

    def show(number: int) -> str | None:
        if not 0 <= number < _MAX_NUMBER:
            return None
        tokens = _choose(sections, number).tokens
        return _fill(tokens, str(number)) if tokens else None

    return show


def _choose(sections: list[_Section], number: int) -> _Section:
    """Return the section for a number: by its condition, else the first, or the third for zero."""
    if any(section.applies for section in sections):
        fitting = (each for each in sections if each.applies is None or each.applies(number))
        return next(fitting, _Section(None, None))
    return sections[2] if number == 0 and len(sections) > 2 else sections[0]


def _read_section(part: list[re.Match[str]]) -> _Section:
    tokens: list[tuple[bool, str]] = []
    applies = None
    for match in part:
        if (bracket := match["bracket"]) is not None:
            if condition := _CONDITION.fullmatch(bracket):
                applies = _condition(condition[1], int(condition[2]))
            elif bracket.startswith("$") and not bracket.startswith("$-"):
                return _Section(None, applies)  # a currency
        elif (bare := match["bare"]) is not None:
            is_placeholder = bare in _PLACEHOLDERS
            if not is_placeholder and not _is_shown(bare):
                return _Section(None, applies)
            tokens.append((is_placeholder, bare))
        elif text := match["escaped"] or match["quoted"]:
            tokens.append((False, text))
    return _Section(tuple(tokens) if _shows_digits(tokens) else None, applies)


def _condition(sign: str, limit: int) -> Callable[[int], bool]:
    compare = _COMPARE[sign]
    return lambda number: bool(compare(number, limit))


def _is_shown(sign: str) -> bool:
    """Return whether a sign without quotation marks stands for itself and is no currency."""
    return sign in _BARE_LITERALS or (not sign.isascii() and unicodedata.category(sign) != "Sc")


def _shows_digits(tokens: list[tuple[bool, str]]) -> bool:
    """Return whether a format adds something to the digits of a number."""
    placeholders = [text for is_placeholder, text in tokens if is_placeholder]
    texts = "".join(text for is_placeholder, text in tokens if not is_placeholder)
    if not placeholders or len(tokens) > _MAX_TOKENS:
        return False
    if any(unicodedata.category(sign) == "Sc" for sign in texts):
        return False
    if _THOUSANDS.fullmatch("".join(text for _, text in tokens)):
        return False
    return placeholders.count("0") > 1 or bool(texts.strip()) or len(texts) > 1


def _fill(tokens: tuple[tuple[bool, str], ...], digits: str) -> str:
    """Put the digits into the placeholders, from the right; the first one takes all that remain."""
    remaining = sum(is_placeholder for is_placeholder, _ in tokens)
    shown = []
    for is_placeholder, text in tokens:
        if not is_placeholder:
            shown.append(text)
            continue
        if len(digits) >= remaining:
            taken = len(digits) - remaining + 1
            shown.append(digits[:taken])
            digits = digits[taken:]
        elif text != "#":
            shown.append("0" if text == "0" else " ")
        remaining -= 1
    return "".join(shown).strip()
