"""Turn an uploaded file into an upright JPEG in two sizes, or raise PhotoRejected."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from app.model.errors import PhotoRejected, StorageUnavailable
from app.photos import large
from app.photos.headers import is_plain_jpeg
from app.photos.opening import decode_bytes, open_image, reject_damage
from app.photos.other_kinds import KINDS
from app.photos.sizes import PORTRAIT_SIZE, PhotoSizes, make_sizes
from app.runtime import deadline

# What a worker is reckoned to need for a photo; one that needs more has a process of its own.
MAX_DECODE_BYTES = 16 * 2**20
# Ours have some 100 kB.
_MAX_PORTRAIT_BYTES = 2**19

_RESERVED_SECONDS = 5.0
_MAX_WAIT_SECONDS = 30.0
_lock = threading.Lock()


def make(upload: BinaryIO) -> PhotoSizes:
    """Make both sizes of an uploaded photo.

    Raises PhotoRejected for anything but a complete JPEG, PNG, WebP or GIF of at most 50
    megapixels, and StorageUnavailable when the photo lock stays busy.
    """
    with _photo_lock() as wait_seconds:
        data = upload.read()
        if not data:
            raise PhotoRejected(f"The photo file is empty. Choose a {KINDS}.")
        with reject_damage():
            is_large = decode_bytes(data) > MAX_DECODE_BYTES
            if not is_large:
                return _make_small(data)
        return large.make(data, wait_seconds)


def _make_small(data: bytes) -> PhotoSizes:
    """Make both sizes; a portrait of ours that comes back from an export stays as it is."""
    image = open_image(data)
    width, height = image.size
    is_finished = image.mode == "RGB" and width <= PORTRAIT_SIZE[0] and height <= PORTRAIT_SIZE[1]
    sizes = make_sizes(image)
    if is_finished and len(data) <= _MAX_PORTRAIT_BYTES and is_plain_jpeg(data):
        return PhotoSizes(data, sizes.thumbnail)
    return sizes


@contextmanager
def _photo_lock() -> Iterator[float]:
    """Allow one photo at a time in a process, to bound memory and CPU time.

    Yields the seconds for which the photo may wait for others of this machine.
    """
    wait = max(0.0, min(_MAX_WAIT_SECONDS, deadline.remaining() - _RESERVED_SECONDS))
    if not _lock.acquire(timeout=wait):
        raise StorageUnavailable("the photo reader", "read", "photo", large.BUSY)
    try:
        yield wait
    finally:
        _lock.release()
