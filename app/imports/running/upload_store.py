"""The uploaded file of a job, stored in parts so that any machine can read it."""

import hashlib
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, NamedTuple

from app.contracts.import_jobs import Job, JobStore

_KIND = "file"
_PIECE_BYTES = 256 * 1024


class Upload(NamedTuple):
    """A stored upload: the number of parts, the size in bytes and the SHA-256 digest."""

    parts: int
    size: int
    digest: str


def store_upload(jobs: JobStore, job_id: str, file: BinaryIO) -> Upload:
    """Store a file in compressed parts of 256 KiB of content."""
    parts = size = 0
    digest = hashlib.sha256()
    while piece := file.read(_PIECE_BYTES):
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
def open_upload(jobs: JobStore, job: Job) -> Iterator[BinaryIO]:
    """Return a temporary copy of the upload on this machine's disk."""
    with tempfile.TemporaryFile() as file:
        for number in range(job.file_parts):
            file.write(zlib.decompress(jobs.get_part(job.id, _KIND, number)))
        file.seek(0)
        yield file
