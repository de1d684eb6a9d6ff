"""Store and remove the photos of employees."""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import chain
from typing import BinaryIO

from app.contracts import PhotoStore
from app.contracts.leaver_photos import drop_photo
from app.model.employee import Employee
from app.model.errors import (
    EditConflict,
    EmployeeNotFound,
    PhotoNotFound,
    PhotoRejected,
    PhotosOff,
    RecordTooLarge,
    ReportingLoop,
    StorageUnavailable,
)
from app.photos import keys, processing
from app.photos.keys import is_foreign_key

_SWEEP_AGE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PhotoChange:
    """A change of the photo: a new image, its removal, or (both unset) none."""

    upload: BinaryIO | None = None
    remove: bool = False


NO_PHOTO_CHANGE = PhotoChange()


class StoredPhotos:
    """The photos of a directory in a store of photos, or in none."""

    def __init__(self, store: PhotoStore | None, off_because: str) -> None:
        self._store = store
        self._off_because = off_because

    def put(self, photo: PhotoChange) -> str:
        """Store the new image of a change; return its key, "" if there is none.

        Raises PhotoRejected, PhotosOff, StorageUnavailable.
        """
        if photo.upload is None:
            return ""
        if self._store is None:
            raise PhotosOff(self._off_because)
        images = processing.make(photo.upload)
        key = keys.our_key(secrets.token_hex(16))
        try:
            self._store.put(keys.thumbnail_key(key), images.thumbnail)
            self._store.put(key, images.portrait)
        except StorageUnavailable:
            self.drop(key)
            raise
        return key

    def put_for(self, photo: PhotoChange, before: Employee, after: Employee) -> str:
        """Store the photo of a changed record under a new key; return it, "" if the old one stays.

        A photo that becomes hidden gets another key, so that nobody finds it under the one that
        they have seen. Raises PhotoRejected, PhotosOff, StorageUnavailable.
        """
        becomes_hidden = "photo_key" in after.hidden and "photo_key" not in before.hidden
        if photo.upload is None and not photo.remove and becomes_hidden:
            return self._copy(before.photo_key)
        return self.put(photo)

    def _copy(self, key: str) -> str:
        """Store a photo under a new key too, and return that; "" if there is none to be read."""
        if self._store is None or not key:
            return ""
        try:
            image = self._store.get_foreign(key) if is_foreign_key(key) else self._store.get(key)
            return self.put(PhotoChange(BytesIO(image)))
        except (PhotoNotFound, PhotoRejected):
            return ""

    @contextmanager
    def cleaning_up(self, new_key: str) -> Iterator[None]:
        """Delete the new photo if the block fails and the record was certainly not written."""
        try:
            yield
        except (EditConflict, EmployeeNotFound, RecordTooLarge, StorageUnavailable) as error:
            maybe_written = isinstance(error, StorageUnavailable) and error.maybe_written
            if new_key and not maybe_written:
                self.drop(new_key)
            raise
        except ReportingLoop as error:
            if new_key and not (error.saved and error.saved.photo_key == new_key):
                self.drop(new_key)
            raise

    def drop(self, key: str) -> None:
        """Delete an unused photo; if that fails, log it and leave it to the sweep."""
        drop_photo(self._store, key)

    def sweep(self, used: Iterable[Iterable[str]], *, delete: bool) -> Iterator[str]:
        """Yield the keys of photos older than a day that are not used; delete them if ``delete``.

        The used ones are read after the photos were listed, in this order. Takes about 200 bytes
        of memory per photo. Raises PhotosOff.
        """
        if self._store is None:
            raise PhotosOff(self._off_because)
        before = datetime.now(UTC) - _SWEEP_AGE
        # Photos are listed before records are read: one that a record gets meanwhile is new.
        old = [key for key, stored_at in self._store.iter_keys() if stored_at < before]
        in_use = {hash(keys.base_of(key)) for key in chain.from_iterable(used)}
        for key in old:
            if hash(keys.base_of(key)) not in in_use:
                if delete:
                    self._store.delete([key])
                yield key
