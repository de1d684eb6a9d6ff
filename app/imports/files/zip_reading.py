"""Open a ZIP archive whose directory may lie, before anything is unpacked."""

import zipfile
from typing import BinaryIO

from app.imports.errors import FileTooLarge

METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class _BoundedReads:
    """A file that refuses to read much at once: ``zipfile`` reads the directory as a whole."""

    def __init__(self, file: BinaryIO, max_bytes: int, error: str) -> None:
        self._file = file
        self._max_bytes = max_bytes
        self._error = error
        self.seek = file.seek
        self.tell = file.tell
        self.seekable = file.seekable

    def read(self, size: int = -1) -> bytes:
        """Read as files do. Raises FileTooLarge for more than ``max_bytes`` at once."""
        if size > self._max_bytes:
            raise FileTooLarge(self._error)
        return self._file.read(size)


def open_zip(file: BinaryIO, max_directory_bytes: int, error: str) -> zipfile.ZipFile:
    """Open an archive with a directory of so many bytes at most.

    Raises FileTooLarge with this ``error``, and the errors of zipfile, also if parts overlap.
    """
    size = file.seek(0, 2)
    archive = zipfile.ZipFile(_BoundedReads(file, max_directory_bytes, error))
    if sum(part.compress_size for part in archive.infolist()) > size:
        raise zipfile.BadZipFile("parts overlap")
    return archive
