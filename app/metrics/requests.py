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

# How often a worker adds the CPU time that it took, if it answers requests.
_CPU_SECONDS = 1.0
IN_FLIGHT = "in flight"
CPU = "CPU"


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
        place = self._counters.place_of
        self._in_flight, self._cpu = place(IN_FLIGHT), place(CPU)
        self._requests = {
            name: place(("requests", *name))
            for name in product(self.groups, METHODS, STATUS_CLASSES)
        }
        # Places of what belongs together are beside one another.
        self._took = {group: place(("took", group, 0)) for group in self.groups}
        self._microseconds = {group: place(("microseconds", group)) for group in self.groups}
        self._microseconds_of = place(("microseconds of", 0))
        self._cpu_read = 0
        self._cpu_due_at = 0.0

    def begin(self) -> None:
        """Count a request that has begun; exactly one of ``end`` and ``ended`` follows."""
        self._counters.add_at(((self._in_flight, 1),))

    def end(self) -> None:
        """Count that a request is not in progress any more, and nothing else."""
        self._counters.add_at(((self._in_flight, -1),))

    def ended(
        self, group: str, method: str, status: int, seconds: float, unavailable: str = ""
    ) -> None:
        """Count a request by how it ended; of 503, ``unavailable`` names what did not respond."""
        if group not in self._took:
            group = OTHER
        if method not in METHODS:
            method = OTHER
        bucket = bisect_left(BUCKETS, seconds)
        microseconds = round(1_000_000 * seconds)
        changes = [
            (self._in_flight, -1),
            (self._requests[group, method, min(max(status // 100, 1), 5)], 1),
            (self._took[group] + bucket, 1),
            (self._microseconds[group], microseconds),
        ]
        if group != PROBES:
            changes.append((self._microseconds_of + bucket, microseconds))
            if status == 503:
                reason = REASONS.get(unavailable, OTHER)
                changes.append((self._counters.place_of(("unavailable", reason)), 1))
        if (now := time.monotonic()) >= self._cpu_due_at:
            self._cpu_due_at = now + _CPU_SECONDS
            changes.append((self._cpu, self._cpu_since()))
        self._counters.add_at(changes)

    def refused(self, reason: str) -> None:
        """Count a request that the server answered with 503 by itself."""
        self._counters.add({("unavailable", REASONS.get(reason, OTHER)): 1})

    def now(self) -> Totals:
        """Return all counts as they are now."""
        return Totals(self._counters.totals(), self.groups)

    def answered(self) -> int:
        """Return how many requests were answered, those of monitors included."""
        return sum(count for *_, count in self.now().requests())

    def workers(self) -> list[int]:
        """Return the ids of the processes that have answered requests."""
        return self._counters.processes()

    def _cpu_since(self) -> int:
        """Return the microseconds of CPU time that this process took since the last call.

        A forked process begins at zero. Threads that ask at one moment may count a moment twice.
        """
        before, self._cpu_read = self._cpu_read, time.process_time_ns() // 1_000
        return self._cpu_read - before if self._cpu_read >= before else self._cpu_read


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
