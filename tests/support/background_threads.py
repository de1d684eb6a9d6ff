"""The background threads of a test's applications end with the test.

They would write into the log of the next one, in the same process, while its stores are gone.
"""

from __future__ import annotations

import contextlib
import threading
import time
from typing import IO
from weakref import WeakSet

from app.runtime import background
from app.runtime.background import BackgroundThread

_begun: WeakSet[BackgroundThread] = WeakSet()
_ended: WeakSet[BackgroundThread] = WeakSet()
_begin = BackgroundThread.begin
_run, _run_if_due = background._run, BackgroundThread.run_if_due
_PATIENCE_SECONDS = 30.0


def watch() -> None:
    """Remember, from now on, who begins a thread in this process."""
    BackgroundThread.begin = _noted  # type: ignore[method-assign]
    BackgroundThread.run_if_due = _unless_ended  # type: ignore[method-assign]
    background._run = _until_ended


def end_all() -> None:
    """Return when the threads that were begun since the last call have ended.

    All are told before any is waited for: applications side by side name their threads alike.
    """
    ending = list(_begun)
    _begun.clear()
    _ended.update(ending)
    names = {one._name for one in ending}
    running = [each for each in threading.enumerate() if each.name in names]
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while (running := [each for each in running if _is_other(each)]) and (
        time.monotonic() < deadline
    ):
        for one in ending:  # again: one that was at work has cleared what it was told before
            one._woken.set()
        running[0].join(0.02)
    if not running:
        # An application that several tests share begins it again in the next of them.
        for one in ending:
            one._pid = 0
            _ended.discard(one)


def _is_other(thread: threading.Thread) -> bool:
    return thread.is_alive() and thread is not threading.current_thread()


def _noted(self: BackgroundThread) -> None:
    if self not in _ended:
        _begun.add(self)
        _begin(self)


class _Ended(Exception):
    """Ends the loop of a thread."""


def _until_ended(*arguments: object) -> None:
    with contextlib.suppress(_Ended):
        _run(*arguments)  # type: ignore[arg-type]


def _unless_ended(self: BackgroundThread, lock: IO[bytes] | None) -> IO[bytes] | None:
    if self not in _ended:
        return _run_if_due(self, lock)
    if lock is not None:
        lock.close()
    raise _Ended
