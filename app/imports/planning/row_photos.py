"""Check and store the photos of a file, so that the preview shows what the import will do.

Each is checked and made like an upload. It is stored under a key of its own, which the plan names
and no record yet.
"""

import hashlib
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import NamedTuple

from app.contracts import PhotoStore
from app.model.employee import Employee
from app.model.errors import PhotoNotFound
from app.photos import keys, processing

# Yields the sample people of a job from one position to another, with their photos stored.
Samples = Callable[[str, int, int], Iterator[Employee]]


class PhotoOptions(NamedTuple):
    """Where photos are stored (None if they are off), and how large a file may be.

    ``samples`` are the people of a job without a file.
    """

    store: PhotoStore | None = None
    max_bytes: int = 10 << 20
    samples: Samples | None = None


class RowPhotos:
    """The photos of one job. ``on_photo`` is called before each, which takes up to seconds."""

    def __init__(
        self, options: PhotoOptions, job_id: str, on_photo: Callable[[], object] = lambda: None
    ) -> None:
        self._store, self.max_bytes = options[:2]
        self._job_id = job_id
        self._on_photo = on_photo

    def take(self, number: int, image: bytes, employee: Employee | None) -> str:
        """Store the photo of a row; return its key, or that of the employee's photo if it is same.

        After a kill the same row gets the same key. Returns "" if photos are off. Raises
        PhotoRejected and StorageUnavailable.
        """
        if self._store is None:
            return ""
        self._on_photo()
        current = self._current(employee)
        if employee is not None and image == current:
            return employee.photo_key
        sizes = processing.make(BytesIO(image))
        if employee is not None and sizes.portrait == current:
            return employee.photo_key
        digest = hashlib.blake2b(f"{self._job_id} {number}".encode(), digest_size=16)
        key = keys.our_key(digest.hexdigest())
        self._store.put(keys.thumbnail_key(key), sizes.thumbnail)
        self._store.put(key, sizes.portrait)
        return key

    def _current(self, employee: Employee | None) -> bytes:
        if self._store is None or employee is None or not employee.photo_key:
            return b""
        try:
            if keys.is_foreign_key(employee.photo_key):
                return self._store.get_foreign(employee.photo_key)
            return self._store.get(keys.base_of(employee.photo_key))
        except PhotoNotFound:
            return b""
