"""Open a workbook: its sheets, its styles and its shared strings.

openpyxl does not read the file: it takes a minute for 100,000 people and keeps every string in
memory.
"""

import os
import tempfile
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple
from weakref import finalize
from zipfile import ZipFile

from app.imports.errors import FileTooLarge
from app.imports.files.xlsx_archive import open_archive
from app.imports.files.xlsx_package import (
    SHARED_STRINGS,
    elements_of,
    parts_by_type,
    relationships_of,
    workbook_part,
)
from app.imports.files.xlsx_styles import Styles
from app.imports.files.xlsx_xml import (
    PHONETIC,
    TEXT,
    TEXT_ITEM,
    TOO_LARGE,
    ElementHandler,
    read_xml,
    unescape,
)

_MAX_STRINGS = 20_000_000  # their offsets take 80 MB
_CACHED_STRINGS = 4_096
_MAX_CACHED_CHARACTERS = 1_000
# A sheet costs a look at its first rows.
_MAX_SHEETS = 1_000
_IDS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships id",
    "http://purl.oclc.org/ooxml/officeDocument/relationships id",  # of a Strict workbook
)
_FALSE = ("", "0", "f", "false")


class Sheet(NamedTuple):
    """A sheet: its name, and the part of the archive with its rows."""

    name: str
    part: str
    is_hidden: bool = False


class SharedStrings(dict[int, str]):
    """The shared strings of a workbook in a temporary file, by number, with a cache of the last.

    In memory are the offsets, four bytes each, and at most _CACHED_STRINGS short strings.
    """

    def __init__(self) -> None:
        super().__init__()
        self._file = tempfile.TemporaryFile()  # noqa: SIM115
        finalize(self, self._file.close)
        self._end = 0
        self._offsets = array("I", [0])

    def add(self, text: str) -> None:
        """Append a string. Raises FileTooLarge for more than _MAX_STRINGS."""
        raw = text.encode("utf-8", "surrogatepass")
        self._file.write(raw)
        self._end += len(raw)
        self._offsets.append(self._end)
        if len(self._offsets) > _MAX_STRINGS:
            raise FileTooLarge(TOO_LARGE)

    def finish(self) -> None:
        """Flush the file; strings can be looked up after this."""
        self._file.flush()

    def __missing__(self, number: int) -> str:
        """Read a string that is not in the cache. Raises IndexError."""
        if number < 0:
            raise IndexError(number)
        begin, end = self._offsets[number], self._offsets[number + 1]
        raw = os.pread(self._file.fileno(), end - begin, begin)
        text = raw.decode("utf-8", "surrogatepass")
        if len(text) <= _MAX_CACHED_CHARACTERS:
            if len(self) >= _CACHED_STRINGS:
                self.clear()
            self[number] = text
        return text


@dataclass(frozen=True)
class Book:
    """An open workbook.

    If ``is_uncalculated``, the program that wrote it left the results of formulas to the next one.
    """

    archive: ZipFile
    sheets: tuple[Sheet, ...]
    counts_from_1904: bool
    styles: Styles
    is_uncalculated: bool
    texts: SharedStrings = field(default_factory=SharedStrings)


def open_book(file: BinaryIO) -> Book:
    """Read everything but the rows.

    Raises FileTooLarge; for a damaged workbook KeyError, ValueError and the errors of zipfile, zlib
    and expat.
    """
    archive = open_archive(file)
    parts = parts_by_type(archive)
    workbook = workbook_part(parts)
    is_1904, is_uncalculated = _properties(archive, workbook)
    book = Book(
        archive=archive,
        sheets=tuple(_sheets(archive, workbook)),
        counts_from_1904=is_1904,
        styles=Styles(archive, is_1904),
        is_uncalculated=is_uncalculated,
    )
    if SHARED_STRINGS in parts:
        _read_shared_strings(book, parts[SHARED_STRINGS])
    return book


def _sheets(archive: ZipFile, workbook: str) -> Iterator[Sheet]:
    """Yield the sheets with rows, in order; charts and sheets without a part are left out.

    Raises ValueError for two sheets with one part, and FileTooLarge for more than _MAX_SHEETS.
    """
    relationships, names = relationships_of(archive, workbook), set(archive.namelist())
    parts: set[str] = set()
    for element in elements_of(archive, workbook):
        attributes = element.attributes
        if (element.parent, element.name) == ("sheets", "sheet"):
            relationship_id = next(filter(None, map(attributes.get, _IDS)), None)
            if relationship_id is None:
                continue  # old workbooks with macros may have sheets without an id
            relationship = relationships[relationship_id]
            if relationship.type.endswith("/worksheet") and relationship.target in names:
                if relationship.target in parts:
                    raise ValueError("two sheets are one part")
                parts.add(relationship.target)
                if len(parts) > _MAX_SHEETS:
                    raise FileTooLarge(TOO_LARGE)
                is_hidden = attributes.get("state", "visible") != "visible"
                yield Sheet(attributes["name"], relationship.target, is_hidden)


def _properties(archive: ZipFile, workbook: str) -> tuple[bool, bool]:
    """Return whether the workbook counts its days from 1904, and whether it is uncalculated."""
    is_1904 = is_uncalculated = False
    for element in elements_of(archive, workbook):
        if element.name == "workbookPr":
            is_1904 = element.attributes.get("date1904", "") not in _FALSE
        elif element.name == "calcPr":
            is_uncalculated = element.attributes.get("fullCalcOnLoad", "") not in _FALSE
    return is_1904, is_uncalculated


class _SharedStringsHandler(ElementHandler):
    def __init__(self, texts: SharedStrings) -> None:
        super().__init__()
        self._texts = texts

    def start(self, name: str, attributes: dict[str, str]) -> None:
        super().start(name, attributes)
        if name == TEXT:
            self.capturing = not self.in_phonetic
        elif name == PHONETIC:
            self.in_phonetic = True

    def end(self, name: str) -> None:
        super().end(name)
        if name == TEXT:
            self.capturing = False
        elif name == PHONETIC:
            self.in_phonetic = False
        elif name == TEXT_ITEM:
            self._texts.add(unescape(self.take_text()))


def _read_shared_strings(book: Book, part: str) -> None:
    with book.archive.open(part) as source:
        for _ in read_xml(source, _SharedStringsHandler(book.texts)):
            pass
    book.texts.finish()
