"""Photos in a backup: under their keys, both sizes, byte for byte."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from app.contracts import PhotoStore
from app.model.employee import Employee
from app.model.errors import ExportRefused, PhotoNotFound
from app.photos.keys import is_photo_key, thumbnail_key
from app.runtime.atomic_file import write_atomically

_FOLDER = "photos"
_AT_ONCE = 8


class Photo(NamedTuple):
    """What a backup tells of a photo."""

    key: str
    sha256: str
    size: int

    def line(self) -> bytes:
        """The line of a part."""
        return json.dumps(self._asdict(), separators=(",", ":")).encode() + b"\n"


def keys_of(people: Iterable[Employee]) -> list[str]:
    """The keys of all their photos, large and small, each once."""
    keys = (person.photo_key for person in people if person.photo_key)
    return list(dict.fromkeys(each for key in keys for each in (key, thumbnail_key(key))))


def photos_in(lines: Iterable[bytes]) -> dict[str, Photo]:
    """What the lines of a part tell, by key."""
    told = (json.loads(line) for line in lines)
    return {each["key"]: Photo(each["key"], each["sha256"], each["size"]) for each in told}


def fetch(
    store: PhotoStore | None, folder: Path, people: Iterable[Employee], known: dict[str, Photo]
) -> Iterator[Photo | None]:
    """Bring the photos of these people into the folder; None for a photo that is nowhere.

    One that is there already, as ``known`` tells, is not fetched again.
    """
    (folder / _FOLDER / "employee_pic").mkdir(parents=True, exist_ok=True)

    def one(key: str) -> Photo | None:
        if not is_photo_key(key):
            return None
        path = folder / _FOLDER / key
        kept = _read(path)
        if kept:
            photo = _photo(key, kept)
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

    with ThreadPoolExecutor(_AT_ONCE) as threads:
        yield from threads.map(one, keys_of(people))


def give_back(
    store: PhotoStore, folder: Path, people: Iterable[Employee], told: dict[str, Photo]
) -> None:
    """Put the photos of these people into the store, each as it was saved."""

    def one(key: str) -> None:
        image = _read(folder / _FOLDER / key)
        if _photo(key, image) != told[key]:
            raise ExportRefused(
                f"{folder / _FOLDER / key} is not as the backup left it. "
                "Fetch it again from where the backup is kept."
            )
        store.put(key, image)

    with ThreadPoolExecutor(_AT_ONCE) as threads:
        for _ in threads.map(one, [key for key in keys_of(people) if key in told]):
            pass


def _photo(key: str, image: bytes) -> Photo:
    return Photo(key, hashlib.sha256(image).hexdigest(), len(image))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
