"""Detect the encoding of a text file in bounded memory."""

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

from app.imports.errors import FileUnreadable
from app.imports.files.latin_encodings import LATIN, rank_latin_encodings
from app.imports.files.line_limit import LineLimit

_SAMPLE_BYTES = 64 * 1024
# Minimum ratio of valid multibyte characters to stray bytes in a damaged UTF-8 file. In any other
# encoding, byte sequences that are valid UTF-8 are rarer.
_MIN_MULTIBYTE_RATIO = 4
# Control bytes that occur in text. Others must be rare: a few affect only their own rows.
_TEXT_CONTROLS = b"\t\n\v\f\r\x1a\x1b"
_MIN_BYTES_PER_CONTROL = 20
# So many stray bytes decide for another encoding when they are too frequent by then.
_DECIDING_STRAYS = 10_000
_CHUNK_BYTES = 256 * 1024
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
LABELS = {
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
# An undecodable byte, as "surrogateescape" represents it.
STRAY = re.compile("[\udc80-\udcff]")
_NON_ASCII = re.compile(r"[^\x00-\x7f]")
# The encodings that charset_normalizer chooses from.
_LEGACY = ["cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp932", "gb18030", "big5", "euc_kr"]


def detect_encoding(file: BinaryIO) -> str:
    """Return Python's name of the encoding.

    Raises FileUnreadable for binary data and FileTooLarge for an endless line.
    """
    file.seek(0)
    start = file.read(_SAMPLE_BYTES)
    for mark, name in _BYTE_ORDER_MARKS:
        if start.startswith(mark):
            return name
    if utf16 := _detect_utf16(start):
        return utf16
    if _count_controls(start) * _MIN_BYTES_PER_CONTROL > len(start):
        raise FileUnreadable(
            "This file is neither a text table nor an Excel workbook. Open it in the program "
            "that made it, save the table as CSV or .xlsx, and choose that."
        )
    if _decodes(file, "utf-8") or _is_mostly_utf8(file):
        return "utf-8"
    return _detect_legacy(file)


def _detect_utf16(start: bytes) -> str:
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if max(even, odd) * 5 > len(start) and min(even, odd) * 20 < max(even, odd):
        return "utf-16-be" if even > odd else "utf-16-le"
    return ""


def _count_controls(start: bytes) -> int:
    return len(start) - len(start.translate(None, bytes(set(range(32)) - set(_TEXT_CONTROLS))))


def _is_mostly_utf8(file: BinaryIO) -> bool:
    """Return whether the file is UTF-8 except for a few stray bytes, e.g. where it was cut off."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    characters = strays = 0
    is_mostly_utf8 = True
    for chunk in _chunks(file):
        text = decoder.decode(chunk, final=not chunk)
        strays += len(STRAY.findall(text))
        characters += len(_NON_ASCII.findall(text))
        is_mostly_utf8 = characters - strays >= strays * _MIN_MULTIBYTE_RATIO
        if strays > _DECIDING_STRAYS and not is_mostly_utf8:
            return False
    return is_mostly_utf8


def _decodes(file: BinaryIO, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(name)("strict")
    try:
        for chunk in _chunks(file):
            decoder.decode(chunk, final=not chunk)
    except UnicodeDecodeError:
        return False
    return True


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    """Yield the file in chunks, the last one empty. Raises FileTooLarge for an endless line."""
    limit = LineLimit()
    file.seek(0)
    chunk = b"start"
    while chunk:
        chunk = limit.check(file.read(_CHUNK_BYTES))
        yield chunk


def _detect_legacy(file: BinaryIO) -> str:
    sample = _non_ascii_lines(file)
    latin = rank_latin_encodings(sample)
    if not latin.is_sure:
        from charset_normalizer import from_bytes  # imported here: nearly every file is UTF-8

        best = from_bytes(sample, cp_isolation=_LEGACY).best()
        if best is not None and best.encoding not in LATIN:
            return best.encoding
    return next((name for name in latin.encodings if _decodes(file, name)), "latin-1")


def _non_ascii_lines(file: BinaryIO) -> bytes:
    """Return the first lines with non-ASCII bytes, about _SAMPLE_BYTES in all."""
    file.seek(0)
    sample = bytearray()
    while len(sample) < _SAMPLE_BYTES and (line := file.readline(_SAMPLE_BYTES)):
        if not line.isascii():
            sample += line
    return bytes(sample)
