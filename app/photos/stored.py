"""Check a photo that comes from a store or a backup, whoever put it there."""

from __future__ import annotations

import threading

from app.photos.opening import open_image, reject_damage

MAX_STORED_BYTES = 100 * 2**20  # the most that PHOTO_MAX_MB allows
# Larger ones are decoded one at a time, to bound memory.
_MAX_SHARED_PIXELS = 2_000_000
_DRAFT_FACTOR = 8
_lock = threading.Lock()


def check_stored(data: bytes) -> None:
    """Decode a photo. Raises PhotoRejected for what is no complete JPEG, PNG, WebP or GIF.

    The limit of pixels is that of uploads, and is checked before anything is decoded.
    """
    with reject_damage():
        # Opening a WebP allocates all its pixels.
        if len(data) < _MAX_SHARED_PIXELS and data[:4] != b"RIFF":
            image = open_image(data)
            if image.width * image.height <= _MAX_SHARED_PIXELS:
                image.load()
                return
        with _lock:
            image = open_image(data)
            # A JPEG is decoded at an eighth of its size; damage shows all the same.
            image.draft("RGB", (image.width // _DRAFT_FACTOR, image.height // _DRAFT_FACTOR))
            image.load()
