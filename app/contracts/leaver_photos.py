"""Give the photo of somebody who leaves a new key, and the old one back to who is restored.

Whoever knows the old key finds nothing under it. The new one, from which the old one can be told,
is for editors only from the last day on; see photo_access.py of the directory.
"""

import logging
import secrets

from app.contracts.photos import PhotoStore
from app.model import leaving
from app.model.errors import PhotoNotFound, StorageUnavailable
from app.photos import keys

log = logging.getLogger(__name__)

_RANDOM_BYTES = 8


def copy_for_leaving(photos: PhotoStore | None, key: str, last_day: str) -> str:
    """Store a photo under the key of a leaver too, and return that; the same one if it must stay.

    ``last_day`` is as ``2026-11-30``. Nothing is done without a store of photos, without a photo in
    it, and for a foreign key. Raises StorageUnavailable.
    """
    digits, has_left = secrets.token_hex(_RANDOM_BYTES), last_day <= leaving.today()
    return copy_photo(photos, key, keys.left_key(key, digits, has_left=has_left))


def copy_for_return(photos: PhotoStore | None, key: str) -> str:
    """Store a leaver's photo under its key from before too, and return that; else the same one.

    Raises StorageUnavailable.
    """
    return copy_photo(photos, key, keys.key_before_leaving(key))


def drop_photo(photos: PhotoStore | None, key: str) -> None:
    """Delete both sizes of an unused photo; if that fails, log it and leave it to the sweep."""
    if photos is None or not key:
        return
    try:
        photos.delete({key, keys.thumbnail_key(key)})
    except StorageUnavailable as error:
        log.warning("an unused photo remains until the next sweep: %s", error)


def copy_photo(photos: PhotoStore | None, key: str, new_key: str) -> str:
    """Store a photo under another key too, and return that; the same one if there is no photo.

    Raises StorageUnavailable.
    """
    if photos is None or not new_key or new_key == key:
        return key
    try:
        portrait = photos.get(key)
    except PhotoNotFound:
        return key
    small = keys.thumbnail_key(key)
    try:
        thumbnail = portrait if small == key else photos.get(small)
    except PhotoNotFound:
        thumbnail = portrait
    if keys.thumbnail_key(new_key) != new_key:
        photos.put(keys.thumbnail_key(new_key), thumbnail)
    photos.put(new_key, portrait)
    return new_key
