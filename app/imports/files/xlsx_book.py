"""What a workbook says of itself: its sheets, how its days are written, the table of its texts.

openpyxl reads all but the texts and the sheets: with defusedxml it takes a minute for 100,000
people and keeps every text in memory.
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

from app.imports.files.xlsx_xml import SPOKEN, TEXT, TEXT_ITEM, Reader, read_xml, unescaped

MAX_PART_BYTES = 40 * 1024 * 1024
_TEXTS_AT_HAND = 4_096


class Sheet(NamedTuple):
    """A sheet by its name, and the part of the archive where its rows are."""

    name: str
    part: str
    is_hidden: bool = False


class Texts:
    """The texts that cells name by number, on disk: only where each begins is in memory."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115
        finalize(self, self._file.close)
        self._begins = array("Q", [0])
        self.get = lru_cache(_TEXTS_AT_HAND)(self._get)

    def add(self, text: str) -> None:
        """Put one more at the end."""
        raw = text.encode("utf-8", "surrogatepass")
        self._file.write(raw)
        self._begins.append(self._begins[-1] + len(raw))

    def finish(self) -> None:
        """All are there; from now on they can be asked for."""
        self._file.flush()

    def _get(self, number: int) -> str:
        if number < 0:
            raise IndexError(number)
        begin, end = self._begins[number], self._begins[number + 1]
        raw = os.pread(self._file.fileno(), end - begin, begin)
        return raw.decode("utf-8", "surrogatepass")


@dataclass(frozen=True)
class Book:
    """A workbook that is open. ``days`` and ``spans`` are the styles of days and of lengths."""

    archive: ZipFile
    sheets: tuple[Sheet, ...]
    epoch: datetime
    days: frozenset[int]
    spans: frozenset[int]
    texts: Texts = field(default_factory=Texts)


def open_book(file: BinaryIO) -> Book:
    """All that is needed to read its sheets. Raises whatever openpyxl does for a damaged one."""
    # Here, since it takes 0.2 s.
    from openpyxl.reader import excel  # type: ignore[import-untyped, unused-ignore]

    reader = excel.ExcelReader(file, read_only=True, data_only=True, keep_links=False)
    reader.read_manifest()
    _bound(reader.archive, excel._find_workbook_part(reader.package).PartName[1:])
    reader.read_workbook()
    excel.apply_stylesheet(reader.archive, reader.wb)
    book = Book(
        archive=reader.archive,
        sheets=tuple(_sheets(reader)),
        epoch=reader.wb.epoch,
        days=frozenset(reader.wb._date_formats),
        spans=frozenset(reader.wb._timedelta_formats),
    )
    texts = reader.package.find(excel.SHARED_STRINGS)
    if texts is not None:
        _read_texts(book, texts.PartName[1:])
    return book


def _bound(archive: ZipFile, part: str) -> None:
    """What is read as a whole must not hide among the parts that are read as a stream."""
    if archive.getinfo(part).file_size > MAX_PART_BYTES:
        raise ValueError(f"{part} is too large")


def _sheets(reader: Any) -> Iterator[Sheet]:
    for sheet, relation in reader.parser.find_sheets():
        if relation.Type.endswith("/worksheet") and relation.target in reader.valid_files:
            yield Sheet(sheet.name, relation.target, sheet.state != "visible")


class _TextsReader(Reader):
    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == TEXT:
            self.taking = not self.spoken
        elif name == SPOKEN:
            self.spoken = True

    def end(self, name: str) -> None:
        if name == TEXT:
            self.taking = False
        elif name == SPOKEN:
            self.spoken = False
        elif name == TEXT_ITEM:
            self._texts.add(unescaped(self.taken()))


def _read_texts(book: Book, part: str) -> None:
    with book.archive.open(part) as source:
        for _ in read_xml(source, _TextsReader(book.texts)):
            pass
    book.texts.finish()
