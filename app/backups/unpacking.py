"""Read the files of a backup within limits: a part or a manifest may lie about its size."""

import errno
import gzip
import io
import stat
from pathlib import Path

# A part of 1,000 people has one megabyte; gathering.py divides people who take more.
MAX_PART_BYTES = 32 << 20
# A part has 1,000 people, or the two photos of each.
_MAX_LINES = 10_000
# The manifest of ten million people.
MAX_MANIFEST_BYTES = 4 << 20
# A record of DynamoDB has 400 KB, and each of its characters takes six bytes at most.
MAX_LINE_BYTES = 3 << 20


def read_regular_file(path: Path, max_bytes: int) -> bytes:
    """Return the content of a file.

    Raises OSError, also for a link, a pipe or a device, and for more bytes than ``max_bytes``.
    """
    if not stat.S_ISREG(path.lstat().st_mode):
        raise OSError(errno.EINVAL, "it is not a regular file", str(path))
    with path.open("rb") as file:
        content = file.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise OSError(errno.EFBIG, "it is too large", str(path))
    return content


def unpack_lines(raw: bytes) -> list[bytes]:
    """Return the lines of a part.

    Raises OSError for a part, a line or a number of lines above the limits, and the errors of gzip
    and zlib.
    """
    lines: list[bytes] = []
    size = 0
    with gzip.GzipFile(fileobj=io.BytesIO(raw)) as unpacked:
        while line := unpacked.readline(MAX_LINE_BYTES + 1):
            size += len(line)
            lines.append(line)
            if len(line) > MAX_LINE_BYTES or size > MAX_PART_BYTES or len(lines) > _MAX_LINES:
                raise OSError("the part is too large")
    return lines
