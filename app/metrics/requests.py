"""What is counted of requests, over all workers: how many, how they ended, and how long they took.

A *group* is a part of the pages, such as ``employees``: no address and no id is among the names.
"""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Hashable, Iterable, Iterator, Mapping
from itertools import product
from typing import NamedTuple

from app.runtime.process_counters import ProcessCounters

METHODS = ("GET", "HEAD", "POST", "other")
STATUS_CLASSES = (1, 2, 3, 4, 5)
# Upper bounds in seconds: of a page as it should be, a slow one, and one that waits for a store.
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
SLOWEST = len(BUCKETS)
# Why a request got 503: what did not respond, or a server that has too much to do.
BUSY_SERVER = "the server"
REASONS = {
    "the database": "database",
    "the photo store": "photos",
    "the disk of this machine": "disk",
    BUSY_SERVER: "busy",
}
OTHER = "other"
# Probes of balancers and monitors: they say nothing about what people get.
PROBES = "machine"

IN_FLIGHT = "in flight"
CPU = "CPU"


class Ended(NamedTuple):
    """How a request ended; ``unavailable`` names what did not respond, of a status of 503."""

    group: str
    method: str
    status: int
    seconds: float
    unavailable: str = ""


class Latency(NamedTuple):
    """How many requests took so long, by bucket, and all seconds together."""

    counts: tuple[int, ...]
    seconds: float


class RequestMetrics:
    """The counts of requests of all workers of a server; created before they are forked."""

    def __init__(self, groups: Iterable[str]) -> None:
        self.groups = tuple(dict.fromkeys((*groups, PROBES, OTHER)))
        buckets = range(SLOWEST + 1)
        self._counters = ProcessCounters(
            (
                *product(("requests",), self.groups, METHODS, STATUS_CLASSES),
                *product(("took",), self.groups, buckets),
                *product(("microseconds",), self.groups),
                *product(("microseconds of",), buckets),  # without probes
                *product(("unavailable",), (*REASONS.values(), OTHER)),
                CPU,
            ),
            gauges=(IN_FLIGHT,),
        )
        self.started_at = time.time()
        self._cpu = 0

    def begin(self) -> None:
        """Count a request that has begun."""
        self._counters.add({IN_FLIGHT: 1})

    def end(self) -> None:
        """Count a request that is not in progress any more, however it ended."""
        self._counters.add({IN_FLIGHT: -1})

    def ended(self, request: Ended) -> None:
        """Count a request by how it ended."""
        group = request.group if request.group in self.groups else OTHER
        method = request.method if request.method in METHODS else OTHER
        status = min(max(request.status // 100, 1), 5)
        bucket = bisect_left(BUCKETS, request.seconds)
        microseconds = round(1_000_000 * request.seconds)
        changes: dict[Hashable, int] = {
            ("requests", group, method, status): 1,
            ("took", group, bucket): 1,
            ("microseconds", group): microseconds,
            CPU: self._cpu_since(),
        }
        if group != PROBES:
            changes["microseconds of", bucket] = microseconds
        if request.status == 503 and group != PROBES:
            changes["unavailable", REASONS.get(request.unavailable, OTHER)] = 1
        self._counters.add(changes)

    def refused(self, reason: str) -> None:
        """Count a request that the server answered with 503 by itself."""
        self._counters.add({("unavailable", REASONS.get(reason, OTHER)): 1})

    def now(self) -> Totals:
        """Return all counts as they are now."""
        return Totals(self._counters.totals(), self.groups)

    def workers(self) -> list[int]:
        """Return the ids of the processes that have answered requests."""
        return self._counters.processes()

    def _cpu_since(self) -> int:
        """Return the microseconds of CPU time that this process took since the last call.

        Threads that ask at the same moment may count a moment twice.
        """
        before, self._cpu = self._cpu, time.process_time_ns() // 1_000
        return self._cpu - before if self._cpu >= before else self._cpu


class Totals:
    """All counts at one moment."""

    def __init__(self, counts: Mapping[Hashable, int], groups: tuple[str, ...]) -> None:
        self._counts = counts
        self._groups = groups

    @property
    def in_flight(self) -> int:
        """Return how many requests are in progress."""
        return max(0, self._counts[IN_FLIGHT])

    @property
    def cpu_seconds(self) -> float:
        """Return the CPU time of all workers, also of those that have ended."""
        return self._counts[CPU] / 1_000_000

    def requests(self) -> Iterator[tuple[str, str, int, int]]:
        """Yield group, method, class of the status, and the number of requests, if any."""
        for name in product(self._groups, METHODS, STATUS_CLASSES):
            if count := self._counts["requests", *name]:
                yield *name, count

    def unavailable(self) -> dict[str, int]:
        """Return the number of answers of 503 by their reason."""
        return {
            reason: self._counts["unavailable", reason] for reason in (*REASONS.values(), OTHER)
        }

    def latency(self) -> Iterator[tuple[str, Latency]]:
        """Yield each group that had requests, and how long they took."""
        for group in self._groups:
            counts = tuple(self._counts["took", group, bucket] for bucket in range(SLOWEST + 1))
            if any(counts):
                yield group, Latency(counts, self._counts["microseconds", group] / 1_000_000)

    def of_people(self) -> tuple[int, int, tuple[Latency, ...]]:
        """Return requests, those with a status of 5xx, and each bucket; all without probes."""
        asked = [(group, status, n) for group, _, status, n in self.requests() if group != PROBES]
        failed = sum(count for _, status, count in asked if status == 5)
        busy = self._counts["unavailable", "busy"]  # answered by the server by itself
        buckets = tuple(self._bucket(number) for number in range(SLOWEST + 1))
        return sum(count for *_, count in asked) + busy, failed + busy, buckets

    def _bucket(self, number: int) -> Latency:
        groups = (group for group in self._groups if group != PROBES)
        count = sum(self._counts["took", group, number] for group in groups)
        return Latency((count,), self._counts["microseconds of", number] / 1_000_000)
