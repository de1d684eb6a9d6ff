"""Read the photos of vCards: JPEG, which all address books show, and of bounded size."""

from io import BytesIO

from app.contracts import PhotoStore
from app.model.errors import PhotoNotFound, PhotoRejected
from app.photos import processing
from app.photos.headers import HEAD_BYTES, JPEG, image_type
from app.photos.keys import base_of, is_foreign_key

# Ours take a tenth of it. A larger one, of another program, is made as small as an upload is.
_MAX_PHOTO_BYTES = 1 << 20


def read_photo(photos: PhotoStore | None, key: str) -> bytes:
    """Return a photo as JPEG; b"" if there is none that can be shown. Raises StorageUnavailable."""
    if photos is None:
        return b""
    try:
        image = photos.get_foreign(key) if is_foreign_key(key) else photos.get(base_of(key))
        if len(image) <= _MAX_PHOTO_BYTES and image_type(image[:HEAD_BYTES]) == JPEG:
            return image
        return processing.make(BytesIO(image)).portrait
    except (PhotoNotFound, PhotoRejected):
        return b""
