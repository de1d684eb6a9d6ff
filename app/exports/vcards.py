"""People as vCards (version 3.0, which every address book reads)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import UTC

from app.exports.people_of_view import People
from app.model.employee import Employee

_LINE_BYTES = 75
_ESCAPED = str.maketrans({"\\": "\\\\", ",": "\\,", ";": "\\;", "\n": "\\n"})
_LINE_BREAK = re.compile("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")


def vcards_file(pages: Iterable[People]) -> Iterator[bytes]:
    """The file, a piece for each page of people."""
    for people in pages:
        if people:
            yield b"".join(vcard(person) for person in people)


def vcard(person: Employee) -> bytes:
    """The card of one person; what the record does not hold is left out."""
    lines = ["BEGIN:VCARD", "VERSION:3.0", *_contents(person), "END:VCARD"]
    return b"".join(_folded(line) for line in lines)


def _contents(person: Employee) -> Iterator[str]:
    name = person.full_name or person.id
    # Which names are the family's is not known. Split before the last word, or not at all, an
    # address book shows the name as it is written.
    given, _, family = name.rpartition(" ")
    yield f"N:{_of(family, given)};;;" if given else f"N:;{_of(name)};;;"
    yield f"FN:{_of(name)}"
    for prefix, parts in (
        ("NICKNAME:", (person.preferred_name,)),
        ("TITLE:", (person.job_title,)),
        ("ORG:", ("", person.department) if person.department else ()),
        ("EMAIL;TYPE=INTERNET,WORK:", (person.email,)),
        ("TEL;TYPE=WORK,VOICE:", (person.phone,)),
        ("ADR;TYPE=WORK:", ("", "", "", person.location, "", "", "") if person.location else ()),
        ("NOTE:", (person.about,)),
        ("X-PRONOUNS:", (person.pronouns,)),
        ("UID:", (person.id,)),
    ):
        if any(parts):
            yield prefix + _of(*parts)
    if person.updated_at is not None:
        yield f"REV:{person.updated_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _of(*parts: str) -> str:
    return ";".join(_escaped(part) for part in parts)


def _escaped(text: str) -> str:
    if not text.isprintable():
        text = _LINE_BREAK.sub("\n", text)
        text = "".join(
            mark
            for mark in text
            if mark in "\n\t" or unicodedata.category(mark) not in ("Cc", "Cs")
        )
    return text.translate(_ESCAPED)


def _folded(line: str) -> bytes:
    """The line in pieces of at most 75 bytes, none of which ends within a character."""
    raw = line.encode()
    pieces = []
    while len(raw) > _LINE_BYTES:
        end = _LINE_BYTES
        while raw[end] & 0xC0 == 0x80:
            end -= 1
        pieces.append(raw[:end])
        raw = b" " + raw[end:]
    return b"\r\n".join((*pieces, raw)) + b"\r\n"
