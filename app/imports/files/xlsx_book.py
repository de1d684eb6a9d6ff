"""Open a workbook: its sheets, its date styles and its shared strings.

openpyxl reads everything except shared strings and rows: with defusedxml it takes a minute for
100,000 people and keeps every string in memory.
"""

from __future__ import annotations

import os
import tempfile
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, BinaryIO, NamedTuple
from weakref import finalize
from zipfile import ZipFile

from app.imports.files.xlsx_xml import PHONETIC, TEXT, TEXT_ITEM, ElementHandler, read_xml, unescape

MAX_PART_BYTES = 40 * 1024 * 1024
_CACHED_STRINGS = 4_096


class Sheet(NamedTuple):
    """A sheet: its name, and the part of the archive with its rows."""

    name: str
    part: str
    is_hidden: bool = False


class SharedStrings:
    """The shared strings of a workbook in a temporary file; only their offsets are in memory."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115
        finalize(self, self._file.close)
        self._offsets = array("Q", [0])
        self.get = lru_cache(_CACHED_STRINGS)(self._get)

    def add(self, text: str) -> None:
        """Append a string."""
        raw = text.encode("utf-8", "surrogatepass")
        self._file.write(raw)
        self._offsets.append(self._offsets[-1] + len(raw))

    def finish(self) -> None:
        """Flush the file; ``get`` works after this."""
        self._file.flush()

    def _get(self, number: int) -> str:
        if number < 0:
            raise IndexError(number)
        begin, end = self._offsets[number], self._offsets[number + 1]
        raw = os.pread(self._file.fileno(), end - begin, begin)
        return raw.decode("utf-8", "surrogatepass")


@dataclass(frozen=True)
class Book:
    """An open workbook. Styles are numbers that cells refer to."""

    archive: ZipFile
    sheets: tuple[Sheet, ...]
    epoch: datetime
    date_styles: frozenset[int]
    duration_styles: frozenset[int]
    texts: SharedStrings = field(default_factory=SharedStrings)


def open_book(file: BinaryIO) -> Book:
    """Read everything but the rows. Raises the errors of openpyxl for a damaged workbook."""
    # Imported here: it takes 0.2 s.
    from openpyxl.reader import excel  # type: ignore[import-untyped, unused-ignore]

    reader = excel.ExcelReader(file, read_only=True, data_only=True, keep_links=False)
    reader.read_manifest()
    _check_part_size(reader.archive, excel._find_workbook_part(reader.package).PartName[1:])
    reader.read_workbook()
    excel.apply_stylesheet(reader.archive, reader.wb)
    book = Book(
        archive=reader.archive,
        sheets=tuple(_sheets(reader)),
        epoch=reader.wb.epoch,
        date_styles=frozenset(reader.wb._date_formats),
        duration_styles=frozenset(reader.wb._timedelta_formats),
    )
    texts = reader.package.find(excel.SHARED_STRINGS)
    if texts is not None:
        _read_shared_strings(book, texts.PartName[1:])
    return book


def _check_part_size(archive: ZipFile, part: str) -> None:
    """Check the size again: this part is read whole, whatever its name in the archive."""
    if archive.getinfo(part).file_size > MAX_PART_BYTES:
        raise ValueError(f"{part} is too large")


def _sheets(reader: Any) -> Iterator[Sheet]:
    for sheet, relation in reader.parser.find_sheets():
        if relation.Type.endswith("/worksheet") and relation.target in reader.valid_files:
            yield Sheet(sheet.name, relation.target, sheet.state != "visible")


class _SharedStringsHandler(ElementHandler):
    def __init__(self, texts: SharedStrings) -> None:
        super().__init__()
        self._texts = texts

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == TEXT:
            self.capturing = not self.in_phonetic
        elif name == PHONETIC:
            self.in_phonetic = True

    def end(self, name: str) -> None:
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
