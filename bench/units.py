"""Capacity units of DynamoDB for one request: one request after another, in a quiet process."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable
from typing import NamedTuple

from bench.asking import Request, ask, connected
from bench.server import Server


class Units(NamedTuple):
    """What one request is charged for: the median of several, and the most of reading."""

    read: float
    most_read: float
    write: float


def units_of(server: Server, requests: Callable[[int], list[Request]], number: int) -> Units:
    """Ask so many times a server of ``bench.inside`` with one worker; what it was charged for.

    What is done after a page was sent counts too.
    """
    reads, writes = [], []
    for request in requests(number):
        with connected(server.port) as connection:
            before = json.loads(ask(connection, Request("/-/units")).body)
            ask(connection, request)
            after = json.loads(ask(connection, Request("/-/units")).body)
        reads.append(after["read"] - before["read"])
        writes.append(after["write"] - before["write"])
    return Units(statistics.median(reads), max(reads), statistics.median(writes))
