"""How far ``flask follow`` is behind, told once a minute while it runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from app.contracts.following import FollowObserver
from app.metrics.jobs import JobName, Jobs
from app.metrics.names import Metric

TELL_SECONDS = 60.0
_NOTE_SECONDS = 10.0


class FollowMonitor(FollowObserver):
    """An observer: what it is told of goes into the log and the record of the job.

    A machine that waits for another one tells nothing, so that there is one value for all.
    """

    def __init__(self, jobs: Jobs, clock: Callable[[], float] = time.time) -> None:
        self._jobs = jobs
        self._clock = clock
        self._at = 0.0
        self._failures = 0
        self._next_told = self._next_noted = 0.0

    def caught_up_to(self, at: float) -> None:
        """Note that every change before this time (Unix time) is in the index."""
        self._at = at
        self._tell_if_due()

    def failed(self) -> None:
        """Note that it waits because a store did not answer."""
        self._failures += 1
        self._jobs.change(
            JobName.FOLLOW, lambda record: replace(record, failures=record.failures + 1)
        )
        self._tell_if_due()

    def waits_for_another(self) -> None:
        """Note that another machine follows."""
        self._at = 0.0
        self._note()

    def close(self) -> None:
        """Tell what was not told yet."""
        if self._at or self._failures:
            self._tell()

    def _tell_if_due(self) -> None:
        now = self._clock()
        if now >= self._next_noted:
            self._next_noted = now + _NOTE_SECONDS
            self._note()
        if now >= self._next_told:
            self._next_told = now + TELL_SECONDS
            self._tell()

    def _note(self) -> None:
        at = self._at
        self._jobs.change(JobName.FOLLOW, lambda record: replace(record, caught_up_at=at))

    def _tell(self) -> None:
        values: dict[Metric, float] = {Metric.FOLLOW_FAILURES: self._failures}
        if self._at:
            values[Metric.FOLLOW_BEHIND_SECONDS] = round(max(0.0, self._clock() - self._at), 3)
        self._failures = 0
        self._jobs.log.write(values)
