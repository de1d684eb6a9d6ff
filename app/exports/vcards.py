"""Write people as vCards, version 3.0, which all address books read."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import UTC

from app.exports.people_of_view import People
from app.model.employee import Employee
from app.model.fields import FIELDS

_MAX_LINE_BYTES = 75
_ESCAPES = str.maketrans({"\\": "\\\\", ",": "\\,", ";": "\\;", "\n": "\\n"})
# The names have lines of their own.
_LINES = tuple((field.name, field.vcard) for field in FIELDS if field.vcard)
_LINE_BREAK = re.compile("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")


def vcards_file(pages: Iterable[People]) -> Iterator[bytes]:
    """Yield the file, one piece per page of people."""
    for people in pages:
        if people:
            yield b"".join(vcard(person) for person in people)


def vcard(person: Employee) -> bytes:
    """Return the vCard of an employee; empty fields are left out."""
    lines = ["BEGIN:VCARD", "VERSION:3.0", *_contents(person), "END:VCARD"]
    return b"".join(_fold(line) for line in lines)


def _contents(person: Employee) -> Iterator[str]:
    name = person.full_name or person.id
    # The family name is unknown. Split before the last word, or not at all, the name is displayed
    # as written.
    given, _, family = name.rpartition(" ")
    yield f"N:{_escape(family)};{_escape(given)};;;" if given else f"N:;{_escape(name)};;;"
    yield f"FN:{_escape(name)}"
    for field, line in _LINES:
        if value := getattr(person, field):
            yield line.format(_escape(value))
    yield f"UID:{_escape(person.id)}"
    if person.updated_at is not None:
        moment = person.updated_at.astimezone(UTC).replace(tzinfo=None)
        yield f"REV:{moment.isoformat(timespec='seconds')}Z"


def _escape(text: str) -> str:
    if not text.isprintable():
        text = _LINE_BREAK.sub("\n", text)
        text = "".join(
            character
            for character in text
            if character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cs")
        )
    return text.translate(_ESCAPES)


def _fold(line: str) -> bytes:
    """Fold a line after at most 75 bytes, never within a character (RFC 2426)."""
    raw = line.encode()
    pieces = []
    while len(raw) > _MAX_LINE_BYTES:
        end = _MAX_LINE_BYTES
        while raw[end] & 0xC0 == 0x80:
            end -= 1
        pieces.append(raw[:end])
        raw = b" " + raw[end:]
    return b"\r\n".join((*pieces, raw)) + b"\r\n"
