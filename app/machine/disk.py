"""Whether this machine can still write what a save, a photo or an import needs."""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from app.model.errors import StorageUnavailable
from app.photos.keys import PREFIX
from app.runtime import disk_errors
from app.settings import Settings

_PROBE = bytes(512)
_MB = 2**20
# SQLite's log grows to 4 MB before it is written back; a photo is two JPEGs of at most 800 pixels.
_SQLITE_BYTES = 8 * _MB
_PHOTO_BYTES = 2 * _MB
_FORM_BYTES = 1 * _MB  # what an upload has beside its photo
_CONTENTS = {"database": "the database", "photos": "photos", "temporary": "temporary files"}
_READ_ONLY = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})


class Folder(NamedTuple):
    """A folder that this machine writes to; ``name`` is what it has, not its path."""

    name: str
    path: Path
    needed_bytes: int

    @property
    def label(self) -> str:
        """Return how people call it."""
        return f"the folder of {_CONTENTS[self.name]}"

    def problem(self) -> str:
        """Return why nothing can be written here, as the end of a sentence; "" if it can.

        Writes a few hundred bytes into a file without a name. It is not synced: that is slow while
        an import writes, and a full or read-only disk refuses the write itself.
        """
        try:
            with tempfile.TemporaryFile(dir=self.path, buffering=0) as file:
                file.write(_PROBE)
            free = shutil.disk_usage(self.path).free
        except OSError as error:
            return _reason(error)
        if free < self.needed_bytes:
            return f"has {free // _MB} MB free and needs {self.needed_bytes // _MB} MB"
        return ""


def written_folders(settings: Settings) -> Iterator[Folder]:
    """Yield the folders that this machine writes to; the parent of one that is still missing."""
    if database := _sqlite_file(settings):
        yield _folder("database", database.parent, _SQLITE_BYTES)
    if settings.photos_folder:
        yield _folder("photos", settings.photos_folder / PREFIX, _PHOTO_BYTES)
    # Uploads are stored there while they arrive.
    upload = settings.photo_max_mb * _MB + _FORM_BYTES
    yield _folder("temporary", _temporary_folder(), upload)


def check_disk(settings: Settings) -> None:
    """Check all that this machine writes to. Raises StorageUnavailable with a plain reason."""
    for folder in written_folders(settings):
        if problem := folder.problem():
            raise _unavailable(f"{folder.label} {problem}")
    if database := _sqlite_file(settings):
        # Not opened: to close it would release the locks that SQLite holds on it in this process.
        for suffix in ("", "-wal", "-shm"):
            file = database.with_name(database.name + suffix)
            if os.path.exists(file) and not os.access(file, os.W_OK):
                raise _unavailable("the file of the database is read-only")


def _temporary_folder() -> Path:
    try:
        return Path(tempfile.gettempdir())
    except FileNotFoundError:  # none can be written
        return Path("/tmp")  # noqa: S108 - only to say so


def _folder(name: str, path: Path, needed_bytes: int) -> Folder:
    # os.path: a parent that may not be entered is no error.
    while not os.path.exists(path) and path != path.parent:
        path = path.parent
    return Folder(name, path, needed_bytes)


def _sqlite_file(settings: Settings) -> Path | None:
    scheme, _, path = settings.database_url.partition(":///")
    path = path.partition("?")[0]
    if settings.dynamo_mode or not scheme.startswith("sqlite") or path in ("", ":memory:"):
        return None
    return Path(path)


def _reason(error: OSError) -> str:
    if disk_errors.is_full(error):
        return "is full"
    if error.errno in _READ_ONLY:
        return "is read-only"
    return f"cannot be written ({error.strerror or 'unknown error'})"


def _unavailable(reason: str) -> StorageUnavailable:
    return StorageUnavailable("the disk of this machine", reason=reason)
