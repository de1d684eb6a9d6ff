"""Interleaved rounds over one connection: the same moment of a noisy machine for every page."""

from __future__ import annotations

import http.client
import statistics
import time
from dataclasses import dataclass, field

from bench.server import Server
from tests.ground.server_process import HOST


@dataclass
class Target:
    """One page of one server, and what was measured of it."""

    name: str
    server: Server
    paths: list[str]
    seconds: list[float] = field(default_factory=list)
    round_medians: list[float] = field(default_factory=list)
    round_cpu: list[float] = field(default_factory=list)

    @property
    def p50_ms(self) -> float:
        """The median over rounds of each round's median."""
        return 1000 * statistics.median(self.round_medians)

    @property
    def p99_ms(self) -> float:
        """The 99th percentile over all requests."""
        return 1000 * statistics.quantiles(self.seconds, n=100)[98]

    @property
    def cpu_ms(self) -> float:
        """CPU of the whole server per request, the median over rounds."""
        return 1000 * statistics.median(self.round_cpu)


def measure(targets: list[Target], *, rounds: int, requests: int) -> None:
    """Ask every target in turn, ``rounds`` times over, ``requests`` requests each time."""
    connections = {
        target.server.port: http.client.HTTPConnection(HOST, target.server.port, timeout=30)
        for target in targets
    }
    for target in targets:
        _ask(target, connections[target.server.port], 20)
    for _ in range(rounds):
        for target in targets:
            before = target.server.cpu_seconds()
            seconds = _ask(target, connections[target.server.port], requests)
            target.round_cpu.append((target.server.cpu_seconds() - before) / requests)
            target.round_medians.append(statistics.median(seconds))
            target.seconds.extend(seconds)


def _ask(target: Target, connection: http.client.HTTPConnection, requests: int) -> list[float]:
    seconds = []
    for number in range(requests):
        path = target.paths[number % len(target.paths)]
        started = time.perf_counter()
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()
        seconds.append(time.perf_counter() - started)
        if response.status != 200:
            raise RuntimeError(f"{target.name}: {path} answered {response.status}")
    return seconds
