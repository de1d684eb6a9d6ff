"""Everyone as one file: how many people a second, and what the server holds meanwhile."""

from __future__ import annotations

import time
from typing import NamedTuple

from bench.asking import connected
from bench.server import Server

PATH = "/export.csv"
_PIECE = 1 << 18


class Exported(NamedTuple):
    """An export of so many people."""

    people: int
    seconds: float
    cpu_seconds: float
    peak_mb: float


def export(server: Server) -> Exported:
    """Fetch everyone as CSV; raises when the file is not whole."""
    lines, peak = 0, server.memory_mb()
    with connected(server.port) as connection:
        cpu, started = server.cpu_seconds(), time.perf_counter()
        connection.request("GET", PATH)
        response = connection.getresponse()
        while piece := response.read(_PIECE):
            lines += piece.count(b"\n")
            peak = max(peak, server.memory_mb())
        seconds = time.perf_counter() - started
        spent = server.cpu_seconds() - cpu
    # One line holds the names of the columns; what people say of themselves is on one line.
    return Exported(lines - 1, seconds, spent, peak)
