"""CSV files whose lines do not end, and the like; written as streams."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from tests.support.hostile_workbooks import Writer, numbered, times

GIGABYTE = 1 << 30
_HEAD = b"Name,Job title,Location\n"


def write_pieces(path: Path, pieces: Iterable[bytes]) -> Path:
    with path.open("wb") as file:
        for piece in pieces:
            file.write(piece)
    return path


def _of_pieces(make: Callable[[], Iterable[bytes]]) -> Writer:
    return lambda path: write_pieces(path, make())


_CARD = b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ada\r\n"

HOSTILE_TABLES: Mapping[str, Writer] = {
    "a card with a line of a gigabyte": _of_pieces(
        lambda: (_CARD, b"NOTE:", *times(b"x", GIGABYTE))
    ),
    "a card with a line that is folded for ever": _of_pieces(
        lambda: (_CARD, b"NOTE:x", *times(b"\r\n x", GIGABYTE // 4))
    ),
    "a card with a line that is quoted for ever": _of_pieces(
        lambda: (_CARD, b"NOTE;QUOTED-PRINTABLE:=\n", *times(b"x=\n", GIGABYTE // 3))
    ),
    "a card with a photo that does not end": _of_pieces(
        lambda: (_CARD, b"PHOTO;ENCODING=b:", *times(b"\r\n " + b"x" * 2_000, GIGABYTE // 2_003))
    ),
    "a card that does not end": _of_pieces(lambda: (_CARD, *times(b"X:1\r\n", GIGABYTE // 5))),
    "a line of a gigabyte": _of_pieces(lambda: (_HEAD, *times(b"x", GIGABYTE))),
    "headings of a gigabyte": _of_pieces(lambda: times(b"x", GIGABYTE)),
    "a gigabyte of commas": _of_pieces(lambda: (_HEAD, *times(b",", GIGABYTE))),
    "a quoted cell of a gigabyte": _of_pieces(
        lambda: (_HEAD, b'"', *times(b"x", GIGABYTE), b'"\n')
    ),
    "a gigabyte of bytes that are no UTF-8": _of_pieces(lambda: (_HEAD, *times(b"\xe9", GIGABYTE))),
    "a line of a gigabyte in UTF-16": _of_pieces(
        lambda: (_HEAD.decode().encode("utf-16"), *times(b"\x0a\x0a", GIGABYTE // 2))
    ),
    "a gigabyte of NUL": _of_pieces(
        lambda: (_HEAD, *times(b"Ada,Analyst,London\n", 5_000), *times(b"\0", GIGABYTE))
    ),
    "a million columns": _of_pieces(
        lambda: (_HEAD[:-1], *numbered(b",c%d", 1_000_000), b"\nAda,Analyst,London\n")
    ),
    "20,000 columns in a few lines": _of_pieces(
        lambda: (_HEAD[:-1], *times(b",c", 20_000), b"\n", *times(b"Ada,A,L\n", 20))
    ),
}
