"""In which encoding a file of text is, found out without reading it into memory."""

from __future__ import annotations

import codecs
import re
from typing import BinaryIO

from app.imports.errors import FileUnreadable
from app.imports.files.latin_encodings import LATIN, rank_latin_encodings

_SAMPLE_BYTES = 64 * 1024
# In a file of UTF-8 with a few bytes that are none, so many characters stand for each of those; in
# any other encoding what looks like one is an accident.
_CHARACTERS_A_STRAY_BYTE = 4
# Bytes below the blank that texts have, and how rare others are: a few harm their own rows alone.
_LAYOUT = b"\t\n\v\f\r\x1a\x1b"
_TEXT_A_CONTROL = 20
_CHUNK = 1024 * 1024
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
WORDS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32": "UTF-32",
    "cp1252": "Windows-1252",
    "latin-1": "Latin-1",
    "cp1250": "Windows-1250",
    "cp1251": "Windows-1251",
    "cp1253": "Windows-1253",
    "cp1254": "Windows-1254",
    "mac_roman": "Mac Roman",
}
# A byte that is no character of the encoding, as "surrogateescape" gives it.
STRAY = re.compile("[\udc80-\udcff]")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
# Told apart by a guess: the scripts of the others look nothing alike.
_GUESSED = ["cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp932", "gb18030", "big5", "euc_kr"]


def encoding_of(file: BinaryIO) -> str:
    """The encoding by Python's name. Raises FileUnreadable for what is no text."""
    file.seek(0)
    start = file.read(_SAMPLE_BYTES)
    for mark, name in _MARKS:
        if start.startswith(mark):
            return name
    if wide := _wide(start):
        return wide
    if _controls(start) * _TEXT_A_CONTROL > len(start):
        raise FileUnreadable(
            "This file is neither a table of text nor an Excel workbook. Open it in the program "
            "that made it, save the table as CSV or .xlsx, and choose that."
        )
    if _decodes(file, "utf-8") or _is_nearly_utf8(file):
        return "utf-8"
    return _guess(file)


def _wide(start: bytes) -> str:
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if max(even, odd) * 5 > len(start) and min(even, odd) * 20 < max(even, odd):
        return "utf-16-be" if even > odd else "utf-16-le"
    return ""


def _controls(start: bytes) -> int:
    return len(start) - len(start.translate(None, bytes(set(range(32)) - set(_LAYOUT))))


def _is_nearly_utf8(file: BinaryIO) -> bool:
    """Whether it is UTF-8 but for a few bytes: where it was cut off, or a line from elsewhere."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    file.seek(0)
    characters = strays = 0
    is_last = False
    while not is_last:
        chunk = file.read(_CHUNK)
        is_last = not chunk
        text = decoder.decode(chunk, final=is_last)
        strays += len(STRAY.findall(text))
        characters += len(_BEYOND_ASCII.findall(text))
    return characters - strays >= strays * _CHARACTERS_A_STRAY_BYTE


def _decodes(file: BinaryIO, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(name)("strict")
    file.seek(0)
    try:
        while chunk := file.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _guess(file: BinaryIO) -> str:
    sample = _telling_lines(file)
    latin = rank_latin_encodings(sample)
    if not latin.is_sure:
        from charset_normalizer import from_bytes  # here, since nearly every file is UTF-8

        best = from_bytes(sample, cp_isolation=_GUESSED).best()
        if best is not None and best.encoding not in LATIN:
            return best.encoding
    return next((name for name in latin.encodings if _decodes(file, name)), "latin-1")


def _telling_lines(file: BinaryIO) -> bytes:
    """The first lines that are not plain ASCII."""
    file.seek(0)
    found = bytearray()
    while len(found) < _SAMPLE_BYTES and (line := file.readline(_SAMPLE_BYTES)):
        if not line.isascii():
            found += line
    return bytes(found)
