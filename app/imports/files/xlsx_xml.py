"""Parse the XML parts of a workbook as a stream: no tree is built, no entity is expanded."""

import re
from collections.abc import Callable, Iterator
from typing import IO, NoReturn
from xml.parsers import expat

from app.imports.errors import FileTooLarge

# Limits of every part. Real workbooks nest ten elements and have some 500 different names, and the
# longest tag names the ranges that a rule applies to. The parser keeps open elements and names.
MAX_DEPTH = 64
MAX_NAMES_CHARACTERS = 256 * 1024  # of all different names, each with its namespace
MAX_NAMESPACE_CHARACTERS = 1_024
MAX_TAG_BYTES = 1 << 20
TOO_LARGE = "This workbook is too large. Save its sheets as CSV files and import those."

# The namespace of a Strict workbook, whose elements are otherwise the same.
_STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main "
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main "
ROW, CELL, VALUE, FORMULA, TEXT, PHONETIC, TEXT_ITEM, COLUMN = (
    f"{_MAIN}{name}" for name in ("row", "c", "v", "f", "t", "rPh", "si", "col")
)
_CHUNK_BYTES = 16 * 1024
# The limit of Excel, which other programs keep to.
_MAX_TEXT_CHARACTERS = 32_767
_ESCAPE_CHARACTERS = 7
_LONG_TEXT = (
    f"A cell of this workbook has more than {_MAX_TEXT_CHARACTERS:,} characters, the most that a "
    "spreadsheet program allows. Shorten it and save the workbook again."
)


_Start = Callable[[str, dict[str, str]], None]
_End = Callable[[str], None]


class ElementHandler:
    """A handler of parser events; it collects text while ``capturing`` is set.

    Subclasses count ``depth``, the number of open elements, for ``read_xml``.
    """

    def __init__(self) -> None:
        self.capturing = False
        self.depth = 0
        # Inside a phonetic guide, which is not part of the text.
        self.in_phonetic = False
        self._pieces: list[str] = []
        self._length = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Handle the start of an element."""
        self.depth += 1

    def end(self, name: str) -> None:
        """Handle the end of an element."""
        self.depth -= 1

    def text(self, piece: str) -> None:
        """Collect a piece of text. Raises FileTooLarge for more than a cell can hold."""
        if self.capturing:
            self._pieces.append(piece)
            self._length += len(piece)
            if self._length > _MAX_TEXT_CHARACTERS * _ESCAPE_CHARACTERS:
                raise FileTooLarge(_LONG_TEXT)

    def take_text(self) -> str:
        """Return the text collected since the last call."""
        text = "".join(self._pieces)
        self._pieces.clear()
        self._length = 0
        return text


def read_xml(source: IO[bytes], handler: ElementHandler) -> Iterator[None]:
    """Parse the source in chunks, yielding after each so that the caller can fetch results.

    The elements of a Strict workbook have the names of an ordinary one. Raises ValueError for more
    than the limits above allow, and the errors of expat and zipfile for damaged data.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def start_root(name: str, attributes: dict[str, str]) -> None:
        start: _Start = handler.start
        parser.EndElementHandler = handler.end
        if name.startswith(_STRICT):
            start, parser.EndElementHandler = _with_ordinary_names(handler)
        parser.StartElementHandler = start
        start(name, attributes)

    parser.StartElementHandler = start_root
    parser.CharacterDataHandler = handler.text
    parser.StartDoctypeDeclHandler = _reject_declaration
    parser.EntityDeclHandler = _reject_declaration
    parser.StartNamespaceDeclHandler = _limit_namespace
    fed = names = 0
    while chunk := source.read(_CHUNK_BYTES):
        parser.Parse(chunk, False)
        fed += len(chunk)
        if handler.depth > MAX_DEPTH:
            raise ValueError("the elements are nested too deep")
        # The parser keeps what follows its position until it sees the end of the tag or comment.
        if fed - parser.CurrentByteIndex > MAX_TAG_BYTES:
            raise ValueError("a tag or comment is too long")
        if len(parser.intern) > names:
            names = len(parser.intern)
            if sum(map(len, filter(None, parser.intern))) > MAX_NAMES_CHARACTERS:
                raise ValueError("too many names differ")
        yield
    parser.Parse(b"", True)
    yield


def _with_ordinary_names(handler: ElementHandler) -> tuple[_Start, _End]:
    """Return the methods of a handler for the elements of a Strict workbook."""

    def start(name: str, attributes: dict[str, str]) -> None:
        handler.start(name.replace(_STRICT, _MAIN), attributes)

    def end(name: str) -> None:
        handler.end(name.replace(_STRICT, _MAIN))

    return start, end


def unescape(text: str) -> str:
    """Return the text with escapes such as ``_x000D_`` replaced by their characters.

    Raises FileTooLarge for more characters than a cell can hold.
    """
    if "_x" in text:
        text = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    if len(text) > _MAX_TEXT_CHARACTERS:
        raise FileTooLarge(_LONG_TEXT)
    return text


def _limit_namespace(_prefix: str, uri: str | None) -> None:
    if len(uri or "") > MAX_NAMESPACE_CHARACTERS:
        raise ValueError("the name of a namespace is too long")


def _reject_declaration(*_: object) -> NoReturn:
    raise ValueError("a workbook declares no types and no entities")
