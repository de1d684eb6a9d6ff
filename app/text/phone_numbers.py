"""Telephone numbers in a text as people type it: each number, its extension, and how it is dialled.

One text may have several numbers (``+1 206 555 0141 / +1 206 555 0142``). Numbers are understood by
libphonenumber, those without a country code as of the region that ``use_region`` sets; what it does
not know is dialled as it stands.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

# A number of fewer digits is none: no link, and no search.
MIN_DIGITS = 3
# Digits that a number of its own has at least, where it may also be a part of another one.
_MIN_WHOLE, _MIN_INTERNATIONAL = 7, 9
_MAX_EXTENSION, _MAX_PAUSED, _MAX_ENDING = 9, 6, 4
_MAX_CHARACTERS = 200

EXTENSION_WORDS = (
    "extension|extn|ext|xtn|x|durchwahl|dw|nebenstelle|nst|poste|anexo|ramal|interno|int|toestel"
    "|tst|anknytning|ankn|wewn|доб|внутр|内線|分機|分机|내선"
)
_BETWEEN_WORDS = "or|oder|ou|and|und|et|y|o|u"
PHONE_WORDS = f"{EXTENSION_WORDS}|{_BETWEEN_WORDS}|tel|phone"
_EXTENSION = re.compile(
    rf"[\s,;(\-\u2013]*(?:(?<![^\W\d_])(?:{EXTENSION_WORDS})[\s.:=]*|[#~,;]\s*)#?\s*"
    rf"(\d{{1,{_MAX_EXTENSION}}})[\s#)]*$",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(
    rf"(\s*(?:[/,;|&\n]+|(?<![^\W\d_])(?:{_BETWEEN_WORDS})(?![^\W_]))\s*)",
    re.IGNORECASE,
)
_ANNOUNCED = re.compile(rf"(?:{EXTENSION_WORDS})[\s.:=]*#?\s*\d", re.IGNORECASE)
_INTERNATIONAL = re.compile(r"[^\d+]*\+")
_TRUNK_ZERO = re.compile(r"\(\s*0\s*\)")
_LONG_PREFIX = re.compile(r"[^\d+]*00[\s()]*(?=[1-9])")
# E.164 with a country code that no zero follows: nothing in it has to be left out.
_PLAIN = re.compile(r"\+(?![1-9][0-9]{0,2}[ .-]?0)[1-9](?:[ .-]?[0-9]){7,14}")

_region = ""


class Number(NamedTuple):
    """A number: the text to show, what to dial (``+`` and digits), and the extension or ""."""

    text: str
    dial: str
    extension: str = ""

    @property
    def uri(self) -> str:
        """Return it as in a ``tel:`` address (RFC 3966), without the scheme."""
        return f"{self.dial};ext={self.extension}" if self.extension else self.dial


def use_region(region: str) -> None:
    """Take numbers without a country code as of this region (two letters); "" for none."""
    global _region
    if region != _region:
        _region = region
        numbers_in.cache_clear()


def is_region(text: str) -> bool:
    """Return whether a text is a region that libphonenumber knows, such as ``IL``."""
    from phonenumbers import SUPPORTED_REGIONS

    return text in SUPPORTED_REGIONS


@lru_cache(maxsize=2048)
def numbers_in(text: str) -> tuple[Number, ...]:
    """Return the numbers in a text, in order; those of fewer than MIN_DIGITS are left out."""
    if is_plain(text):  # as nearly all are
        return (Number(text, "+" + digits_of(text)),)
    if len(text) > _MAX_CHARACTERS:
        return ()
    return tuple(_numbers(ascii_digits(text)))


def is_plain(text: str) -> bool:
    """Return whether a text is a number in the international form, and nothing else."""
    return _PLAIN.fullmatch(text) is not None


def parse(text: str) -> PhoneNumber | None:
    """Return the number that a text without an extension means; None if that is not known."""
    for reading in _readings(text):
        number = _parse(reading)
        if number is not None and _is_whole(number, reading):
            return number
    return None


def national_digits(number: PhoneNumber) -> tuple[str, str, str]:
    """Return the digits of a number: with its country code, without, and as dialled there."""
    import phonenumbers

    formatted = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    significant = phonenumbers.national_significant_number(number)
    return f"{number.country_code}{significant}", significant, digits_of(formatted)


def digits_of(text: str) -> str:
    """Return the ASCII digits of a text."""
    return "".join(char for char in text if "0" <= char <= "9")


def ascii_digits(text: str) -> str:
    """Return the text with the digits of all scripts, and all widths, in ASCII."""
    if text.isascii():
        return text
    return "".join(
        str(unicodedata.decimal(char)) if char.isdecimal() else "+" if char == "\uff0b" else char
        for char in text
    )


def _numbers(text: str) -> Iterator[Number]:
    previous = ""
    for piece, is_ending in _pieces(text):
        found = _EXTENSION.search(piece)
        number, extension = (piece[: found.start()], found[1]) if found else (piece, "")
        if len(digits := digits_of(number)) < MIN_DIGITS and found and not is_ending:
            number, extension = piece, ""
        dial = previous[: -len(digits)] + digits if is_ending else _dial(number)
        if len(digits_of(dial)) >= MIN_DIGITS:
            yield Number(piece, dial, extension)
            previous = dial


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the part of each number with its extension, and whether it is an ending only."""
    piece, *rest = _SEPARATOR.split(text)
    is_ending = False
    for separator, following in zip(rest[::2], rest[1::2], strict=True):
        relation = _relation(piece, separator.strip().lower(), following)
        if relation == "same":
            piece = f"{piece}{separator}{following}"
            continue
        yield piece.strip(), is_ending
        piece, is_ending = following, relation == "ending"
    yield piece.strip(), is_ending


