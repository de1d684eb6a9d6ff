"""Phone numbers in a search: the words of the index for a field, and what a typed number begins.

The digits of a number are indexed from the last to the first, so that whoever types the end of a
number finds it: ``8110555`` is a beginning of ``81105553279`` (+972 3 555 0118). A number whose
country is not known ends with a dot, so that it equals one that is typed with a country code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from app.text.digits import ascii_digits, digits_of, is_plain_number
from app.text.phone_numbers import (
    EXTENSION_WORDS,
    Number,
    national_digits,
    numbers_in,
    parse,
)
from app.text.search_marks import PHONE

# Fewer digits are a word like any other.
MIN_RUN = 4
# A number with its extension has three words, one without an extension one.
MAX_PHONE_WORDS = 6
_MAX_RUN = 30
# Digits without a leading zero that are a number of their own.
_MIN_NATIONAL = 6
# Digits of a number with the trunk prefix 1 or 8.
_LONG_DISTANCE = 11
_WHOLE = "."
_PUNCTUATION = str.maketrans("", "", " .-")

_EXTENSION = rf"(?:[\s,;(-]*(?:(?:{EXTENSION_WORDS})[\s.:=-]*|[#;~]\s*)#?\s*\d{{1,9}}\)?)"
# Of text that is folded: digits, with spaces and punctuation between, and perhaps an extension.
# What stands beside a run ends a word too, so that a run has whole words.
RUN = re.compile(
    r"(?<![^\s(\[<\",;:/\-\u2010-\u2015])"
    rf"(?:\+?\(?\d(?:[\s().\-/\u2010-\u2015]*\d)*{_EXTENSION}?|{_EXTENSION})"
    r"(?![^\s)\]>\",;:/.!?\-\u2010-\u2015])"
)
_EXTENSION_ALONE = re.compile(_EXTENSION, re.IGNORECASE)
_TYPED_EXTENSION = re.compile(rf"({_EXTENSION})$")


class PhoneForms(NamedTuple):
    """What a word of a number begins with, and with one of which it begins; see Term."""

    phone: str
    phone_forms: tuple[str, ...] = ()


def phone_words(*fields: str) -> list[str]:
    """Return the words of the numbers in these fields, at most MAX_PHONE_WORDS, sorted."""
    typed = [text for text in fields if text]
    if all(map(is_plain_number, typed)):  # nearly everybody's
        return sorted({PHONE + text[:0:-1].translate(_PUNCTUATION) for text in typed})
    numbers = [number for text in typed for number in numbers_in(text)]
    words = dict.fromkeys(_word(number.dial, "") for number in numbers)
    words |= dict.fromkeys(_extension_words(numbers))
    return sorted(list(words)[:MAX_PHONE_WORDS])


def _word(dial: str, extension: str) -> str:
    if dial.startswith("+"):
        return f"{PHONE}{(dial[1:] + extension)[::-1]}"
    return f"{PHONE}{(dial + extension)[::-1]}{_WHOLE}"


def _extension_words(numbers: Iterable[Number]) -> Iterator[str]:
    for number in numbers:
        if _EXTENSION_ALONE.fullmatch(number.text):
            yield f"{PHONE}x{digits_of(number.text)}"
        if number.extension:
            yield f"{PHONE}x{number.extension}"
            yield _word(number.dial, number.extension)


def forms_of(run: str) -> PhoneForms:
    """Return the forms of a run of digits as typed, by which numbers are found."""
    text = ascii_digits(run)
    typed = _TYPED_EXTENSION.search(text)
    extension = digits_of(typed[1]) if typed else ""
    number = text[: typed.start()] if typed else text
    digits = digits_of(number)
    if not digits:
        return PhoneForms(f"{PHONE}x{extension}")
    if not MIN_RUN <= len(digits) + len(extension) <= _MAX_RUN:
        return PhoneForms("")
    return _forms(number, digits, extension)


def _without_trunk_prefix(digits: str) -> str:
    """Return the digits without what is dialled before a number within its country.

    Zeros; or a 1 in North America and an 8 in Russia, where ten digits follow.
    """
    if len(digits) == _LONG_DISTANCE and digits[0] in "18":
        return digits[1:]
    national = digits.lstrip("0")
    return national if len(national) >= _MIN_NATIONAL else digits


def _forms(number: str, digits: str, extension: str) -> PhoneForms:
    parsed = parse(number) if len(digits) >= _MIN_NATIONAL else None
    if parsed is None:
        national = digits if number.startswith("+") else _without_trunk_prefix(digits)
        return PhoneForms(f"{PHONE}{(national + extension)[::-1]}")
    dial, significant, as_dialled_there = national_digits(parsed)
    ending = PHONE + (significant + extension)[::-1]
    if digits.endswith(significant) and not digits[: -len(significant)].strip("0"):
        return PhoneForms(ending)  # typed without a country code
    if not number.lstrip("( ").startswith(("+", "00")) and dial != digits:
        return PhoneForms(ending)
    return PhoneForms(ending, (_word(f"+{dial}", extension), _word(as_dialled_there, extension)))
