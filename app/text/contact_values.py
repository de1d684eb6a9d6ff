"""Clean email addresses and phone numbers of what programs and people put around them.

A link (``mailto:``, ``tel:``), a name (``Ben Hill <ben@example.com>``), a label (``Mobile:``), a
remark (``(office)``), digits in full width: the address or the number is what is meant. What has
neither is returned as it is, so that it can be told.
"""

import re
import unicodedata

from app.text.sanitizing import clean_line

_PLAIN_EMAIL = re.compile(r"[^\s<>()\[\]:;,\"\uff01-\uff5e]+")
_EMAIL_LINK = re.compile(
    r"(?:(?:mailto|smtp|e-?mail)\s*:\s*)+(?:%20)*([^?]*)(?:\?.*)?", re.I | re.S
)
_MARKDOWN_LINK = re.compile(r"\[([^\[\]]+)\]\(mailto:[^()]*\)", re.I)
_NAMED_ADDRESS = re.compile(r"[^<>]*<\s*([^<>\s]+)\s*>[\s;,]*")
_ADDRESS_WITH_NAME = re.compile(r"([^\s()]+@[^\s()]+)\s+\([^()@]*\)")
# Google writes several values of a contact so, the main one first.
_SEVERAL = re.compile(r"\s*:::\s*")

_PLAIN_PHONE = re.compile(r"(?![0-9]+\.0$)\+?[0-9](?:[ ()./-]?[0-9()])*")
_PHONE_LINK = re.compile(r"(?:(?:tel|callto|sip)\s*:\s*)+", re.I)
_PHONE_PARAMETERS = re.compile(r";(?!ext=)[a-z-]+=[^;]*", re.I)
_PHONE_EXTENSION = re.compile(r"\s*;ext=(?=\d)", re.I)
_PHONE_LABEL = re.compile(
    r"(?:(?:(?:business|work|office|direct|home|main)[ -])?(?:tel|telephone|telefon|phone|ph|mobile"
    r"|mob|cell|handy|mobil|office|direct|work|fon|t|m|p|o|d|w|c)\s*(?:\.\s*:?|:)\s*)+(?=[+(]?\s*\d)",
    re.IGNORECASE,
)
_REMARK = re.compile(r"\s*\(\s*[^\W\d_][^()\d]*\)")
_BEFORE_SEPARATOR = re.compile(r" +([;,])")
_LINES = re.compile(r"\s*[\r\n]+\s*")
_APOSTROPHE = re.compile(r"^'(?=[0-9])")
_WHOLE_NUMBER = re.compile(r"([0-9]{3,})\.0")
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63"), "-")


def email_address(text: str) -> str:
    """Return the address in a text, cleaned; of several values of a contact the first."""
    text = clean_line(text)
    if _PLAIN_EMAIL.fullmatch(text):  # nearly every one
        return text
    text = _SEVERAL.split(_ascii_width(text))[0].rstrip(" ;,")
    for pattern in (_MARKDOWN_LINK, _NAMED_ADDRESS, _EMAIL_LINK, _ADDRESS_WITH_NAME):
        match = pattern.fullmatch(text)
        if match and "@" in match[1]:
            text = match[1].strip(" ;,")
    return text


def phone_number(text: str) -> str:
    """Return the numbers in a text, cleaned, with a slash between those of several lines."""
    if _PLAIN_PHONE.fullmatch(text):  # nearly every one
        return text
    cleaned = clean_line(_LINES.sub(" / ", text.strip())).removeprefix("'")
    number = _PHONE_LINK.sub("", _ascii_width(cleaned).translate(_DASHES))
    number = _PHONE_EXTENSION.sub(" ext. ", _PHONE_PARAMETERS.sub("", number))
    number = _REMARK.sub(" ", _SEVERAL.sub(" / ", number))
    number = clean_line(_BEFORE_SEPARATOR.sub(r"\1", number))
    if label := _PHONE_LABEL.match(number):
        number = number[label.end() :]
    if whole := _WHOLE_NUMBER.fullmatch(number):
        number = whole[1]
    return clean_line(number) if any(map(str.isdecimal, number)) else cleaned


def whole_number(text: str) -> str:
    """Return a number without what programs add: a decimal (1001.0), an apostrophe ('001001)."""
    if text.isascii() and text.isalnum():  # nearly every one
        return text
    text = _ascii_width(text)
    match = _WHOLE_NUMBER.fullmatch(text)
    return match[1] if match else _APOSTROPHE.sub("", text)


def _ascii_width(text: str) -> str:
    """Return the text with letters, signs and digits in full width, and all digits, as in ASCII."""
    if text.isascii():
        return text
    return "".join(_ascii(char) for char in text)


def _ascii(char: str) -> str:
    if "\uff01" <= char <= "\uff5e":
        return chr(ord(char) - 0xFEE0)
    digit = unicodedata.decimal(char, -1)
    return char if digit < 0 else str(digit)
