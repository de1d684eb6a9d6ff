"""The XML in a workbook, read as it comes: no tree is built, and no entity is unfolded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, NoReturn
from xml.parsers import expat

from app.imports.errors import FileUnreadable

_STRICT = "http://purl.oclc.org/ooxml/"
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main "
ROW, CELL, VALUE, TEXT, SPOKEN, TEXT_ITEM = (
    f"{_MAIN}{name}" for name in ("row", "c", "v", "t", "rPh", "si")
)
_CHUNK = 64 * 1024
# Far beyond what a cell holds: 32,767 characters.
_LONGEST_TEXT = 1 << 20


class Reader:
    """What becomes of the elements; it gathers the text of those for which ``taking`` is set."""

    def __init__(self) -> None:
        self.taking = False
        # Inside of what tells how a text is spoken, which is no part of it.
        self.spoken = False
        self._pieces: list[str] = []
        self._length = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, piece: str) -> None:
        """Some of the text in an element."""
        if self.taking:
            self._pieces.append(piece)
            self._length += len(piece)
            if self._length > _LONGEST_TEXT:
                raise ValueError("a text is longer than a cell can be")

    def taken(self) -> str:
        """The text that was gathered since this was last asked."""
        found = "".join(self._pieces)
        self._pieces.clear()
        self._length = 0
        return found


def read_xml(source: IO[bytes], reader: Reader) -> Iterator[None]:
    """Read it piece by piece; whatever the reader has after each piece can be fetched then.

    Raises FileUnreadable, ValueError and what expat and the archive raise for what is damaged.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def first(name: str, attributes: dict[str, str]) -> None:
        if name.startswith(_STRICT):
            raise FileUnreadable(
                "This workbook is saved as Strict Open XML. Save it as an ordinary Excel workbook "
                "(.xlsx), or as CSV."
            )
        parser.StartElementHandler = reader.start
        reader.start(name, attributes)

    parser.StartElementHandler = first
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    while chunk := source.read(_CHUNK):
        parser.Parse(chunk, False)
        yield
    parser.Parse(b"", True)
    yield


def unescaped(text: str) -> str:
    """The text of a cell, in which ``_x000D_`` stands for what XML cannot hold."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _refuse(*_: object) -> NoReturn:
    raise ValueError("a workbook declares no types and no entities")
