"""Capacity units of DynamoDB for one request: one request after another, in a quiet process."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable
from typing import NamedTuple

from bench.asking import Request, ask, connected
from bench.server import Server


class Units(NamedTuple):
    """What one request is charged for: medians of several, and the most of reading.

    ``read`` is that of a page that was asked for a moment before, so that who matches is counted
    already; ``most_read`` has all that the first answer read.
    """

    read: float
    most_read: float
    write: float


def units_of(server: Server, requests: Callable[[int], list[Request]], number: int) -> Units:
    """Ask so many times a server of ``bench.inside`` with one worker; what it was charged for.

    What is done after a page was sent counts too.
    """
    first, again, writes = [], [], []
    for request in requests(number):
        read, write = _charge_of(server, request)
        first.append(read)
        writes.append(write)
        again.append(_charge_of(server, request)[0] if request.method == "GET" else read)
    return Units(statistics.median(again), max(first), statistics.median(writes))


def _charge_of(server: Server, request: Request) -> tuple[float, float]:
    """What one request reads and writes."""
    with connected(server.port) as connection:
        before = json.loads(ask(connection, Request("/-/units")).body)
        ask(connection, request)
        after = json.loads(ask(connection, Request("/-/units")).body)
    return after["read"] - before["read"], after["write"] - before["write"]
