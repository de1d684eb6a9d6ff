"""Photos as files in a folder of this machine: ``<folder>/employee_pic/<name>.<ext>``.

For one machine, or a folder that machines share. A file appears whole or not at all.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from app.contracts import PhotoFile, PhotoLink
from app.model.errors import PhotoNotFound, StorageUnavailable
from app.photos.headers import HEAD_BYTES, image_type
from app.photos.keys import PREFIX, base_of, is_photo_key
from app.runtime.atomic_file import write_atomically


def open_folder_store(folder: Path) -> FolderPhotos:
    """Open the photo store in this folder, which the first photo creates."""
    return FolderPhotos(folder)


class FolderPhotos:
    """A PhotoStore in a folder of this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._photos = folder / PREFIX

    def put(self, key: str, image: bytes) -> None:
        """Implement PhotoStore.put; the file survives a power failure as a whole or not at all."""
        if not is_photo_key(key):
            raise ValueError(f"not a photo key: {key!r}")
        with self._translating_errors("write"):
            self._photos.mkdir(parents=True, exist_ok=True)
            # The temporary file of a killed process is removed by the sweep.
            write_atomically(self._folder / key, [image])

    def get(self, key: str) -> bytes:
        """Implement PhotoStore.get; symbolic links are not photos."""
        path = self._folder / key
        if is_photo_key(key) and not self._photos.is_symlink():
            with self._translating_errors("read"), suppress(FileNotFoundError):
                if _modified_at(path) is not None:
                    return path.read_bytes()
        raise PhotoNotFound(key)

    def delete(self, keys: Iterable[str]) -> None:
        """Implement PhotoStore.delete; keys of other files are ignored."""
        with self._translating_errors("delete"):
            for key in keys:
                if is_photo_key(key):
                    (self._folder / key).unlink(missing_ok=True)

    def locate(self, key: str) -> PhotoFile:
        """Return the file of a photo, of the large size if the small one is missing."""
        if is_photo_key(key):
            for candidate in dict.fromkeys((key, base_of(key))):
                path = self._folder / candidate
                with self._translating_errors("read"):
                    if _modified_at(path) is not None and not self._photos.is_symlink():
                        return PhotoFile(path, _media_type(key, path))
        raise PhotoNotFound(key)

    def get_foreign(self, key: str) -> bytes:
        """Implement PhotoStore.get_foreign: other files in the folder are no photos."""
        raise PhotoNotFound(key)

    def locate_foreign(self, key: str) -> PhotoLink:
        """Implement PhotoStore.locate_foreign: other files in the folder are no photos."""
        raise PhotoNotFound(key)

    def iter_keys(self) -> Iterator[tuple[str, datetime]]:
        """Yield every photo key with the time it was modified."""
        with self._translating_errors("list"):
            if not self._photos.exists():
                return
            with os.scandir(self._photos) as entries:
                for entry in entries:
                    key = f"{PREFIX}{entry.name}"
                    modified = _modified_at(entry.path) if is_photo_key(key) else None
                    if modified is not None:
                        yield key, datetime.fromtimestamp(modified, UTC)

    def check(self) -> None:
        """Check that the folder, or the one in which it will be created, is writable."""
        with self._translating_errors("check"):
            folder = self._photos
            while not folder.exists() and folder != folder.parent:
                folder = folder.parent
            if not folder.is_dir():
                raise NotADirectoryError(errno.ENOTDIR, "it is not a folder")
            if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
                raise PermissionError(errno.EACCES, "it cannot be written")

    def set_up(self) -> list[str]:
        """Create the folder if missing; return what was done in a sentence."""
        with self._translating_errors("make"):
            if self._photos.is_dir():
                self.check()
                return [f"Found the photo folder {self._folder}."]
            self._photos.mkdir(parents=True, exist_ok=True)
        return [f"Created the photo folder {self._folder}."]

    def origin(self) -> None:
        """Return None: photos come from our own origin."""

    @contextmanager
    def _translating_errors(self, action: str) -> Iterator[None]:
        """Raise StorageUnavailable for errors of the operating system."""
        try:
            yield
        except OSError as error:
            reason = error.strerror or str(error)
            raise StorageUnavailable(
                "the photo store", f"{action} in", str(self._folder), reason
            ) from error


def _media_type(key: str, path: Path) -> str:
    """Return the media type of a photo. Raises PhotoNotFound if the file is no image."""
    with path.open("rb") as file:
        media_type = image_type(file.read(HEAD_BYTES))
    if not media_type:
        raise PhotoNotFound(key)
    return media_type


def _modified_at(path: Path | str) -> float | None:
    """Return when a file was modified; None for a link, a folder or a missing file."""
    try:
        state = os.lstat(path)
    except FileNotFoundError:
        return None
    return state.st_mtime if stat.S_ISREG(state.st_mode) else None
