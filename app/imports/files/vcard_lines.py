"""The lines of a vCard file, as they were before they were folded, in bounded memory."""

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from app.imports.errors import FileTooLarge
from app.imports.files.line_limit import MAX_LINE_BYTES, TOO_LONG
from app.imports.files.rows import MAX_ROW_CHARACTERS

# Properties whose values are files in base64, which stay where they are.
FILES = ("PHOTO", "LOGO", "SOUND", "KEY")
_FILE = re.compile(rb"(?:[\w-]+\.)?(?:" + "|".join(FILES).encode() + rb")[;:]", re.IGNORECASE)
_BASE64 = re.compile(rb"[A-Za-z0-9+/=]+")
# The ways in which a line goes on: after a space, after a soft line break, with more of a file.
_FOLD, _SOFT, _BARE = "fold", "soft", "bare"
# Everything before the colon, in which quoted parameters may have a colon of their own.
_HEAD = re.compile(rb'(?:"[^"]*"|[^":])*')
# Name and parameters, and an address in place of a photo.
_MAX_HEAD = 2_000
# A photo of the most that PHOTO_MAX_MB allows, in base64.
_MAX_FILE_BYTES = 140 << 20
# Of the text of a line, as many bytes as MAX_ROW_CHARACTERS can have.
_MAX_BYTES = 4 * MAX_ROW_CHARACTERS


class ContentLine(NamedTuple):
    """An unfolded line; of a file in base64 only the start, and where it begins and ends."""

    text: bytes
    begin: int
    end: int

    @property
    def colon(self) -> int:
        """The position of the colon before the value, or of the end."""
        return _colon(self.text)

    @property
    def is_file(self) -> bool:
        """Whether the value is a file, or the address of one."""
        return _FILE.match(self.text) is not None


def content_lines(file: BinaryIO) -> Iterator[ContentLine]:
    """Yield the lines, unfolded by the rules of all versions. Raises FileTooLarge."""
    pieces: list[bytes] = []
    begin = end = size = 0
    for line, start in _physical_lines(file):
        text = line.rstrip(b"\r\n")
        if pieces and (mode := _continues(pieces, text)):
            end = start + len(line)
            size += len(text)
            is_file = _FILE.match(pieces[0]) is not None
            if size > (_MAX_FILE_BYTES if is_file else MAX_LINE_BYTES):
                raise FileTooLarge(TOO_LONG)
            if size <= (_MAX_HEAD if is_file else _MAX_BYTES):
                _append(pieces, text, mode)
            continue
        if pieces:
            yield ContentLine(b"".join(pieces), begin, end)
        pieces = [text[: _MAX_HEAD if _FILE.match(text) else _MAX_BYTES]] if text else []
        begin, end, size = start, start + len(line), len(text)
    if pieces:
        yield ContentLine(b"".join(pieces), begin, end)


def _append(pieces: list[bytes], text: bytes, mode: str) -> None:
    if mode == _SOFT:
        pieces[-1] = pieces[-1][:-1]
    pieces.append(text[1:] if mode == _FOLD else text)


def _physical_lines(file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Yield each line with its offset; whoever takes a line may read the file meanwhile."""
    file.seek(0)
    position = len(codecs.BOM_UTF8) if file.read(3) == codecs.BOM_UTF8 else 0
    while True:
        file.seek(position)
        line = file.readline(MAX_LINE_BYTES)
        if not line:
            return
        if len(line) == MAX_LINE_BYTES and not line.endswith(b"\n"):
            raise FileTooLarge(TOO_LONG)
        yield line, position
        position += len(line)


def _continues(pieces: list[bytes], text: bytes) -> str:
    """Return in which way a line continues those before it; "" if it does not."""
    if text[:1] in (b" ", b"\t"):
        return _FOLD
    first = pieces[0]
    if _FILE.match(first) and _BASE64.fullmatch(text):
        return _BARE
    if not pieces[-1].endswith(b"="):
        return ""
    return _SOFT if b"QUOTED-PRINTABLE" in first[: _colon(first)].upper() else ""


def _colon(text: bytes) -> int:
    match = _HEAD.match(text, 0, _MAX_HEAD)
    return match.end() if match else 0
