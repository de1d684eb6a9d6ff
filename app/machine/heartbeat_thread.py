"""The pulse: a thread that leaves a heartbeat every five seconds, in one worker of a machine."""

from __future__ import annotations

import logging
import os
import threading
import weakref
from typing import IO

from app.machine.console import Console
from app.model.errors import StorageUnavailable
from app.runtime import deadline

log = logging.getLogger(__name__)

BEAT_SECONDS = 5.0
_LONGEST_BEAT_SECONDS = 4.0


class HeartbeatThread:
    """Begins at the first request of a process: threads do not survive the fork of a worker."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._pid = 0
        self._beginning = threading.Lock()

    def begin(self) -> None:
        """Begin to beat, once in a process. Costs nothing when it has begun."""
        if self._pid == os.getpid() or self._console.heartbeats is None:
            return
        if not self._beginning.acquire(blocking=False):
            return
        try:
            if self._pid != os.getpid():
                self._pid = os.getpid()
                arguments = (weakref.ref(self._console),)
                threading.Thread(target=_beat_on, args=arguments, name="pulse", daemon=True).start()
        finally:
            self._beginning.release()


def _beat_on(known: weakref.ref[Console]) -> None:
    """Beat while this worker is the one of its machine that does, and the application is there."""
    pause = threading.Event()
    turn: IO[bytes] | None = None
    well = True
    while (console := known()) is not None:
        turn = turn or console.folder.try_lock("pulse")
        if turn is not None:
            well = _beat(console, was_well=well)
        del console
        pause.wait(BEAT_SECONDS)
    if turn is not None:
        turn.close()


def _beat(console: Console, *, was_well: bool) -> bool:
    try:
        with deadline.within(_LONGEST_BEAT_SECONDS):
            console.send_heartbeat()
    except StorageUnavailable as error:
        if was_well:
            log.warning("this machine leaves no heartbeat: %s", error)
        return False
    if not was_well:
        log.info("this machine leaves heartbeats again")
    return True
