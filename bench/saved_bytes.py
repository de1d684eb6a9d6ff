"""The list as browsers ask for it again and again: compressed, and only when it has changed."""

from __future__ import annotations

from collections.abc import Iterator

from bench.asking import InTurn, Request, ask, connected
from bench.rounds import Target
from bench.server import Server

_LIST = "/"
_GZIP = {"Accept-Encoding": "gzip"}


class Unchanged:
    """Asks whether the list has changed since it was opened, a moment before."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def __call__(self, number: int) -> list[Request]:
        with connected(self._server.port) as connection:
            mark = ask(connection, Request(_LIST)).headers["ETag"]
        return [Request(_LIST, headers={"If-None-Match": mark}, status=304)] * number


def saving_pages(server: Server, people: int) -> Iterator[Target]:
    """What of this the server does."""
    with connected(server.port) as connection:
        headers = ask(connection, Request(_LIST, headers=_GZIP)).headers
    if headers["Content-Encoding"]:
        requests = InTurn([Request(_LIST, headers=_GZIP)])
        yield Target("list, first page, compressed", people, server, requests)
    if headers["ETag"]:
        yield Target("list, first page, unchanged (304)", people, server, Unchanged(server))
