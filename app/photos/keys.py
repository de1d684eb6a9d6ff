"""The keys of photos in a store: ``employee_pic/<32 hex digits>.jpg``, and others' keys."""

import re

_MAX_KEY_CHARACTERS = 200
_PHOTO_KEY = re.compile(r"employee_pic/[A-Za-z0-9_-][A-Za-z0-9._-]*")
_OUR_KEY = re.compile(r"(employee_pic/[0-9a-f]{32})(?:-thumb)?\.jpg")


def is_photo_key(text: str) -> bool:
    """Return whether this is a valid photo key: a plain file name under ``employee_pic/``."""
    return len(text) <= _MAX_KEY_CHARACTERS and _PHOTO_KEY.fullmatch(text) is not None


def thumbnail_key(key: str) -> str:
    """Return the key of the small size; a photo of another program is its own thumbnail."""
    match = _OUR_KEY.fullmatch(key)
    return f"{match[1]}-thumb.jpg" if match else key


def base_of(key: str) -> str:
    """Return the key of the large size, which both sizes of a photo share."""
    match = _OUR_KEY.fullmatch(key)
    return f"{match[1]}.jpg" if match else key
