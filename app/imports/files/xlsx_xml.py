"""Parse the XML parts of a workbook as a stream: no tree is built, no entity is expanded."""

import re
from collections.abc import Iterator
from typing import IO, NoReturn
from xml.parsers import expat

from app.imports.errors import FileUnreadable

_STRICT = "http://purl.oclc.org/ooxml/"
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main "
ROW, CELL, VALUE, TEXT, PHONETIC, TEXT_ITEM = (
    f"{_MAIN}{name}" for name in ("row", "c", "v", "t", "rPh", "si")
)
_CHUNK_BYTES = 64 * 1024
# Characters; far more than the 32,767 that a cell may hold.
_MAX_TEXT = 1 << 20


class ElementHandler:
    """A handler of parser events; it collects text while ``capturing`` is set."""

    def __init__(self) -> None:
        self.capturing = False
        # Inside a phonetic guide, which is not part of the text.
        self.in_phonetic = False
        self._pieces: list[str] = []
        self._length = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Handle the start of an element."""

    def end(self, name: str) -> None:
        """Handle the end of an element."""

    def text(self, piece: str) -> None:
        """Collect a piece of text. Raises ValueError for more than a cell can hold."""
        if self.capturing:
            self._pieces.append(piece)
            self._length += len(piece)
            if self._length > _MAX_TEXT:
                raise ValueError("a text is longer than a cell can be")

    def take_text(self) -> str:
        """Return the text collected since the last call."""
        text = "".join(self._pieces)
        self._pieces.clear()
        self._length = 0
        return text


def read_xml(source: IO[bytes], handler: ElementHandler) -> Iterator[None]:
    """Parse the source in chunks, yielding after each so that the caller can fetch results.

    Raises FileUnreadable and ValueError, and the errors of expat and zipfile for damaged data.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def start_root(name: str, attributes: dict[str, str]) -> None:
        if name.startswith(_STRICT):
            raise FileUnreadable(
                "This workbook is saved as Strict Open XML. Save it as an ordinary Excel workbook "
                "(.xlsx), or as CSV."
            )
        parser.StartElementHandler = handler.start
        handler.start(name, attributes)

    parser.StartElementHandler = start_root
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.text
    parser.StartDoctypeDeclHandler = _reject_declaration
    parser.EntityDeclHandler = _reject_declaration
    while chunk := source.read(_CHUNK_BYTES):
        parser.Parse(chunk, False)
        yield
    parser.Parse(b"", True)
    yield


def unescape(text: str) -> str:
    """Return the text with escapes such as ``_x000D_`` replaced by their characters."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def _reject_declaration(*_: object) -> NoReturn:
    raise ValueError("a workbook declares no types and no entities")
