"""The uploaded file of a job, stored in parts so that any machine can read it."""

import hashlib
import io
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, BinaryIO, NamedTuple, cast

from app.contracts.import_jobs import Job, JobStore
from app.imports.errors import FileUnreadable
from app.imports.files.line_limit import LineLimit
from app.imports.files.other_kinds import is_archive
from app.runtime import bounded_zlib

_KIND = "file"
_PIECE_BYTES = 256 * 1024
_BUFFER_BYTES = 64 * 1024


class Upload(NamedTuple):
    """A stored upload: the number of parts, the size in bytes and the SHA-256 digest."""

    parts: int
    size: int
    digest: str


def store_upload(jobs: JobStore, job_id: str, file: BinaryIO) -> Upload:
    """Store a file in compressed parts of 256 KiB of content.

    Raises FileTooLarge for a text with an endless line, after the first megabytes of it.
    """
    parts = size = 0
    digest = hashlib.sha256()
    line_limit: LineLimit | None = None
    while piece := file.read(_PIECE_BYTES):
        if not parts and not is_archive(piece):
            line_limit = LineLimit()
        if line_limit:
            line_limit.check(piece)
        jobs.put_part(job_id, _KIND, parts, zlib.compress(piece, 1))
        digest.update(piece)
        parts, size = parts + 1, size + len(piece)
    return Upload(parts, size, digest.hexdigest())


def digest_of(file: BinaryIO) -> str:
    """Return the SHA-256 digest of a file and rewind it."""
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    file.seek(0)
    return digest


@contextmanager
def open_upload(
    jobs: JobStore, job: Job, on_read: Callable[[], None] = lambda: None
) -> Iterator[BinaryIO]:
    """Return a temporary copy of the upload on this machine's disk.

    ``on_read`` is called at least for every 64 KiB that are read, and may raise to end the work.
    Raises FileUnreadable for parts that were not stored by ``store_upload``.
    """
    with tempfile.TemporaryFile(buffering=0) as file:
        for number in range(job.file_parts):
            on_read()
            file.write(_unpack(jobs.get_part(job.id, _KIND, number)))
        file.seek(0)
        watched = _WatchedFile(cast(IO[bytes], file), on_read)
        yield cast(BinaryIO, io.BufferedReader(watched, _BUFFER_BYTES))


def remove_upload(jobs: JobStore, job: Job) -> None:
    """Overwrite the file of a job with nothing; its ``file_parts`` are to be 0 then."""
    for number in range(job.file_parts):
        jobs.put_part(job.id, _KIND, number, zlib.compress(b""))


class _WatchedFile(io.RawIOBase):
    """A file that tells when it is read: whatever reads it renews the lease and can be stopped."""

    def __init__(self, file: IO[bytes], on_read: Callable[[], None]) -> None:
        self._file = file
        self._on_read = on_read

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Set the position and return it."""
        return self._file.seek(offset, whence)

    def readinto(self, buffer: bytearray, /) -> int:  # type: ignore[override]
        """Read into the buffer; return the number of bytes."""
        self._on_read()
        return cast(io.FileIO, self._file).readinto(buffer)


def _unpack(content: bytes) -> bytes:
    try:
        return bounded_zlib.decompress(content, _PIECE_BYTES)
    except ValueError as error:
        raise FileUnreadable(_DAMAGED) from error


_DAMAGED = "The stored file was damaged. Discard this import, and import the file again."
