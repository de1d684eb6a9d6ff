"""The folder that all processes of this application on one machine share while they run."""

import contextlib
import hashlib
import os
import stat
import tempfile
import threading
from pathlib import Path
from typing import IO

from app.runtime.file_lock import try_lock

_NAME = "run"


class RuntimeDir:
    """A folder in the instance folder, or under /tmp if that is not writable; created on first use.

    A service on AWS often may not write its instance folder. All its workers have the same rights,
    so they choose the same folder.
    """

    def __init__(self, instance_folder: Path) -> None:
        self._instance = instance_folder
        self._lock = threading.Lock()
        self._folder: Path | None = None

    def path(self, name: str) -> Path:
        """Return the path of a file in it. Raises OSError if no folder can be created."""
        with self._lock:
            if self._folder is None:
                self._folder = self._create()
            return self._folder / name

    def try_lock(self, name: str) -> IO[bytes] | None:
        """Take the lock of this name; return None while another process has it.

        The lock is free again as soon as its process ends or is killed.
        """
        with contextlib.suppress(OSError):
            file = self.path(name).open("ab")
            if try_lock(file):
                return file
            file.close()
        return None

    def _create(self) -> Path:
        folder = self._instance / _NAME
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError:
            return self._create_temporary()
        return folder if os.access(folder, os.W_OK) else self._create_temporary()

    def _create_temporary(self) -> Path:
        digest = hashlib.sha256(os.fsencode(self._instance)).hexdigest()[:12]
        folder = Path(tempfile.gettempdir()) / f"employee-directory-{os.getuid()}-{digest}"
        folder.mkdir(mode=0o700, exist_ok=True)
        status = folder.lstat()
        # All users may write in /tmp: do not use a folder that another user created or can write.
        is_ours = stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid()
        if not is_ours or status.st_mode & 0o022:
            raise PermissionError(f"{folder} is not ours")
        return folder
