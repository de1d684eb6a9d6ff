"""Photos as files in a folder of this machine: ``<folder>/employee_pic/<name>.<ext>``.

For one machine, or a folder that machines share. A file appears whole or not at all.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from app.contracts import PhotoFile
from app.model.errors import PhotoNotFound, StorageUnavailable
from app.photos.keys import base_of, is_photo_key
from app.runtime.atomic_file import write_atomically

_SUBFOLDER = "employee_pic"


def open_folder_store(folder: Path) -> FolderPhotos:
    """The photos in this folder, which is made when the first one comes."""
    return FolderPhotos(folder)


class FolderPhotos:
    """A PhotoStore; see app/contracts for what it promises."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._photos = folder / _SUBFOLDER

    def put(self, key: str, image: bytes) -> None:
        """Store an image; a machine that loses its power keeps the whole file, or none."""
        if not is_photo_key(key):
            raise ValueError(f"not a photo key: {key!r}")
        with self._telling("write"):
            self._photos.mkdir(parents=True, exist_ok=True)
            # What a killed process leaves is like a photo that no record names: the sweep takes it.
            write_atomically(self._folder / key, [image])

    def get(self, key: str) -> bytes:
        """The bytes of this photo's file; a link that somebody laid there is no photo."""
        path = self._folder / key
        if is_photo_key(key) and not self._photos.is_symlink():
            with self._telling("read"), suppress(FileNotFoundError):
                if _written_at(path) is not None:
                    return path.read_bytes()
        raise PhotoNotFound(key)

    def delete(self, keys: Iterable[str]) -> None:
        """Remove these photos; what is no photo key names nothing here."""
        with self._telling("delete"):
            for key in keys:
                if is_photo_key(key):
                    (self._folder / key).unlink(missing_ok=True)

    def locate(self, key: str) -> PhotoFile:
        """The file of this photo; the large size where a small one is missing."""
        if is_photo_key(key):
            for candidate in dict.fromkeys((key, base_of(key))):
                path = self._folder / candidate
                with self._telling("read"):
                    if _written_at(path) is not None and not self._photos.is_symlink():
                        return PhotoFile(path)
        raise PhotoNotFound(key)

    def iter_keys(self) -> Iterator[tuple[str, datetime]]:
        """Every photo, with the time it was written."""
        with self._telling("list"):
            if not self._photos.exists():
                return
            with os.scandir(self._photos) as entries:
                for entry in entries:
                    key = f"{_SUBFOLDER}/{entry.name}"
                    written = _written_at(entry.path) if is_photo_key(key) else None
                    if written is not None:
                        yield key, datetime.fromtimestamp(written, UTC)

    def check(self) -> None:
        """Photos can be written: into the folder, or into the one where it will be made."""
        with self._telling("check"):
            place = self._photos
            while not place.exists() and place != place.parent:
                place = place.parent
            if not place.is_dir():
                raise NotADirectoryError(f"{place} is not a folder")
            if not os.access(place, os.R_OK | os.W_OK | os.X_OK):
                raise PermissionError(f"{place} cannot be written")

    def set_up(self) -> list[str]:
        """Make the folder, and say where it is."""
        with self._telling("make"):
            if self._photos.is_dir():
                self.check()
                return [f"Found the photo folder {self._folder}."]
            self._photos.mkdir(parents=True, exist_ok=True)
        return [f"Created the photo folder {self._folder}."]

    def origin(self) -> None:
        """Photos come from our own origin."""

    @contextmanager
    def _telling(self, action: str) -> Iterator[None]:
        """What the operating system refuses is told as ours, with the folder and the reason."""
        try:
            yield
        except OSError as error:
            reason = error.strerror or str(error)
            raise StorageUnavailable(
                "the photo store", f"{action} in", str(self._folder), reason
            ) from error


def _written_at(path: Path | str) -> float | None:
    """When a file was written; None for a link, a folder, or a file that is gone."""
    try:
        state = os.lstat(path)
    except FileNotFoundError:
        return None
    return state.st_mtime if stat.S_ISREG(state.st_mode) else None
