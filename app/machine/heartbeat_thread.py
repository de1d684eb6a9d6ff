"""The thread that stores a heartbeat every five seconds, in one worker of a machine."""

import logging

from app.machine.console import Console
from app.model.errors import StorageUnavailable
from app.runtime import deadline
from app.runtime.background import BackgroundThread

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 5.0
_MAX_SECONDS = 4.0


class HeartbeatThread(BackgroundThread):
    """Stores the heartbeats of this machine, if the store supports them."""

    def __init__(self, console: Console) -> None:
        super().__init__("heartbeat", console.folder, HEARTBEAT_SECONDS)
        self._console = console
        self._failed = False

    def begin(self) -> None:
        """Start the thread once per process, if the store supports heartbeats."""
        if self._console.heartbeats is not None:
            super().begin()

    def run_once(self) -> bool:
        """Store one heartbeat; return whether that succeeded."""
        try:
            with deadline.within(_MAX_SECONDS):
                self._console.send_heartbeat()
        except StorageUnavailable as error:
            if not self._failed:
                log.warning("the heartbeat could not be written: %s", error)
            self._failed = True
            return False
        if self._failed:
            log.info("heartbeats are written again")
        self._failed = False
        return True
