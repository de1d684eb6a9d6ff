"""Count the requests of all workers of this machine: each keeps its count in a file."""

import contextlib
import os
import time
from pathlib import Path

from app.runtime.runtime_dir import RuntimeDir
from app.runtime.strict_json import integer_in_text

_WRITE_SECONDS = 1.0
_PREFIX = "requests."
_DIGITS = 20


class RequestCounter:
    """The count of one worker, in memory and written to its file at most once a second.

    A count that is read is at most a second behind, and a request costs one addition.
    """

    def __init__(self, folder: RuntimeDir) -> None:
        self._folder = folder
        self._reset()

    def _reset(self) -> None:
        self._pid = os.getpid()
        self._count = 0
        self._file: int | None = None
        self._next_write_at = time.monotonic() + _WRITE_SECONDS

    def add(self) -> None:
        """Count a request. Two concurrent threads may count only one, which is close enough."""
        if self._pid != os.getpid():
            self._reset()  # forked: the count belongs to the parent
        self._count += 1

    def flush(self) -> None:
        """Write the count for other workers if it is due."""
        now = time.monotonic()
        if now < self._next_write_at:
            return
        self._next_write_at = now + _WRITE_SECONDS
        with contextlib.suppress(OSError):
            if self._file is None:
                path = self._folder.path(f"{_PREFIX}{self._pid}")
                self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC)
            os.pwrite(self._file, b"%*d" % (_DIGITS, self._count), 0)

    def all(self) -> dict[str, int]:
        """Return the counts of all live workers by process id; remove the files of dead ones."""
        self._next_write_at = 0.0
        self.flush()
        counts: dict[str, int] = {}
        try:
            for path in self._folder.path("").glob(f"{_PREFIX}*"):
                if _is_alive(path):
                    worker = path.name.removeprefix(_PREFIX)
                    counts[worker] = integer_in_text(_read(path).strip()) or 0
        except OSError:
            return counts
        return counts


def _read(path: Path) -> str:
    with path.open(encoding="ascii", errors="replace") as file:
        return file.read(_DIGITS)


def _is_alive(path: Path) -> bool:
    try:
        os.kill(int(path.name.removeprefix(_PREFIX)), 0)
    except PermissionError:
        return True
    except (ValueError, OverflowError, ProcessLookupError):
        path.unlink(missing_ok=True)
        return False
    return True


def requests_between(before: dict[str, int], now: dict[str, int]) -> int:
    """Return the requests between two readings; a new worker started at zero."""
    return sum(max(0, count - before.get(worker, 0)) for worker, count in now.items())
