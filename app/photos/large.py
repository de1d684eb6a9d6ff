"""Make a photo whose decoding takes much memory in a process of its own, one at a time.

A photo of 50 megapixels takes up to 400 MB, some of which would stay with the worker. The process
gives it back, is limited by the kernel, and is the first to be killed when memory runs out.
"""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from app.model.errors import PhotoRejected, StorageUnavailable
from app.photos.opening import open_image, reject_damage
from app.photos.sizes import PhotoSizes, make_sizes
from app.runtime import deadline
from app.runtime.file_lock import try_lock
from app.runtime.process_limits import end_before_others, limit_memory

# The most that the process may take: of all that is accepted, a progressive CMYK JPEG takes most.
PHOTO_MB = 410
BUSY = "it is busy with other photos; try again in a moment"

_ROOT = Path(__file__).resolve().parents[2]
_START = "import sys; sys.path.insert(0, {root!r}); from app.photos import large; large.main()"
_MAX_SECONDS = 20.0
_MARGIN_SECONDS = 1.0
_POLL_SECONDS = 0.05
_MB = 2**20
_LENGTH_BYTES = 4
_MADE, _REJECTED = b"M", b"R"


def make(data: bytes, wait_seconds: float) -> PhotoSizes:
    """Make both sizes of a photo; wait so long for another large photo of this machine.

    Raises PhotoRejected, and StorageUnavailable if there is no time.
    """
    with _machine_lock(wait_seconds):
        command = [sys.executable, "-c", _START.format(root=str(_ROOT))]
        seconds = max(0.0, min(_MAX_SECONDS, deadline.remaining() - _MARGIN_SECONDS))
        try:
            done = subprocess.run(  # noqa: S603 (our own program)
                command, input=data, stdout=subprocess.PIPE, timeout=seconds, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise StorageUnavailable("the photo reader", "read", "photo", BUSY) from error
    kind, content = done.stdout[:1], done.stdout[1:]
    if kind == _MADE:
        length = int.from_bytes(content[:_LENGTH_BYTES], "big") + _LENGTH_BYTES
        return PhotoSizes(content[_LENGTH_BYTES:length], content[length:])
    if kind == _REJECTED:
        raise PhotoRejected(content.decode())
    raise PhotoRejected(
        "The photo needs more memory than this machine has. Make it smaller, then choose it again."
    )


@contextlib.contextmanager
def _machine_lock(wait_seconds: float) -> Iterator[None]:
    """Allow one such process on this machine, whichever worker starts it."""
    ends = time.monotonic() + wait_seconds
    with Path(__file__).open("rb") as file:
        while not try_lock(file):
            if time.monotonic() >= ends:
                raise StorageUnavailable("the photo reader", "read", "photo", BUSY)
            time.sleep(_POLL_SECONDS)
        yield


def main() -> None:
    """Read a photo from standard input; write both sizes, or the sentence of PhotoRejected."""
    _limit()
    data = sys.stdin.buffer.read()
    try:
        with reject_damage():
            sizes = make_sizes(open_image(data))
    except PhotoRejected as error:
        if isinstance(error.__cause__, MemoryError):
            raise SystemExit(1) from error
        answer = _REJECTED + str(error).encode()
    else:
        length = len(sizes.portrait).to_bytes(_LENGTH_BYTES, "big")
        answer = _MADE + length + sizes.portrait + sizes.thumbnail
    sys.stdout.buffer.write(answer)


def _limit() -> None:
    """Take no more memory than reckoned; if it runs out, be killed before the service is."""
    limit_memory(PHOTO_MB * _MB)
    end_before_others(1000)
    os.nice(5)
