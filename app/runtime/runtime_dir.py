"""A folder that all processes of this directory on this machine share while they run."""

from __future__ import annotations

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
    """Made at first need: in the instance folder, or, where that cannot be written, under /tmp.

    A service on AWS keeps nothing in its instance folder and often may not; every worker of it has
    the same rights, so all of them come to the same answer.
    """

    def __init__(self, instance_folder: Path) -> None:
        self._instance = instance_folder
        self._lock = threading.Lock()
        self._found: Path | None = None

    def path(self, name: str) -> Path:
        """The path of a file in it. Raises OSError where no folder can be made."""
        with self._lock:
            if self._found is None:
                self._found = self._make()
            return self._found / name

    def try_lock(self, name: str) -> IO[bytes] | None:
        """The lock of the one process that does what only one may; None while another has it.

        When that one is killed, the next takes over.
        """
        with contextlib.suppress(OSError):
            file = self.path(name).open("ab")
            if try_lock(file):
                return file
            file.close()
        return None

    def _make(self) -> Path:
        usual = self._instance / _NAME
        try:
            usual.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError:
            return self._make_temporary()
        return usual if os.access(usual, os.W_OK) else self._make_temporary()

    def _make_temporary(self) -> Path:
        mark = hashlib.sha256(os.fsencode(self._instance)).hexdigest()[:12]
        folder = Path(tempfile.gettempdir()) / f"employee-directory-{os.getuid()}-{mark}"
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        # Everyone may write in /tmp: what another put there under our name is not used.
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o022:
            raise PermissionError(f"{folder} is not ours")
        return folder
