"""Mentions of one person in texts, lines and files: by id, name, email or phone number."""

import codecs
import html
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, BinaryIO

from app.imports.files.other_kinds import is_archive
from app.imports.planning.lines import Value
from app.model.employee import Employee

# Shorter texts are part of many words.
_MIN_CHARACTERS = 4
_MAX_NAME_WORDS = 8
_CHUNK_BYTES = 256 * 1024
_TAIL_CHARACTERS = 400
_MAX_ARCHIVE_BYTES = 256 << 20
_TEXT_ENDINGS = (".xml", ".rels", ".csv", ".tsv", ".txt", ".vcf", ".json")
# A name may be spread over two cells of a file, or be that of a file.
_AS_SPACE = str.maketrans(dict.fromkeys("-_.,;:\"'()/\\|", " "))


class Mentions:
    """What names a person: texts that are found anywhere, and an id and a name that are equal."""

    def __init__(self, person: Employee, former: Sequence[Employee] = ()) -> None:
        selves = (person, *former)
        self._id = person.id
        self._names = {_plain(each.full_name) for each in selves} - {""}
        self._emails = {_plain(each.email) for each in selves} - {""}
        told = (text for each in selves for text in _told(each))
        plain = dict.fromkeys(map(_plain, told))
        self._texts = [text for text in plain if len(text) >= _MIN_CHARACTERS]
        named = (text for each in selves for text in (each.full_name, each.email))
        whole = filter(None, dict.fromkeys((person.id, *named)))
        self._in_lines = [json.dumps(each, ensure_ascii=False).casefold() for each in whole]

    def are_in(self, text: str) -> bool:
        """Return whether a text names the person."""
        plain = _plain(text)
        return any(each in plain for each in self._texts)

    def may_be_in(self, text: str) -> bool:
        """Return whether lines, as they are stored, may name the person."""
        folded = text.casefold()
        return any(each in folded for each in self._in_lines) or self.are_in(text)

    def is_of(self, employee_id: str, name: str, *values: Mapping[str, Value]) -> bool:
        """Return whether an id, a name or an email is that of the person."""
        emails = {_plain(email) for each in values if isinstance(email := each.get("email"), str)}
        return (
            employee_id == self._id
            or _plain(name) in self._names
            or not self._emails.isdisjoint(emails)
        )

    def blanked(self, text: str) -> str:
        """Return a text, or "" if it names the person."""
        return "" if self.are_in(text) else text


def _told(person: Employee) -> tuple[str, ...]:
    return *_orders(person.full_name), person.email, person.phone, person.mobile


def _orders(name: str) -> Iterator[str]:
    """Yield a name, and as it is written with the last name first, wherever that may begin."""
    words = _plain(name).split()[:_MAX_NAME_WORDS]
    yield name
    for at in range(1, len(words)):
        yield " ".join((*words[at:], *words[:at]))


def names_in_file(file: BinaryIO, mentions: Mentions) -> bool:
    """Return whether a file of any kind names the person; also if that cannot be known."""
    is_zip = is_archive(file.read(_CHUNK_BYTES))
    file.seek(0)
    if not is_zip:
        return _names_in_text(file, mentions)
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            texts = [each for each in members if each.filename.lower().endswith(_TEXT_ENDINGS)]
            if sum(each.file_size for each in texts) > _MAX_ARCHIVE_BYTES:
                return True
            return any(mentions.are_in(each.filename) for each in members) or any(
                _names_in_member(archive, each, mentions) for each in texts
            )
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError):
        return True


def _names_in_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, mentions: Mentions) -> bool:
    with archive.open(member) as part:
        return _names_in_text(part, mentions, is_xml=True)


def _names_in_text(file: IO[bytes], mentions: Mentions, *, is_xml: bool = False) -> bool:
    """Look for the person in each encoding that a file of this beginning may have."""
    first = file.read(_CHUNK_BYTES)
    decoders = [_decoder(name) for name in _encodings(first)]
    tails = [""] * len(decoders)
    chunk = first
    while chunk:
        for position, decoder in enumerate(decoders):
            text = tails[position] + decoder.decode(chunk)
            if mentions.are_in(html.unescape(text) if is_xml else text):
                return True
            tails[position] = text[-_TAIL_CHARACTERS:]
        chunk = file.read(_CHUNK_BYTES)
    return False


def _encodings(first: bytes) -> Iterable[str]:
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    return ("utf-8", "cp1252", "mac-roman")


def _decoder(name: str) -> codecs.IncrementalDecoder:
    return codecs.getincrementaldecoder(name)("replace")


def _plain(text: str) -> str:
    """Return a text as it is compared: in any letter case, punctuation as white space."""
    return " ".join(text.casefold().translate(_AS_SPACE).split())