def _relation(before: str, separator: str, after: str) -> str:
    """Return what the text after a separator is: "same" number, "new" one, or an "ending"."""
    left, right = len(digits_of(before)), len(digits_of(after))
    if left < MIN_DIGITS or not right or _ANNOUNCED.match(after):
        return "same"
    if _INTERNATIONAL.match(after) or _LONG_PREFIX.match(after):
        return "new"
    is_international = _INTERNATIONAL.match(before) or _LONG_PREFIX.match(before)
    stands_alone = left >= (_MIN_INTERNATIONAL if is_international else _MIN_WHOLE)
    if separator.startswith("/"):
        if left == right < _MIN_WHOLE and not before.strip().startswith(("0", "+")):
            return "new"
        if not stands_alone:
            return "same"
        if right >= _MIN_WHOLE:
            return "new"
        return "ending" if right <= _MAX_ENDING else "same" if parse(before + after) else "new"
    if separator.startswith((",", ";")):
        return "same" if stands_alone and right <= _MAX_PAUSED else "new"
    return "new" if right >= MIN_DIGITS else "same"


def _dial(text: str) -> str:
    number = parse(text)
    if number is not None:
        from phonenumbers import PhoneNumberFormat, format_number

        return str(format_number(number, PhoneNumberFormat.E164))
    is_international = _INTERNATIONAL.match(text)
    digits = digits_of(_TRUNK_ZERO.sub("", text) if is_international else text)
    return f"+{digits}" if is_international else digits


def _readings(text: str) -> Iterator[str]:
    """Yield what a number may mean: as it stands, without its ``(0)``, with + for 00."""
    if _INTERNATIONAL.match(text) or _region:
        yield text
        if _INTERNATIONAL.match(text) and _TRUNK_ZERO.search(text):
            yield _TRUNK_ZERO.sub("", text)
    if prefix := _LONG_PREFIX.match(text):
        international = "+" + text[prefix.end() :]
        yield international
        yield _TRUNK_ZERO.sub("", international)


def _parse(text: str) -> PhoneNumber | None:
    from phonenumbers import NumberParseException, parse

    try:
        return parse(text, _region or None)
    except NumberParseException:
        return None


def _is_whole(number: PhoneNumber, text: str) -> bool:
    """Return whether it is a number of its country.

    With a country code it may also be of a range that nobody has, such as those of examples.
    """
    import phonenumbers

    if phonenumbers.is_valid_number(number):
        return True
    return (
        _INTERNATIONAL.match(text) is not None
        and not number.italian_leading_zero
        and phonenumbers.is_possible_number_with_reason(number)
        == phonenumbers.ValidationResult.IS_POSSIBLE
    )
