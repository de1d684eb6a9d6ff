"""Fetch the photos of a backup and restore them: under their keys, both sizes, unchanged."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from app.contracts import PhotoStore
from app.model.employee import Employee
from app.model.errors import ExportRefused, PhotoNotFound
from app.photos.keys import PREFIX, is_photo_key, thumbnail_key
from app.runtime.atomic_file import write_atomically

_FOLDER = "photos"
_THREADS = 8


class Photo(NamedTuple):
    """The key, checksum and size in bytes of a photo in a backup."""

    key: str
    sha256: str
    size: int

    def line(self) -> bytes:
        """Serialize the photo as a line of a part."""
        return json.dumps(self._asdict(), separators=(",", ":")).encode() + b"\n"


def photo_keys(people: Iterable[Employee]) -> list[str]:
    """Return the keys of all their photos, large and small, each once."""
    keys = (person.photo_key for person in people if person.photo_key)
    return list(dict.fromkeys(size for key in keys for size in (key, thumbnail_key(key))))


def parse_photos(lines: Iterable[bytes]) -> dict[str, Photo]:
    """Parse the lines of a part into photos by key."""
    photos = (json.loads(line) for line in lines)
    return {item["key"]: Photo(item["key"], item["sha256"], item["size"]) for item in photos}


def fetch_photos(
    store: PhotoStore | None, folder: Path, people: Iterable[Employee], known: dict[str, Photo]
) -> Iterator[Photo | None]:
    """Fetch the photos of these people into the folder; yield None for a missing photo.

    A file that is already there and equals ``known`` is not fetched again.
    """
    (folder / _FOLDER / PREFIX).mkdir(parents=True, exist_ok=True)

    def fetch_one(key: str) -> Photo | None:
        if not is_photo_key(key):
            return None
        path = folder / _FOLDER / key
        content = _read(path)
        if content:
            photo = _photo(key, content)
            if known.get(key, photo) == photo:
                return photo
        try:
            image = store.get(key) if store else b""
        except PhotoNotFound:
            image = b""
        if not image:
            return None
        write_atomically(path, [image], durable=False)  # synced before the manifest
        return _photo(key, image)

    with ThreadPoolExecutor(_THREADS) as threads:
        yield from threads.map(fetch_one, photo_keys(people))


def restore_photos(
    store: PhotoStore, folder: Path, people: Iterable[Employee], photos: dict[str, Photo]
) -> None:
    """Store the photos of these people. Raises ExportRefused for a damaged file."""

    def restore_one(key: str) -> None:
        image = _read(folder / _FOLDER / key)
        if _photo(key, image) != photos[key]:
            raise ExportRefused(
                f"{folder / _FOLDER / key} was changed or damaged after the backup. "
                "Copy it again from your stored backup."
            )
        store.put(key, image)

    with ThreadPoolExecutor(_THREADS) as threads:
        for _ in threads.map(restore_one, [key for key in photo_keys(people) if key in photos]):
            pass


def _photo(key: str, image: bytes) -> Photo:
    return Photo(key, hashlib.sha256(image).hexdigest(), len(image))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
