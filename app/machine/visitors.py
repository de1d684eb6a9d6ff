"""Whether somebody from the internet asked, and whether somebody asked in the clear: a day each."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from enum import StrEnum
from functools import lru_cache
from ipaddress import ip_address

from app.runtime.runtime_dir import RuntimeDir

_DAY_SECONDS = 86_400


class Visit(StrEnum):
    """What is noted; the value names a file, whose time is that of the first on the last day."""

    FROM_THE_INTERNET = "asked-from-the-internet"
    IN_THE_CLEAR = "asked-in-the-clear"


class Visitors:
    """The notes of this machine; a process writes each of them once a day."""

    def __init__(self, folder: RuntimeDir, clock: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._clock = clock
        self._noted_on: dict[Visit, int] = {}

    def note(self, address: str, *, is_encrypted: bool) -> None:
        """Note who asks; costs a microsecond unless it is the first of its kind today."""
        today = int(self._clock() // _DAY_SECONDS)
        for visit in Visit:
            if self._noted_on.get(visit) != today and _is(visit, address, is_encrypted):
                self._noted_on[visit] = today
                with contextlib.suppress(OSError):  # a disk that is full: nobody misses the note
                    self._folder.path(visit).touch()

    def days_since(self, visit: Visit) -> int | None:
        """Return how many days ago it was noted on this machine, or None if never."""
        try:
            noted_at = self._folder.path(visit).stat().st_mtime
        except OSError:
            return None
        return max(0, int((self._clock() - noted_at) // _DAY_SECONDS))


def _is(visit: Visit, address: str, is_encrypted: bool) -> bool:
    if visit is Visit.FROM_THE_INTERNET:
        return _is_global(address)
    return not is_encrypted and not _is_loopback(address)


@lru_cache(maxsize=256)
def _is_global(address: str) -> bool:
    try:
        return ip_address(address).is_global
    except ValueError:
        return False


@lru_cache(maxsize=256)
def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return True  # a Unix socket
