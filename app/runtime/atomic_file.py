"""Write files that appear whole or not at all, also when the process is killed or power fails."""

import errno
import os
import secrets
from collections.abc import Iterable
from functools import partial
from pathlib import Path

# A folder of a network share, or one that may not be read, cannot be synced.
_FOLDER_NOT_SYNCED = {errno.EACCES, errno.EINVAL, errno.ENOTSUP}


def write_atomically(
    path: Path,
    pieces: Iterable[bytes],
    *,
    mode: int = 0o666,
    replace: bool = True,
    durable: bool = True,
) -> None:
    """Write the pieces to a file beside ``path``, then give it that name.

    With ``replace`` off, a file of that name stays, and FileExistsError is raised. ``durable``
    syncs the file and its folder to the disk: turn it off for files that one ``os.sync`` covers
    later, or that need not outlive the machine. Only a process that is killed while it writes
    leaves something: ``<32 hex digits>.part``. Raises OSError, and what ``pieces`` raise.
    """
    part = path.with_name(f"{secrets.token_hex(16)}.part")
    try:
        with open(part, "xb", opener=partial(os.open, mode=mode)) as file:
            file.writelines(pieces)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        if replace:
            part.replace(path)
        else:
            path.hardlink_to(part)
        if durable:
            _sync_folder(path.parent)
    finally:
        part.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Sync the names in a folder: a new file's name is stored only there."""
    try:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        if error.errno not in _FOLDER_NOT_SYNCED:
            raise
