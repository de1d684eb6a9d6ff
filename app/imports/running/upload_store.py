"""The file of a job, kept in parts, so that any machine can read it."""

from __future__ import annotations

import hashlib
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, NamedTuple

from app.contracts.import_jobs import Job, JobStore

_KIND = "file"
_BYTES = 256 * 1024


class Received(NamedTuple):
    """What was taken in: the number of parts, of bytes, and a digest of them."""

    parts: int
    size: int
    digest: str


def take_in(jobs: JobStore, job_id: str, file: BinaryIO) -> Received:
    """Keep a file, piece by piece."""
    parts = size = 0
    digest = hashlib.sha256()
    while piece := file.read(_BYTES):
        jobs.put_part(job_id, _KIND, parts, zlib.compress(piece, 1))
        digest.update(piece)
        parts, size = parts + 1, size + len(piece)
    return Received(parts, size, digest.hexdigest())


def digest_of(file: BinaryIO) -> str:
    """The digest by which the same file is known again; the file is at its beginning then."""
    found = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    file.seek(0)
    return found


@contextmanager
def opened(jobs: JobStore, job: Job) -> Iterator[BinaryIO]:
    """The file, on this machine's disk while it is read."""
    with tempfile.TemporaryFile() as file:
        for number in range(job.file_parts):
            file.write(zlib.decompress(jobs.get_part(job.id, _KIND, number)))
        file.seek(0)
        yield file
