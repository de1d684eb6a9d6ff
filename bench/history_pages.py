"""What changed, and who left: the pages of it, and marking somebody as left."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import cycle, islice

from bench.asking import InTurn, Request, ask, connected
from bench.checkout import ROOT
from bench.histories import LEAVING, MANY, id_of, lengths
from bench.rounds import Target
from bench.saves import filled_in
from bench.server import Server
from bench.worlds import World
from tests.support.environment import isolated

FEW_CHANGES, PAGE_OF_CHANGES, MANY_CHANGES = (
    f"history, {each:,} changes" for each in lengths(MANY)
)
OLDER_CHANGES = f"{MANY_CHANGES}, in the middle"
AUDIT, OLDER_AUDIT, LEAVERS = "audit log", "audit log, in the middle", "leavers"
LEAVE = "mark as left"
_PAGES_BACK = 5
_OLDER = re.compile(rb'href="([^"]*[?;]cursor=[^"]*)"')


def store_histories(world: World, many: int) -> None:
    """Store people with histories and people who left, by a process of its own."""
    command = [sys.executable, "-m", "bench.histories", str(many)]
    subprocess.run(command, cwd=ROOT, env=isolated(dict(world.env)), check=True)


def history_pages(server: Server, people: int, many: int) -> Iterator[Target]:
    """Yield the pages that tell of the people of ``store_histories``."""
    histories = [f"/employee/{id_of(length)}/history" for length in lengths(many)]
    paths = {
        **dict(zip((FEW_CHANGES, PAGE_OF_CHANGES, MANY_CHANGES), histories, strict=True)),
        OLDER_CHANGES: _pages_back(server, histories[-1]),
        AUDIT: "/audit",
        OLDER_AUDIT: _pages_back(server, "/audit"),
        LEAVERS: "/leavers",
    }
    for name, path in paths.items():
        yield Target(name, people, server, InTurn([Request(path)]))
    yield Target(LEAVE, people, server, Leaving(server))


def _pages_back(server: Server, path: str) -> str:
    """Return the address some pages behind this one."""
    with connected(server.port) as connection:
        for _ in range(_PAGES_BACK):
            older = _OLDER.findall(ask(connection, Request(path)).body)[-1]
            path = older.decode().replace("&amp;", "&")
    return path


class Leaving:
    """Forms that only have to be sent, each of which marks somebody as left.

    Whoever left by an earlier one is restored before, which is not measured.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._ids = cycle(LEAVING)
        self._left: set[str] = set()

    def on(self, server: Server) -> Leaving:
        """Return the same forms of another server of the same world."""
        others = Leaving(server)
        others._ids, others._left = self._ids, self._left
        return others

    def __call__(self, number: int) -> list[Request]:
        """Return the next so many forms, of at most as many people as there are."""
        requests = []
        with connected(self._server.port) as connection:
            for employee_id in islice(self._ids, min(number, len(LEAVING))):
                if employee_id in self._left:
                    ask(connection, filled_in(connection, f"/restore/{employee_id}"))
                self._left.add(employee_id)
                requests.append(filled_in(connection, f"/leave/{employee_id}"))
        return requests
