"""Threads that work in the background of a server, in one process of a machine at a time."""

import os
import threading
import weakref
from abc import ABC, abstractmethod
from typing import IO

from app.runtime.runtime_dir import RuntimeDir

_idle = threading.Event()


def stay_idle() -> None:
    """Start no thread in this process any more: it only tries whether pages work."""
    _idle.set()


class BackgroundThread(ABC):
    """A job that is done every few seconds, by the process that has the lock of this name.

    The thread starts when ``begin`` is called first in a process, as threads do not survive the
    fork of a worker, and ends as soon as nothing else refers to this object.
    """

    def __init__(
        self,
        name: str,
        folder: RuntimeDir,
        pause_seconds: float,
        first_pause_seconds: float = 0.0,
    ) -> None:
        self._name = name
        self._folder = folder
        self.pause_seconds = pause_seconds
        self._first_pause_seconds = first_pause_seconds
        self._pid = 0
        self._starting = threading.Lock()
        self._woken = threading.Event()

    @abstractmethod
    def run_once(self) -> bool:
        """Do the job once; return whether it did something."""

    def begin(self) -> None:
        """Start the thread, once in a process. Costs nothing when it was started."""
        if self._pid == os.getpid() or _idle.is_set() or not self._starting.acquire(blocking=False):
            return
        try:
            if self._pid != os.getpid():
                self._pid = os.getpid()
                self._woken = woken = threading.Event()
                # At once when nobody refers to this any more, also in an hour's pause.
                owner = weakref.ref(self, lambda _: woken.set())
                arguments = (owner, woken, self._first_pause_seconds)
                threading.Thread(target=_run, args=arguments, name=self._name, daemon=True).start()
        finally:
            self._starting.release()

    def wake(self) -> None:
        """Do the job at once in this process, whichever process has the lock."""
        self.begin()
        self._woken.set()

    def run_if_due(self, lock: IO[bytes] | None) -> IO[bytes] | None:
        """Do the job if this process has the lock, can take it, or was woken; return the lock."""
        if was_woken := self._woken.is_set():
            self._woken.clear()  # only then: else a call that comes in between were lost
        lock = lock or self._folder.try_lock(self._name)
        if lock is not None or was_woken:
            self.run_once()
        return lock


def _run(
    owner: weakref.ref[BackgroundThread], woken: threading.Event, pause_seconds: float
) -> None:
    lock: IO[bytes] | None = None
    woken.wait(pause_seconds)
    while (thread := owner()) is not None:
        lock = thread.run_if_due(lock)
        pause_seconds = thread.pause_seconds
        del thread
        woken.wait(pause_seconds)
    if lock is not None:
        lock.close()
