"""The watch: a thread that has imports worked on, so that one goes on whatever was killed."""

from __future__ import annotations

import logging
import os
import threading
import weakref
from collections.abc import Callable
from typing import IO

from app.imports.importer import Importer
from app.model.errors import StorageUnavailable
from app.runtime import deadline
from app.runtime.runtime_dir import RuntimeDir

log = logging.getLogger(__name__)

FIRST_LOOK_SECONDS = 1.0
LOOK_SECONDS = 5.0
_LONGEST_LOOK_SECONDS = 4.0

# Works on the import with this id until it ends or rests.
Launch = Callable[[str], None]


class ImportScheduler:
    """Looks every five seconds, in one process of a machine, whether an import wants work.

    It begins in a process when it is told to: threads do not survive the fork of a worker.
    """

    def __init__(
        self,
        importer: Importer,
        folder: RuntimeDir,
        launch: Launch,
    ) -> None:
        self.importer = importer
        self.launch = launch
        self._folder = folder
        self._pid = 0
        self._beginning = threading.Lock()
        self._woken = threading.Event()

    def begin(self) -> None:
        """Begin to look, once in a process. Costs nothing when it has begun."""
        if self._pid == os.getpid() or not self._beginning.acquire(blocking=False):
            return
        try:
            if self._pid != os.getpid():
                self._pid = os.getpid()
                self._woken = threading.Event()
                arguments = (weakref.ref(self), self._woken)
                threading.Thread(
                    target=_look_on, args=arguments, name="imports", daemon=True
                ).start()
        finally:
            self._beginning.release()

    def wake(self) -> None:
        """Look at once: somebody asked for work in this process."""
        self.begin()
        self._woken.set()

    def try_lock(self) -> IO[bytes] | None:
        """The lock of the one process of this machine that looks for others' work too."""
        return self._folder.try_lock("imports")

    def look(self) -> bool:
        """Have the oldest import that wants it worked on; whether there was one."""
        try:
            with deadline.within(_LONGEST_LOOK_SECONDS):
                job_id = self.importer.due()
            if job_id is not None:
                self.launch(job_id)
        except StorageUnavailable as error:
            log.warning("imports wait: %s", error)
            return False
        return job_id is not None


def _look_on(known: weakref.ref[ImportScheduler], woken: threading.Event) -> None:
    turn: IO[bytes] | None = None
    woken.wait(FIRST_LOOK_SECONDS)
    while (watch := known()) is not None:
        asked = woken.is_set()
        woken.clear()
        turn = turn or watch.try_lock()
        if turn is not None or asked:
            watch.look()
        del watch
        woken.wait(LOOK_SECONDS)
    if turn is not None:
        turn.close()
