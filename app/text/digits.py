"""The digits in a text, of all scripts and widths."""

import re
import unicodedata

_NO_DIGITS = re.compile(r"[^0-9]+")
# E.164 with a country code that no zero follows: nothing in it has to be left out.
_PLAIN = re.compile(r"\+(?![1-9][0-9]{0,2}[ .-]?0)[1-9](?:[ .-]?[0-9]){7,14}")


def digits_of(text: str) -> str:
    """Return the ASCII digits of a text."""
    return _NO_DIGITS.sub("", text)


def ascii_digits(text: str) -> str:
    """Return the text with the digits of all scripts, and all widths, in ASCII."""
    if text.isascii():
        return text
    return "".join(
        str(unicodedata.decimal(char)) if char.isdecimal() else "+" if char == "\uff0b" else char
        for char in text
    )


def small_number(text: str, most_digits: int) -> int:
    """Return the number that a text of ASCII digits is; 0 for a longer one, and for all else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= most_digits else 0


def is_plain_number(text: str) -> bool:
    """Return whether a text is a number in the international form, and nothing else."""
    return _PLAIN.fullmatch(text) is not None
