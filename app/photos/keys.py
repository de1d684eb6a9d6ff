"""The keys of photos: ``employee_pic/<32 hex digits>.jpg``, and those of other programs.

The course's application in Node names any object of the bucket as the photo of a person. Such a
foreign key is read and never written: nothing is stored or deleted under it.

Whatever names a photo (a record, a form, an address, a backup, a listing of a store) is checked
here and nowhere else.
"""

import hashlib
import re

PREFIX = "employee_pic/"
# At most 200 characters.
_PHOTO_KEY = re.compile(r"employee_pic/[A-Za-z0-9_-][A-Za-z0-9._-]{0,186}")
_OUR_KEY = re.compile(r"(employee_pic/[0-9a-f]{32}(?:-(?:left|r)-[0-9a-f]{16})?)(?:-thumb)?\.jpg")
# Of who has left, or leaves: the key before, and digits that nobody knows who knew that one. While
# a day is to come, colleagues see the key, which does not say so.
_LEFT, _LEAVES = "left", "r"
_LEFT_KEY = re.compile(r"(employee_pic/[^/]+?)-(?:left|r)-[0-9a-f]{16}(?:-thumb)?(\.[^./]+)?")
# What other programs may have written into a record, though no photo can be shown under it.
_FOREIGN_NAME = re.compile(r"employee_pic/(?!\.{1,2}$)[^/\\\x00-\x1f\x7f]*")
# An image anywhere else in the bucket, at most 200 characters: no address, and no part that a
# browser would take for another folder. A name without an extension is decided by the content.
_FOREIGN_KEY = re.compile(
    r"(?!employee_pic/)(?=.{1,200}\Z)"
    r"(?:(?!\.{1,2}/)[^/\\\x00-\x1f\x7f]+/)*"
    r"(?!\.)(?:[^/\\\x00-\x1f\x7f]+\.(?:jpe?g|jfif|png|gif|webp)|[^/\\\x00-\x1f\x7f.]+)",
    re.IGNORECASE,
)


def our_key(digits: str) -> str:
    """Return our key of the large size with these 32 hex digits."""
    return f"{PREFIX}{digits}.jpg"


def left_key(key: str, digits: str, *, has_left: bool) -> str:
    """Return the key of the photo of who has left, or leaves, with these 16 hex digits.

    It is "" where the photo has to stay: under a foreign key, since another program keeps it, and
    under one that would be too long.
    """
    before, mark = key_before_leaving(key), _LEFT if has_left else _LEAVES
    stem, dot, ending = before.rpartition(".")
    named = f"{stem}-{mark}-{digits}.{ending}" if dot else f"{before}-{mark}-{digits}"
    return named if is_photo_key(before) and is_photo_key(named) else ""


def key_before_leaving(key: str) -> str:
    """Return the key that a photo had before its person left; of any other, the key itself."""
    match = _LEFT_KEY.fullmatch(key)
    return f"{match[1]}{match[2] or ''}" if match else key


def is_left_key(key: str) -> bool:
    """Return whether this is the key of the photo of somebody who has left, or leaves."""
    return _LEFT_KEY.fullmatch(key) is not None


def is_photo_key(text: str) -> bool:
    """Return whether this is a valid photo key: a plain file name under ``employee_pic/``."""
    return _PHOTO_KEY.fullmatch(text) is not None


def is_foreign_key(text: str) -> bool:
    """Return whether this may be a photo that another program keeps elsewhere in the bucket."""
    return _FOREIGN_KEY.fullmatch(text) is not None and text.isprintable()


def any_photo_key(named: object) -> str:
    """Return the photo key, ours or foreign, that a record names; ``""`` for anything else."""
    if isinstance(named, str) and (is_photo_key(named) or is_foreign_key(named)):
        return named
    return ""


def copy_key(key: str) -> str:
    """Return the key under which a backup keeps a photo: a foreign one becomes one of ours."""
    if not is_foreign_key(key):
        return key
    # Longer than a key of ours, so that it is its own thumbnail.
    return our_key(hashlib.blake2b(key.encode(), digest_size=20).hexdigest())


def photo_key(named: object) -> str:
    """Return the photo key that a record names; ``""`` for anything that is not a valid one."""
    return named if isinstance(named, str) and is_photo_key(named) else ""


def leads_elsewhere(named: object) -> bool:
    """Return whether no program writes this as the key of a photo: a path, or not a text."""
    if not isinstance(named, str):
        return named is not None
    return bool(named) and not _FOREIGN_NAME.fullmatch(named)


def thumbnail_key(key: str) -> str:
    """Return the key of the small size; a photo of another program is its own thumbnail."""
    match = _OUR_KEY.fullmatch(key)
    return f"{match[1]}-thumb.jpg" if match else key


def base_of(key: str) -> str:
    """Return the key of the large size, which both sizes of a photo share."""
    match = _OUR_KEY.fullmatch(key)
    return f"{match[1]}.jpg" if match else key
