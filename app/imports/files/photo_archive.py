"""A ZIP archive of photos as rows: one for each file, named after the person whom it shows.

Nothing is unpacked to a disk, and no path of the archive is ever opened.
"""

import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Generator
from pathlib import PurePosixPath
from typing import BinaryIO, NamedTuple

from app.imports.errors import FileTooLarge, FileUnreadable
from app.imports.files.rows import Row
from app.imports.files.zip_reading import METHODS, open_zip
from app.model.errors import PhotoRejected
from app.photos.headers import HEAD_BYTES, image_type
from app.photos.other_kinds import HEAD_BYTES as REFUSED_HEAD_BYTES
from app.photos.other_kinds import refusal
from app.text.plurals import count_of
from app.text.sanitizing import clean_line

MAX_FILES = 20_000
_START = b"PK\x03\x04"
_MAX_DIRECTORY_BYTES = 4_000_000
_MAX_NAME_CHARACTERS = 200
_TOO_MANY = (
    f"The archive has more than {MAX_FILES:,} files, or names that are too long. "
    "Divide the photos among several archives."
)
_DAMAGED = "This ZIP archive is damaged. Make it again, and choose that file."
_NO_PHOTOS = (
    "This ZIP archive holds no photos. Put photos into it that are named after people, such as "
    "1001.jpg or ada@example.com.png; or save a table of people as CSV or .xlsx."
)
_IMAGES = (
    *("jpg", "jpeg", "jpe", "jfif", "png", "gif", "webp"),
    *("heic", "heif", "avif", "tif", "tiff", "bmp", "svg"),
)
_ARCHIVES = ("zip", "7z", "rar", "tar", "gz", "tgz", "bz2", "xz")
# Documents that are archives and hold pictures.
_OF_DOCUMENTS = re.compile(r"\[Content_Types\]\.xml|mimetype|.*\.iwa|META-INF/.*", re.IGNORECASE)
# What systems put beside files.
_SYSTEM = re.compile(
    r"(?:.*/)?(?:__MACOSX/.*|\.(?!\.$)[^/]+|Thumbs\.db|desktop\.ini)", re.IGNORECASE
)
_LEAVES = re.compile(r"/|[A-Za-z]:|(?:.*/)?\.\.(?:/|$)")
_ELSEWHERE = "The path of this file leads out of the archive. Make the archive again"
_NO_FILE = "This is a link or a device, and no file. Put the photo itself into the archive"
_NESTED = "An archive in an archive is not opened. Put its photos beside the others"
_ENCRYPTED = "This file has a password. Make the archive without one"
_METHOD = "This file is compressed in an unusual way. Make the archive again, as an ordinary ZIP"


class PhotoName(NamedTuple):
    """The path of a photo in its archive, and the texts that may name its person."""

    path: str
    keys: tuple[str, ...]


class PhotoArchive:
    """An open archive of photos; the caller closes the file. Raises FileUnreadable.

    It is read like a Table: each row has the path of a file as its only cell.
    """

    headings = ("File",)
    sheets = ("",)
    ignored_sheets: tuple[str, ...] = ()

    def __init__(self, file: BinaryIO) -> None:
        try:
            self._archive = open_zip(file, _MAX_DIRECTORY_BYTES, _TOO_MANY)
        except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError) as error:
            raise FileUnreadable(_DAMAGED) from error
        parts = [part for part in self._archive.infolist() if not part.is_dir()]
        if len(parts) > MAX_FILES:
            raise FileTooLarge(_TOO_MANY)
        self._parts = [part for part in parts if not _SYSTEM.fullmatch(_path(part))]
        if not any(map(_is_image, self._parts)):
            raise FileUnreadable(_NO_PHOTOS)
        self.count = len(self._parts)
        self.source_description = f"ZIP archive of {count_of(self.count, 'file', 'files')}"

    def rows(self) -> Generator[Row]:
        """Yield a row for every file, numbered from 1, with what is wrong with its entry."""
        for number, part in enumerate(self._parts, 1):
            path = clean_line(_path(part))[:_MAX_NAME_CHARACTERS]
            yield Row(number, (path,), _problem(part), photo=(number, number))

    def name_of(self, number: int) -> PhotoName:
        """Return the name of the photo in a row."""
        path = PurePosixPath(_path(self._parts[number - 1]))
        texts = (path.stem, path.name)
        keys = (clean_line(unicodedata.normalize("NFC", text)) for text in texts)
        shown = clean_line(str(path))[:_MAX_NAME_CHARACTERS]
        return PhotoName(shown, tuple(dict.fromkeys(key for key in keys if key)))

    def read_photo(self, row: Row, max_bytes: int) -> bytes:
        """Return the photo of a row, in at most so many bytes. Raises PhotoRejected."""
        part = self._parts[row.number - 1]
        try:
            with self._archive.open(part) as photo:
                head = photo.read(REFUSED_HEAD_BYTES)
                if not image_type(head[:HEAD_BYTES]):
                    raise PhotoRejected(refusal(head))  # before it is unpacked
                if part.file_size > max_bytes:
                    raise PhotoRejected(
                        f"The photo has {part.file_size / 2**20:,.0f} MB; the limit is "
                        f"{max_bytes >> 20}. Make it smaller."
                    )
                return head + photo.read(part.file_size)
        except (
            zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError,
        ) as error:  # fmt: skip
            raise PhotoRejected("The photo is damaged in the archive. Make it again.") from error


def is_photo_archive(file: BinaryIO) -> bool:
    """Return whether a file is an archive of photos, and no document."""
    file.seek(0)
    if file.read(len(_START)) != _START:
        return False
    try:
        archive = open_zip(file, _MAX_DIRECTORY_BYTES, _TOO_MANY)
    except FileTooLarge:
        return True  # no document has so many parts
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError):
        return False
    names = archive.namelist()
    has_image = any(map(_is_image, archive.infolist()))
    return has_image and not any(map(_OF_DOCUMENTS.fullmatch, names))


def _path(part: zipfile.ZipInfo) -> str:
    return part.filename.replace("\\", "/")


def _is_image(part: zipfile.ZipInfo) -> bool:
    return _path(part).lower().endswith(tuple(f".{ending}" for ending in _IMAGES))


def _problem(part: zipfile.ZipInfo) -> str:
    """Return why an entry of the archive is not read, or ""."""
    kind = stat.S_IFMT(part.external_attr >> 16)
    if _LEAVES.match(_path(part)):
        return _ELSEWHERE
    if kind not in (0, stat.S_IFREG):
        return _NO_FILE
    if _path(part).lower().endswith(tuple(f".{ending}" for ending in _ARCHIVES)):
        return _NESTED
    if part.flag_bits & 1:
        return _ENCRYPTED
    return "" if part.compress_type in METHODS else _METHOD
