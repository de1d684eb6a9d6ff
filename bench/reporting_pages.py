"""Who reports to whom: the pages of it, and giving somebody another manager."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from itertools import cycle, islice

from bench.asking import InTurn, Request, connected
from bench.checkout import ROOT
from bench.organisation import (
    ALONE,
    BOSSES,
    DEPTH,
    FEW,
    LINE,
    MANY,
    MOVERS,
    in_line,
    in_tree,
    manager_of,
    many_of,
)
from bench.rounds import Target
from bench.saves import filled_in
from bench.server import Server
from bench.worlds import World
from tests.support.environment import isolated

PERSON_ALONE, PERSON_IN_LINE = "person without a manager", "person with manager and reports"
CHART = f"org chart, depth {DEPTH}, {FEW} reports"
FEW_REPORTS, MANY_REPORTS = f"org chart, {FEW} reports", f"org chart, {MANY:,} reports"
LONG_LINE = f"org chart, a line of {LINE}"
LIST_OF_REPORTS = "list of the reports of somebody"
SAVE_MANAGER = "save of another manager"
PAGES = (PERSON_ALONE, PERSON_IN_LINE, CHART, FEW_REPORTS, LONG_LINE, LIST_OF_REPORTS)


def store_organisation(world: World) -> None:
    """Store people with reporting lines, by a process of its own."""
    command = [sys.executable, "-m", "bench.organisation", str(world.people)]
    subprocess.run(command, cwd=ROOT, env=isolated(dict(world.env)), check=True)


def reporting_pages(server: Server, people: int) -> Iterator[Target]:
    """Yield the pages that tell of the people of ``store_organisation``.

    In a small world fewer than MANY report to the manager of many.
    """
    paths = {
        PERSON_ALONE: f"/employee/{ALONE}",
        PERSON_IN_LINE: f"/employee/{in_tree(DEPTH)}",
        CHART: f"/org/{in_tree(DEPTH)}",
        FEW_REPORTS: f"/org/{manager_of(FEW)}",
        MANY_REPORTS: f"/org/{manager_of(many_of(people))}",
        LONG_LINE: f"/org/{in_line(LINE + 1)}",
        LIST_OF_REPORTS: f"/?manager={manager_of(many_of(people))}",
    }
    for name, path in paths.items():
        yield Target(name, people, server, InTurn([Request(path)]))
    yield Target(SAVE_MANAGER, people, server, Moves(server))


class Moves:
    """Forms that only have to be sent, each of which gives somebody another manager.

    It begins with whom none of these has moved, then moves them to and fro.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._moves = cycle((each, boss) for boss in reversed(BOSSES) for each in MOVERS)

    def on(self, server: Server) -> Moves:
        """Return the same forms of another server of the same world."""
        others = Moves(server)
        others._moves = self._moves
        return others

    def __call__(self, number: int) -> list[Request]:
        """Return the next so many forms, of at most as many people as there are."""
        with connected(self._server.port) as connection:
            return [
                filled_in(connection, f"/edit/{employee_id}", {"manager": [boss]})
                for employee_id, boss in islice(self._moves, min(number, len(MOVERS)))
            ]
