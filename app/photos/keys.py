"""The names that photos have in a store: ``employee_pic/<32 hex digits>.jpg``, and others' keys."""

from __future__ import annotations

import re

_LONGEST = 200
_PHOTO_KEY = re.compile(r"employee_pic/[A-Za-z0-9_-][A-Za-z0-9._-]*")
_OUR_KEY = re.compile(r"(employee_pic/[0-9a-f]{32})(?:-thumb)?\.jpg")


def is_photo_key(text: str) -> bool:
    """Whether this can be the key of a photo: a plain file name under ``employee_pic/``."""
    return len(text) <= _LONGEST and _PHOTO_KEY.fullmatch(text) is not None


def thumbnail_key(key: str) -> str:
    """The key of the small size; a photo that another program stored is its own thumbnail."""
    ours = _OUR_KEY.fullmatch(key)
    return f"{ours[1]}-thumb.jpg" if ours else key


def base_of(key: str) -> str:
    """The key of the large size, which both sizes of a photo share."""
    ours = _OUR_KEY.fullmatch(key)
    return f"{ours[1]}.jpg" if ours else key
