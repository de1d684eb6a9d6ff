"""Requests to a server of the bench, one connection at a time, and how long each answer takes."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from types import MappingProxyType
from typing import NamedTuple

from tests.support.servers.server_process import HOST

_NO_HEADERS: Mapping[str, str] = MappingProxyType({})
_SECONDS = 60


class Request(NamedTuple):
    """One request, and the status that it must be answered with."""

    path: str
    method: str = "GET"
    headers: Mapping[str, str] = _NO_HEADERS
    body: bytes | None = None
    status: int = 200


class Answer(NamedTuple):
    """What came back, and how long it took until the last byte was there."""

    headers: http.client.HTTPMessage
    body: bytes
    seconds: float


@contextmanager
def connected(port: int) -> Iterator[http.client.HTTPConnection]:
    """A connection of its own, open already."""
    with closing(http.client.HTTPConnection(HOST, port, timeout=_SECONDS)) as connection:
        connection.connect()
        yield connection


def ask(connection: http.client.HTTPConnection, request: Request) -> Answer:
    """The answer to a request; raises when it is of another status than it must be."""
    started = time.perf_counter()
    connection.request(request.method, request.path, request.body, dict(request.headers))
    response = connection.getresponse()
    body = response.read()
    seconds = time.perf_counter() - started
    if response.status != request.status:
        raise RuntimeError(f"{request.method} {request.path} answered {response.status}")
    return Answer(response.headers, body, seconds)


class InTurn:
    """Requests of one kind, so many at a time, each in its turn."""

    def __init__(self, requests: Sequence[Request]) -> None:
        self._requests = requests
        self._asked = 0

    def __call__(self, number: int) -> list[Request]:
        start, self._asked = self._asked, self._asked + number
        return [self._requests[at % len(self._requests)] for at in range(start, start + number)]
