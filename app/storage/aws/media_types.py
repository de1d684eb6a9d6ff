"""The media types of photos in a bucket, by their content: any program may put an object there."""

import logging
import threading
import time

from app.contracts.photos import MAX_FOREIGN_BYTES
from app.model.errors import StorageUnavailable
from app.photos.headers import HEAD_BYTES, JPEG, PNG, image_type
from app.storage.aws.s3_client import S3Calls

log = logging.getLogger(__name__)

# As long as a link stays the same. Our own keys are never reused.
_REMEMBERED_SECONDS = 3600
_MAX_REMEMBERED = 20_000
# While S3 hangs, most threads of a worker must stay free for pages.
_MAX_CONCURRENT = 3
_PAUSE_SECONDS = 5.0
_NO_PHOTO = frozenset({"NoSuchKey", "InvalidRange"})  # missing; empty


class MediaTypes:
    """The media type of each object, from its first bytes, remembered for up to an hour."""

    def __init__(self, calls: S3Calls) -> None:
        self._calls = calls
        self._known: dict[str, str] = {}
        self._known_since = 0.0
        self._paused_until = 0.0
        self._has_warned = False
        self._slots = threading.BoundedSemaphore(_MAX_CONCURRENT)

    def of(self, key: str) -> str:
        """Return the media type of a photo; "" if it is missing or no image.

        If S3 cannot be asked, return the type that the name says: S3 answers with the type that a
        link has, so that even then no browser takes the object for anything but an image.
        """
        now = time.monotonic()
        if media_type := self._remembered(key, now):
            return media_type
        if now < self._paused_until or not self._slots.acquire(blocking=False):
            return _type_by_name(key)
        try:
            return self._read(key)
        finally:
            self._slots.release()

    def of_foreign(self, key: str) -> str:
        """Return the media type of an image under a foreign key; "" unless it is known to be one.

        Its size is asked for too, and whatever is larger than MAX_FOREIGN_BYTES is none.
        """
        now = time.monotonic()
        if media_type := self._remembered(key, now):
            return media_type
        if now < self._paused_until or not self._slots.acquire(blocking=False):
            return ""
        try:
            size = self._calls.probe("head_object", Key=key)["ContentLength"]
            return self._read_head(key) if size <= MAX_FOREIGN_BYTES else ""
        except StorageUnavailable as error:
            self._warn_of_refusal(error)
            return ""
        finally:
            self._slots.release()

    def _remembered(self, key: str, now: float) -> str:
        if now - self._known_since > _REMEMBERED_SECONDS or len(self._known) > _MAX_REMEMBERED:
            self._known, self._known_since = {}, now
        return self._known.get(key, "")

    def _warn_of_refusal(self, error: StorageUnavailable) -> None:
        """Log once that the role of this machine may not read what other programs store."""
        if error.reason == "AccessDenied" and not self._has_warned:
            self._has_warned = True
            log.warning("photos of other programs are not shown: %s", error)

    def _read(self, key: str) -> str:
        try:
            return self._read_head(key)
        except StorageUnavailable as error:
            if error.reason in _NO_PHOTO:
                return ""
            self._paused_until = time.monotonic() + _PAUSE_SECONDS
            return _type_by_name(key)

    def _read_head(self, key: str) -> str:
        head = self._calls.probe("get_object", Key=key, Range=f"bytes=0-{HEAD_BYTES - 1}")
        media_type = image_type(head)
        if media_type:
            self._known[key] = media_type
        return media_type


def _type_by_name(key: str) -> str:
    return PNG if key.endswith(".png") else JPEG
