"""The cards of a vCard file (2.1, 3.0, 4.0) and their properties, one card after another.

A reader of our own: vobject holds the whole file in memory and stops at the first odd line.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from quopri import decodestring
from typing import BinaryIO, NamedTuple

from app.imports.errors import FileTooLarge
from app.imports.files.rows import MAX_ROW_CHARACTERS, MAX_SHEET_ROWS
from app.imports.files.vcard_lines import FILES, ContentLine, content_lines

# Of one card. Nobody has a thousand numbers; hostile files have millions.
MAX_PROPERTIES = 1_000
# A card with a problem is read to its end, but not without one.
_MAX_CARD_BYTES = 20 << 20
_MIN_LINE_BYTES = 20
_PARAMETERS = re.compile(r'(?:"[^"]*"|[^";])+')
_TRANSFERS = frozenset({"QUOTED-PRINTABLE", "BASE64", "8BIT", "7BIT"})
_CHARSETS = re.compile(
    r"utf-?8|us-ascii|iso-8859-\d{1,2}|(?:windows-|cp)\d{3,4}|shift_jis|euc-jp|iso-2022-jp|gb2312|"
    r"gbk|gb18030|big5|euc-kr|koi8-[ru]|macintosh",
    re.IGNORECASE,
)
_TOO_LONG = f"A card has {MAX_ROW_CHARACTERS:,} characters at most, photos apart. Shorten it"
_TOO_MANY = f"A card has {MAX_PROPERTIES:,} lines at most. Remove some of them"
_NO_END = "The card has no end: the file is cut off or damaged. Export the contacts again"
_STRAY = (
    "A character in this card cannot be read: its encoding differs from the file's. "
    "Type it again and import this card again"
)


class Property(NamedTuple):
    """A line of a card: ``types`` are upper case, ``value`` is decoded and still escaped.

    ``sort_as`` is where version 4.0 sorts it, its parts separated by commas.
    ``span`` is where the line of a photo begins and ends in the file; its value is "" then.
    """

    group: str
    name: str
    types: frozenset[str]
    value: str
    span: tuple[int, int] | None = None
    sort_as: str = ""


@dataclass(slots=True)
class Card:
    """A card: its properties, or a ``problem`` for which it cannot be read."""

    properties: list[Property] = field(default_factory=list)
    problem: str = ""
    version: str = ""
    size: int = 0


def read_cards(file: BinaryIO, encoding: str) -> Iterator[Card]:
    """Yield every card of a file in this encoding. Raises FileTooLarge."""
    for number, card in enumerate(_cards(content_lines(file), encoding), 1):
        if number >= MAX_SHEET_ROWS:
            raise FileTooLarge(f"The file has more than {MAX_SHEET_ROWS:,} cards. Divide it.")
        yield card


def _cards(lines: Iterator[ContentLine], encoding: str) -> Iterator[Card]:
    card: Card | None = None
    for line in lines:
        mark = line.text[:16].upper().rstrip()
        if mark == b"BEGIN:VCARD":
            if card is not None:
                yield Card(card.properties, _NO_END)
            card = Card()
        elif card is not None and mark == b"END:VCARD":
            yield card
            card = None
        elif card is not None and mark == b"AGENT:":
            _skip_card(lines)  # of someone else, within this one
        elif card is not None:
            _add(card, line, encoding)
    if card is not None:
        yield Card(card.properties, _NO_END)


def _skip_card(lines: Iterator[ContentLine]) -> None:
    next((line for line in lines if line.text[:16].upper().rstrip() == b"END:VCARD"), None)


def _add(card: Card, line: ContentLine, encoding: str) -> None:
    card.size += _MIN_LINE_BYTES if line.is_file else max(len(line.text), _MIN_LINE_BYTES)
    if card.size > _MAX_CARD_BYTES:
        raise FileTooLarge("A card of this file does not end. Export the contacts again.")
    if card.size > MAX_ROW_CHARACTERS or len(card.properties) >= MAX_PROPERTIES:
        card.problem = _TOO_LONG if card.size > MAX_ROW_CHARACTERS else _TOO_MANY
        return
    try:
        found = _property(line, encoding)
    except UnicodeDecodeError:
        card.problem = card.problem or _STRAY
        return
    if found is not None and found.name == "VERSION":
        card.version = found.value.strip()[:5]
    elif found is not None:
        card.properties.append(found)


def _property(line: ContentLine, encoding: str) -> Property | None:
    """Return the property in a line; None if it is none. Raises UnicodeDecodeError."""
    colon = line.colon
    head = _head(line.text[:colon])
    if head is None or line.text[colon : colon + 1] != b":":
        return None
    raw, span = line.text[colon + 1 :], None
    if head.name in FILES and (
        head.transfer in ("B", "BASE64") or raw.lstrip()[:5].lower() == b"data:"
    ):
        raw, span = b"", (line.begin, line.end)
    if head.transfer == "QUOTED-PRINTABLE":
        raw = decodestring(raw)
    text = raw.decode(head.charset or encoding)
    return Property(head.group, head.name, head.types, text, span, head.sort_as)


class _Head(NamedTuple):
    """What stands before the value of a property."""

    group: str
    name: str
    types: frozenset[str]
    transfer: str
    charset: str
    sort_as: str


@lru_cache(maxsize=512)  # a file has few different ones
def _head(text: bytes) -> _Head | None:
    first, *parameters = _PARAMETERS.findall(text.decode("utf-8", "replace")) or [""]
    group, _, name = first.strip().upper().rpartition(".")
    types: set[str] = set()
    transfer = charset = sort_as = ""
    for parameter in parameters:
        key, is_named, values = parameter.strip().upper().replace('"', "").partition("=")
        if key == "SORT-AS":
            sort_as = parameter.replace('"', "").partition("=")[2].strip()
        elif key == "CHARSET":
            charset = _charset(values)
        elif key == "ENCODING" or key in _TRANSFERS:
            transfer = values or key
        elif key == "PREF" and values in ("", "1"):
            types.add("PREF")
        elif key == "TYPE" or not is_named:  # version 2.1 has types without a name
            types.update((values or key).split(","))
    return _Head(group, name, frozenset(types), transfer, charset, sort_as) if name else None


def _charset(name: str) -> str:
    """Return an encoding that phones and mail programs write; "" for any other."""
    try:
        return codecs.lookup(name).name if _CHARSETS.fullmatch(name) else ""
    except LookupError:
        return ""
