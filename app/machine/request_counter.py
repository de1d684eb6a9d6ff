"""How many requests all workers of this machine answered: each keeps its own count in a file."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

from app.runtime.runtime_dir import RuntimeDir

_WRITE_SECONDS = 1.0
_PREFIX = "requests."
_WIDTH = 20


class RequestCounter:
    """The count of one worker, in its memory; written down every second at most.

    So a count that is read is at most a second of requests behind, and a request costs an addition.
    """

    def __init__(self, folder: RuntimeDir) -> None:
        self._folder = folder
        self._begin()

    def _begin(self) -> None:
        self._pid = os.getpid()
        self._count = 0
        self._file: int | None = None
        self._write_at = time.monotonic() + _WRITE_SECONDS

    def add(self) -> None:
        """One request more. Two threads at once may count one; that is near enough."""
        if self._pid != os.getpid():
            self._begin()  # forked: the count of the parent is not ours
        self._count += 1

    def write_down(self) -> None:
        """Let the others see the count, if it is time."""
        now = time.monotonic()
        if now < self._write_at:
            return
        self._write_at = now + _WRITE_SECONDS
        with contextlib.suppress(OSError):
            if self._file is None:
                path = self._folder.path(f"{_PREFIX}{self._pid}")
                self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC)
            os.pwrite(self._file, b"%*d" % (_WIDTH, self._count), 0)

    def all(self) -> dict[str, int]:
        """The counts of all workers by their process; those of dead ones are removed."""
        self._write_at = 0.0
        self.write_down()
        counts: dict[str, int] = {}
        try:
            for path in self._folder.path("").glob(f"{_PREFIX}*"):
                if _lives(path):
                    counts[path.name.removeprefix(_PREFIX)] = int(path.read_text() or "0")
        except (OSError, ValueError):
            return counts
        return counts


def _lives(path: Path) -> bool:
    try:
        os.kill(int(path.name.removeprefix(_PREFIX)), 0)
    except PermissionError:
        return True
    except (ValueError, ProcessLookupError):
        path.unlink(missing_ok=True)
        return False
    return True


def requests_between(before: dict[str, int], now: dict[str, int]) -> int:
    """How many requests came between two readings; a worker that is new began at nothing."""
    return sum(max(0, count - before.get(worker, 0)) for worker, count in now.items())
