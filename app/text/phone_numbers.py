"""Telephone numbers in a text as people type it: each number, its extension, and how it is dialled.

One text may have several numbers. libphonenumber reads them, those without a country code as of the
region that ``use_region`` sets; what it does not know is dialled as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from app.text.digits import ascii_digits, digits_of, is_plain_number

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

# A number of fewer digits is none: no link, and no search.
MIN_DIGITS = 3
# Digits that a number of its own has at least, where it may also be a part of another one.
_MIN_WHOLE, _MIN_INTERNATIONAL = 7, 9
_MAX_EXTENSION, _MAX_PAUSED, _MAX_ENDING = 9, 6, 4
_MAX_CHARACTERS = 200
_MAX_DIGITS = 15  # of a number with its country code (E.164)
_DASHES = ("-", "\u2013")

EXTENSION_WORDS = (
    "extension|extn|ext|xtn|x|durchwahl|dw|nebenstelle|nst|poste|anexo|ramal|interno|int|toestel"
    "|tst|anknytning|ankn|wewn|доб|внутр|内線|分機|分机|轉|转|내선|option|opt|pause|wait|p|w"
)
_BETWEEN_WORDS = "or|oder|ou|eller|oppure|of|and|und|et|og|och|en|y|o|u"
PHONE_WORDS = f"{EXTENSION_WORDS}|{_BETWEEN_WORDS}|tel|phone"
_EXTENSION = re.compile(
    rf"[\s,;(\-\u2013]*(?:(?<![^\W\d_])(?:{EXTENSION_WORDS})[\s.:=\-]*|[#~,;]\s*)#?\s*"
    rf"(\d{{1,{_MAX_EXTENSION}}})[\s#)]*$",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(
    rf"(\s*(?:[/,;|&\n]+|(?<![^\W\d_])(?:{_BETWEEN_WORDS})(?![^\W_]))\s*"
    r"|\s+[\-\u2013]\s+|\s+(?=\(?\+))",
    re.IGNORECASE,
)
# A remark behind a number: room 12.
_REMARK = re.compile(r"(?<=\d)[\s)\]]*[\s,(\[][^\W\d_]{2}.*", re.DOTALL)
_LAST_GROUP = re.compile(rf"\s*-\s*(\d{{1,{_MAX_PAUSED}}})\s*$")
_ANNOUNCED = re.compile(rf"(?:{EXTENSION_WORDS})[\s.:=]*#?\s*\d", re.IGNORECASE)
_INTERNATIONAL = re.compile(r"[^\d+]*\+")
_STAR = re.compile(r"\s*\*\s*\d+\s*$")
_TRUNK_ZERO = re.compile(r"\(\s*0\s*\)")
_LONG_PREFIX = re.compile(r"[^\d+]*00[\s()]*(?=[1-9])")

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
        _read_numbers.cache_clear()


def is_region(text: str) -> bool:
    """Return whether a text is a region that libphonenumber knows, such as ``IL``."""
    from phonenumbers import SUPPORTED_REGIONS

    return text in SUPPORTED_REGIONS


def numbers_in(text: str) -> tuple[Number, ...]:
    """Return the numbers in a text, in order; those of fewer than MIN_DIGITS are left out."""
    return (Number(text, "+" + digits_of(text)),) if is_plain_number(text) else _read_numbers(text)


@lru_cache(maxsize=2048)  # of those alone that take libphonenumber a hundred times as long
def _read_numbers(text: str) -> tuple[Number, ...]:
    return tuple(_numbers(ascii_digits(text))) if len(text) <= _MAX_CHARACTERS else ()


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


def _numbers(text: str) -> Iterator[Number]:
    previous = Number("", "")
    for piece, is_ending in _pieces(text):
        number, extension = _split_extension(piece)
        if len(digits := digits_of(number)) < MIN_DIGITS and extension and not is_ending:
            number, extension = piece, ""
        if is_ending and previous.extension and not extension:
            found = Number(piece, previous.dial, digits)
        elif is_ending:
            found = Number(piece, previous.dial[: -len(digits)] + digits, extension)
        else:
            found = Number(piece, _dial(number), extension)
        if len(digits_of(found.dial)) >= MIN_DIGITS:
            yield found
            previous = found


def _split_extension(piece: str) -> tuple[str, str]:
    """Return the text of a number without what stands behind it, and its extension or ""."""
    if found := _EXTENSION.search(piece):
        return piece[: found.start()], found[1]
    if (remark := _REMARK.search(piece)) and len(digits_of(piece[: remark.start()])) >= _MIN_WHOLE:
        return piece[: remark.start()], ""
    last = _LAST_GROUP.search(piece)
    if last and parse(piece) is None and parse(piece[: last.start()]):
        return piece[: last.start()], last[1]
    return piece, ""


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
    if separator in _DASHES:  # as within a number, unless that would be too long
        is_longer = min(left, right) >= _MIN_WHOLE and left + right > _MAX_DIGITS
        return "new" if is_longer else "same"
    if left < MIN_DIGITS or not right or _ANNOUNCED.match(after):
        return "same"
    if _is_international(after):
        return "new"
    if _continues(before, after):
        return "ending"
    stands_alone = left >= (_MIN_INTERNATIONAL if _is_international(before) else _MIN_WHOLE)
    if separator.startswith("/"):
        return _relation_by_slash(before, after, stands_alone)
    if separator.startswith((",", ";")):
        return "same" if stands_alone and right <= _MAX_PAUSED else "new"
    return "new" if right >= MIN_DIGITS else "same"


def _relation_by_slash(before: str, after: str, stands_alone: bool) -> str:
    left, right = len(digits_of(before)), len(digits_of(after))
    if left == right < _MIN_WHOLE and not before.strip().startswith(("0", "+")):
        return "new"
    if not stands_alone or right >= _MIN_WHOLE:
        return "new" if stands_alone else "same"
    return "ending" if right <= _MAX_ENDING else "same" if parse(before + after) else "new"


def _is_international(text: str) -> bool:
    if _INTERNATIONAL.match(text):
        return True
    is_long = len(digits_of(text)) > _MAX_ENDING  # 0019 is the end of a number
    return is_long and _LONG_PREFIX.match(text) is not None


def _continues(before: str, after: str) -> bool:
    """Return whether a text is the end of a number like the one before: 555 0142 or 0142."""
    digits = digits_of(after)
    number, extension = _split_extension(before)
    if extension:
        return len(digits) <= _MAX_ENDING and len(digits) <= len(extension)
    replaced = digits_of(number)[-len(digits) :]
    is_shorter = len(digits) <= len(digits_of(number)) - MIN_DIGITS
    return is_shorter and len(digits) > _MAX_ENDING and replaced[:2] == digits[:2] != "00"


def _dial(text: str) -> str:
    number = parse(text)
    if number is not None:
        from phonenumbers import PhoneNumberFormat, format_number

        return str(format_number(number, PhoneNumberFormat.E164))
    is_international = _INTERNATIONAL.match(text)
    digits = digits_of(_TRUNK_ZERO.sub("", text) if is_international else text)
    if _STAR.match(text):  # a short number of a company, or of the network
        return f"*{digits}"
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
