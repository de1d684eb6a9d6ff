"""The thread that begins the counting of reports when it was asked for, or is a day old."""

import logging
import random
from collections.abc import Callable
from datetime import UTC, datetime

from app.directory.counting import Counting
from app.model.errors import StorageUnavailable
from app.runtime import deadline
from app.runtime.background import BackgroundThread
from app.runtime.runtime_dir import RuntimeDir

log = logging.getLogger(__name__)

_LOOK_SECONDS = 30.0
# So that machines that started together do not begin together.
_FIRST_LOOK_SECONDS = (60.0, 120.0)
_MAX_LOOK_SECONDS = 4.0


class CountScheduler(BackgroundThread):
    """Looks every half minute, in one process of a machine, whether reports are to be counted.

    ``launch`` counts in a process of its own, and returns how that was killed, or "".
    """

    def __init__(self, counting: Counting, folder: RuntimeDir, launch: Callable[[], str]) -> None:
        first_look = random.uniform(*_FIRST_LOOK_SECONDS)
        super().__init__("counting", folder, _LOOK_SECONDS, first_look)
        self._counting = counting
        self._launch = launch
        self._told = ""

    def run_once(self) -> bool:
        """Count if it is due; return whether it was."""
        try:
            with deadline.within(_MAX_LOOK_SECONDS):
                is_due = self._counting.state().is_due(datetime.now(UTC))
        except StorageUnavailable as error:
            self._tell_waiting(str(error))
            return False
        self._told = ""
        if is_due and (failure := self._launch()):
            self._counting.note_failure(failure, was_killed=True)
        return is_due

    def _tell_waiting(self, reason: str) -> None:
        """Log why nothing can be known, once until it is another reason."""
        if reason != self._told:
            log.warning("whether reports are to be counted is not known: %s", reason)
            self._told = reason
