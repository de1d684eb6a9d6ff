"""Fetch the photos of a backup and restore them: under their keys, both sizes, unchanged."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from app.backups.parts import parse_json
from app.backups.unpacking import read_regular_file
from app.contracts import PhotoStore
from app.model.employee import Employee
from app.model.errors import ExportRefused, PhotoNotFound, PhotoRejected
from app.photos.keys import PREFIX, copy_key, is_photo_key, thumbnail_key
from app.photos.stored import MAX_STORED_BYTES, check_stored
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
    keys = (copy_key(person.photo_key) for person in people if person.photo_key)
    return list(dict.fromkeys(size for key in keys for size in (key, thumbnail_key(key))))


class RefusedPhoto(NamedTuple):
    """A photo that is not restored, and why."""

    key: str
    error: ExportRefused


def parse_photos(lines: Iterable[bytes]) -> dict[str, Photo]:
    """Parse the lines of a part into photos by key. Raises ValueError, with line and reason."""
    photos: dict[str, Photo] = {}
    for number, line in enumerate(lines, 1):
        try:
            photo = _parse_photo(parse_json(line))
        except ValueError as error:
            raise ValueError(f"line {number} is no photo: {error}") from error
        if photo.key in photos:
            raise ValueError(f"line {number} has a photo that is there twice")
        photos[photo.key] = photo
    return photos


def _parse_photo(record: dict[str, object]) -> Photo:
    key, sha256, size = record.get("key"), record.get("sha256"), record.get("size")
    if not isinstance(key, str) or not is_photo_key(key):
        raise ValueError("the key is not that of a photo")
    if not isinstance(sha256, str):
        raise ValueError("the checksum is no text")  # noqa: TRY004
    if type(size) is not int or not 0 < size <= MAX_STORED_BYTES:
        raise ValueError("no photo has this size")
    return Photo(key, sha256, size)


def fetch_photos(
    store: PhotoStore | None, folder: Path, people: Iterable[Employee], known: dict[str, Photo]
) -> Iterator[Photo | None]:
    """Fetch the photos of these people into the folder; yield None for a missing one or no image.

    A file that is already there and equals ``known`` is not fetched again.
    """
    (folder / _FOLDER / PREFIX).mkdir(parents=True, exist_ok=True)
    people = list(people)
    foreign = {copy_key(person.photo_key): person.photo_key for person in people}

    def fetch_one(key: str) -> Photo | None:
        if not is_photo_key(key):
            return None
        path = folder / _FOLDER / key
        content = _read(path)
        if _is_image(content):
            photo = _photo(key, content)
            if known.get(key, photo) == photo:
                return photo
        try:
            image = _get(store, key, foreign.get(key, key)) if store else b""
        except PhotoNotFound:
            image = b""
        if not _is_image(image):
            return None
        write_atomically(path, [image], durable=False)  # synced before the manifest
        return _photo(key, image)

    with ThreadPoolExecutor(_THREADS) as threads:
        yield from threads.map(fetch_one, photo_keys(people))


def _get(store: PhotoStore, key: str, source: str) -> bytes:
    return store.get(key) if source == key else store.get_foreign(source)


def check_photos(folder: Path, photos: Iterable[Photo]) -> Iterator[RefusedPhoto]:
    """Decode these photos of a backup; yield those that are damaged or no images."""

    def check_one(photo: Photo) -> RefusedPhoto | None:
        try:
            check_stored(_read_unchanged(folder, photo))
        except ExportRefused as error:
            return RefusedPhoto(photo.key, error)
        except PhotoRejected as error:
            return RefusedPhoto(photo.key, _no_image(folder / _FOLDER / photo.key, error))
        return None

    with ThreadPoolExecutor(_THREADS) as threads:
        yield from filter(None, threads.map(check_one, photos))


def restore_photos(
    store: PhotoStore, folder: Path, people: Iterable[Employee], photos: dict[str, Photo]
) -> None:
    """Store the photos of these people. Raises ExportRefused for a file changed since its check."""

    def restore_one(key: str) -> None:
        store.put(key, _read_unchanged(folder, photos[key]))

    with ThreadPoolExecutor(_THREADS) as threads:
        for _ in threads.map(restore_one, [key for key in photo_keys(people) if key in photos]):
            pass


def _read_unchanged(folder: Path, photo: Photo) -> bytes:
    """Return a photo of a backup. Raises ExportRefused if it is not as it was written."""
    path = folder / _FOLDER / photo.key
    try:
        image = read_regular_file(path, photo.size)
    except OSError:
        image = b""
    if _photo(photo.key, image) != photo:
        raise ExportRefused(
            f"{path} was changed or damaged after the backup. Copy it again from your stored "
            "backup, or use --skip-photos to leave out photos that are damaged."
        )
    return image


def _no_image(path: Path, error: PhotoRejected) -> ExportRefused:
    return ExportRefused(
        f"{path} cannot be shown: {error} Nothing was restored. Copy the backup again from where "
        "it is stored, or use --skip-photos to leave out photos that cannot be shown."
    )


def _is_image(image: bytes) -> bool:
    """Return whether a restore would take this photo."""
    if not 0 < len(image) <= MAX_STORED_BYTES:
        return False
    try:
        check_stored(image)
    except PhotoRejected:
        return False
    return True


def _photo(key: str, image: bytes) -> Photo:
    return Photo(key, hashlib.sha256(image).hexdigest(), len(image))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
