"""Write people as vCards, version 3.0, which all address books read."""

import re
import unicodedata
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import UTC
from typing import NamedTuple

from app.exports.people_of_view import People
from app.model.employee import BADGES, Employee
from app.model.fields import FIELDS
from app.model.vcard_names import PRODUCT_ID
from app.runtime import deadline

_MAX_LINE_BYTES = 75
_ESCAPES = str.maketrans({"\\": "\\\\", ",": "\\,", ";": "\\;", "\n": "\\n"})
# The names have lines of their own.
_LINES = tuple((field.name, field.vcard) for field in FIELDS if field.vcard)
_LINE_BREAK = re.compile("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
# S3 takes some 30 ms for a photo, so several are read at once.
_READERS = 8
_PEOPLE_PER_PIECE = 16


class Extras(NamedTuple):
    """What a card says beside the record: the company, the page of the person, the JPEG photo."""

    company: str = ""
    page: str = ""
    photo: bytes = b""


class CardWriter(NamedTuple):
    """Writes the cards of a directory.

    ``page_of`` returns the URL of a person by id, "" where none is known. ``read_photo`` returns
    the photo under a key as JPEG, b"" if there is none; it may raise StorageUnavailable.
    """

    company: str = ""
    page_of: Callable[[str], str] = lambda employee_id: ""
    read_photo: Callable[[str], bytes] = lambda key: b""

    def card(self, person: Employee) -> bytes:
        """Return the vCard of an employee. Raises StorageUnavailable."""
        return self._card(person, self.read_photo(person.photo_key) if person.photo_key else b"")

    def file(self, pages: Iterable[People]) -> Iterator[bytes]:
        """Yield the file, _PEOPLE_PER_PIECE cards a piece, which have the time of their page."""
        with ThreadPoolExecutor(_READERS) as readers:
            for people in pages:
                seconds = deadline.remaining()
                for start in range(0, len(people), _PEOPLE_PER_PIECE):
                    chunk = people[start : start + _PEOPLE_PER_PIECE]
                    deadline.start(seconds)
                    photos = self._read_photos(chunk, readers)
                    yield b"".join(map(self._card, chunk, photos))

    def _read_photos(self, people: People, readers: ThreadPoolExecutor) -> Sequence[bytes]:
        photos = [
            readers.submit(copy_context().run, self.read_photo, person.photo_key)
            if person.photo_key
            else None
            for person in people
        ]
        return [photo.result() if photo else b"" for photo in photos]

    def _card(self, person: Employee, photo: bytes) -> bytes:
        return vcard(person, Extras(self.company, self.page_of(person.id), photo))


_NO_EXTRAS = Extras()


def vcard(person: Employee, extras: Extras = _NO_EXTRAS) -> bytes:
    """Return the vCard of an employee; empty fields are left out."""
    start = ("BEGIN:VCARD", "VERSION:3.0", f"PRODID:{PRODUCT_ID}")
    lines = (*start, *_contents(person, extras), "END:VCARD")
    return b"".join(map(_fold, lines))


def _contents(person: Employee, extras: Extras) -> Iterator[str]:
    name = person.full_name or person.id
    # The family name is unknown. Split before the last word, or not at all, the name is displayed
    # as written.
    given, _, family = name.rpartition(" ")
    yield f"N:{_escape(family)};{_escape(given)};;;" if given else f"N:;{_escape(name)};;;"
    yield f"FN:{_escape(name)}"
    company = _escape(extras.company)
    for field, line in _LINES:
        value = getattr(person, field)
        if value or (company and field == "department"):
            yield line.format(_escape(value), company=company)
    if badges := set(person.known_badges):
        labels = (_escape(badge.label) for badge in BADGES if badge.key in badges)
        yield f"CATEGORIES:{','.join(labels)}"
    if extras.page:
        yield f"URL:{extras.page}"
    if extras.photo:
        yield f"PHOTO;ENCODING=b;TYPE=JPEG:{b64encode(extras.photo).decode('ascii')}"
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
    begin, length = 0, _MAX_LINE_BYTES
    while begin < len(raw):
        end = begin + length
        while end < len(raw) and raw[end] & 0xC0 == 0x80:
            end -= 1
        pieces.append(raw[begin:end])
        begin, length = end, _MAX_LINE_BYTES - 1  # a space precedes what follows
    return b"\r\n ".join(pieces) + b"\r\n"
