"""The thread that removes what is older than HISTORY_DAYS, once a day."""

import contextlib
import logging
import random
import time
from datetime import UTC, datetime

from app.contracts.history import AuditEntry, HistoryStore
from app.history.difference import next_moment
from app.history.retention import THINNED, first_kept_day
from app.machine.console import Console, machine_name
from app.model.errors import StorageUnavailable
from app.runtime.background import BackgroundThread

log = logging.getLogger(__name__)

_LOOK_SECONDS = 3_600.0
# So that machines that started together do not begin together.
_FIRST_LOOK_SECONDS = (300.0, 3_600.0)
_LATELY_SECONDS = 60.0
_MARK = "history-thinned"


class HistoryKeeper(BackgroundThread):
    """Thins the history out: of machines that know of each other, the first by name does it.

    Where they do not, each does: to remove twice harms nothing, and costs a look.
    """

    def __init__(self, history: HistoryStore | None, days: int, console: Console) -> None:
        first_look = random.uniform(*_FIRST_LOOK_SECONDS)
        super().__init__("history", console.folder, _LOOK_SECONDS, first_look)
        self._history = history
        self._days = days
        self._console = console

    def begin(self) -> None:
        """Start the thread once per process, if there is anything to remove, ever."""
        if self._history is not None and self._days:
            super().begin()

    def run_once(self) -> bool:
        """Remove what is too old, if nobody has today; return whether anything was removed."""
        today = datetime.now(UTC).date()
        if self._history is None or self._done_on() == today.isoformat():
            return False
        before = first_kept_day(self._days, today)
        try:
            if not self._is_first():
                return False
            removed = max(self._history.thin_out(before), default=0)
            if removed:
                tell_thinned(self._history, before, removed)
        except StorageUnavailable as error:
            log.warning("old changes could not be removed: %s", error)
            return False
        self._mark_done(today.isoformat())
        return removed > 0

    def _is_first(self) -> bool:
        """Return whether this machine is the first by name of those seen lately."""
        if self._console.heartbeats is None:
            return True
        now, this = time.time(), machine_name()
        others = (
            each for each in self._console.heartbeats.all() if now - each.at < _LATELY_SECONDS
        )
        return all(this <= each.machine for each in others)

    def _done_on(self) -> str:
        try:
            return self._folder.path(_MARK).read_text(encoding="ascii")
        except (OSError, UnicodeDecodeError):
            return ""

    def _mark_done(self, day: str) -> None:
        with contextlib.suppress(OSError):  # then it is done again, which harms nothing
            self._folder.path(_MARK).write_text(day, encoding="ascii")


def tell_thinned(history: HistoryStore, before: str, removed: int) -> None:
    """Tell in the audit log that changes were removed. Raises StorageUnavailable."""
    log.info("%d changes and entries from before %s were removed", removed, before)
    moment = next_moment("", datetime.now(UTC))
    details = (("before", before), ("number", str(removed)))
    history.note(AuditEntry(moment=moment, event=THINNED, details=details))
