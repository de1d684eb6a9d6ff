"""Interleaved rounds: the same moments of a noisy machine for every page, size and yardstick.

In each round every page is asked for a few times at every size in turn, with the yardsticks among
them, so that whatever else the machine does falls on all of them. Ratios are those of one round.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

from bench.asking import Request, ask, connected
from bench.server import Server


@dataclass
class Target:
    """One page of one server, and what was measured of it.

    ``requests`` gives the next so many requests; what it does for that is not measured.
    """

    name: str
    people: int
    server: Server
    requests: Callable[[int], list[Request]]
    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    round_medians: list[float] = field(default_factory=list)
    round_cpu: list[float] = field(default_factory=list)

    @property
    def p50_ms(self) -> float:
        """The median over rounds of each round's median."""
        return 1000 * statistics.median(self.round_medians)

    @property
    def p99_ms(self) -> float:
        """The 99th percentile over all requests."""
        return 1000 * _of_hundred(99, self.seconds)

    @property
    def p99_cpu_ms(self) -> float:
        """The 99th percentile of the server's CPU for one request."""
        return 1000 * _of_hundred(99, self.cpu)

    @property
    def cpu_ms(self) -> float:
        """CPU of the whole server per request, the median over rounds."""
        return 1000 * statistics.median(self.round_cpu)

    def times(self, other: Target) -> float:
        """How many times the other's time, round by round, at the median."""
        return _ratio(self.round_medians, other.round_medians)

    def cpu_times(self, other: Target) -> float:
        """How many times the other's CPU, round by round, at the median."""
        return _ratio(self.round_cpu, other.round_cpu)

    def take_part(self, requests: int) -> None:
        """Ask so many times in this round."""
        wanted = self.requests(requests)
        with connected(self.server.port) as connection:
            marks = [self.server.cpu_seconds()]
            seconds = []
            for request in wanted:
                seconds.append(ask(connection, request).seconds)
                marks.append(self.server.cpu_seconds())
        self.round_cpu.append((marks[-1] - marks[0]) / len(wanted))
        self.round_medians.append(statistics.median(seconds))
        self.seconds.extend(seconds)
        self.cpu.extend(after - before for before, after in pairwise(marks))

    def forget(self) -> None:
        """Begin anew: what was measured was for warming up."""
        for measured in (self.seconds, self.cpu, self.round_medians, self.round_cpu):
            measured.clear()


def measure(targets: list[Target], *, rounds: int, requests: int) -> None:
    """Ask every target in turn, ``rounds`` times over and once before, to warm up."""
    for number in range(rounds + 1):
        for target in targets:
            target.take_part(requests)
        if not number:
            for target in targets:
                target.forget()


def _of_hundred(number: int, measured: list[float]) -> float:
    """The percentile of this number."""
    if len(measured) < 2:
        return max(measured)
    return statistics.quantiles(measured, n=100, method="inclusive")[number - 1]


def _ratio(mine: list[float], theirs: list[float]) -> float:
    pairs = zip(mine, theirs, strict=True)
    return statistics.median(ours / max(other, 1e-9) for ours, other in pairs)
