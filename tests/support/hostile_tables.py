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


HOSTILE_TABLES: Mapping[str, Writer] = {
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
