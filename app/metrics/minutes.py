"""The line of metrics that each machine writes once a minute: one of its workers does."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from itertools import product

from app.metrics.emf import MAX_VALUES, MetricsLog
from app.metrics.names import Metric
from app.metrics.requests import SLOWEST, Latency, RequestMetrics
from app.model.errors import StorageUnavailable
from app.runtime import deadline
from app.runtime.background import BackgroundThread
from app.runtime.process_counters import ProcessCounters
from app.runtime.runtime_dir import RuntimeDir

MINUTE_SECONDS = 60.0
_LOOK_SECONDS = 15.0
_MAX_LOOK_SECONDS = 4.0
# An import that needs work is taken up within seconds, and at once where another one ends.
STALLED_SECONDS = 300.0
_BUCKETS = tuple(range(SLOWEST + 1))
# So many values show how the requests of a minute were spread, if there were more.
_SPREAD = MAX_VALUES - len(_BUCKETS)
_DIGITS = 4  # a journal of Amazon Linux 2 cuts lines after 2,048 bytes


class MinuteLine(BackgroundThread):
    """Writes what happened since the last line, also of workers that have ended since.

    ``disk_is_full`` says whether this machine cannot write, ``waiting_imports`` how many imports
    need work if none is worked on; it may raise StorageUnavailable.
    """

    def __init__(
        self,
        folder: RuntimeDir,
        log: MetricsLog,
        requests: RequestMetrics,
        disk_is_full: Callable[[], bool],
        waiting_imports: Callable[[], int],
    ) -> None:
        super().__init__("metrics", folder, _LOOK_SECONDS)
        self._log = log
        self._requests = requests
        self._disk_is_full = disk_is_full
        self._waiting_imports = waiting_imports
        # What was told, which the worker that goes on with it has to know.
        self._told = ProcessCounters(
            ("requests", "failed", "unavailable", *product(("took", "microseconds"), _BUCKETS))
        )
        self._looked_at = self._told_at = time.monotonic()
        self._full_seconds = 0.0
        self._waiting_since: float | None = None

    def begin(self) -> None:
        """Start the thread once per process, if metrics are logged."""
        if self._log.is_on:
            super().begin()

    def run_once(self) -> bool:
        """Look at the disk; write the line if it is due, and return whether it was."""
        now = time.monotonic()
        if self._disk_is_full():
            self._full_seconds += min(now - self._looked_at, MINUTE_SECONDS)
        self._looked_at = now
        if now - self._told_at < MINUTE_SECONDS:
            return False
        self._told_at = now
        self._log.write({**self._since_last_line(), **self._of_machine(now)})
        return True

    def _since_last_line(self) -> dict[Metric, float | Sequence[float]]:
        totals = self._requests.now()
        requests, failed, buckets = totals.of_people()
        now: dict[Hashable, int] = {
            "requests": requests,
            "failed": failed,
            "unavailable": sum(totals.unavailable().values()),
        }
        for number, bucket in enumerate(buckets):
            now["took", number] = bucket.counts[0]
            now["microseconds", number] = round(1_000_000 * bucket.seconds)
        told = self._told.totals()
        new = {name: max(0, count - told[name]) for name, count in now.items()}
        self._told.add(new)
        spread = [
            Latency((new["took", number],), new["microseconds", number] / 1_000_000)
            for number in _BUCKETS
        ]
        return {
            Metric.REQUESTS: new["requests"],
            Metric.SERVER_ERRORS: new["failed"],
            Metric.UNAVAILABLE: new["unavailable"],
            Metric.REQUEST_SECONDS: list(values_of(spread)),
        }

    def _of_machine(self, now: float) -> dict[Metric, float | Sequence[float]]:
        full, self._full_seconds = round(self._full_seconds, 1), 0.0
        return {Metric.DISK_FULL_SECONDS: full, Metric.IMPORTS_STOPPED: self._stalled_imports(now)}

    def _stalled_imports(self, now: float) -> int:
        """Return how many imports have waited for STALLED_SECONDS while none was worked on."""
        try:
            with deadline.within(_MAX_LOOK_SECONDS):
                waiting = self._waiting_imports()
        except StorageUnavailable:
            return 0  # a database that does not respond is told of otherwise
        if not waiting:
            self._waiting_since = None
            return 0
        if self._waiting_since is None:
            self._waiting_since = now
        return waiting if now - self._waiting_since >= STALLED_SECONDS else 0


def values_of(buckets: Sequence[Latency]) -> Iterator[float]:
    """Yield at most MAX_VALUES seconds that are spread as the requests of these buckets are.

    Each is the mean of its bucket, so that up to _SPREAD requests have their true sum.
    """
    requests = sum(bucket.counts[0] for bucket in buckets)
    for bucket in buckets:
        if count := bucket.counts[0]:
            times = count if requests <= _SPREAD else max(1, count * _SPREAD // requests)
            yield from [round(bucket.seconds / count, _DIGITS)] * times
