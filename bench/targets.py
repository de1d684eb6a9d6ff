"""What is measured of a world: its servers, and every page of it as a target."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple
from urllib.parse import quote

from bench.asking import InTurn, Request, ask, connected
from bench.history_pages import Leaving, history_pages, store_histories
from bench.pages import Common, list_pages, other_pages, searches
from bench.reporting_pages import Moves, reporting_pages, store_organisation
from bench.rounds import Target
from bench.saved_bytes import saving_pages
from bench.saves import Saves
from bench.server import Server
from bench.signed_in import signed_in_pages
from bench.worlds import World

COUNTS, SAVE = "counts, read anew", "save"

Requests = Callable[[int], list[Request]]
Start = Callable[[str, World | None, int], Server]


class Live(NamedTuple):
    """A world and its servers: the one that is measured, and one that tells of its inside."""

    world: World
    server: Server
    inside: Server
    memory_before: float
    most_changes: int


class Group(NamedTuple):
    """One page at every size, and the yardsticks that are asked beside it."""

    bare: Target
    cards: Target
    sizes: list[Target]


def begin(world: World, start: Start, most_changes: int) -> Live:
    """Start the servers of a world; ``start`` is told the application and how many workers."""
    # First, since a server may tell of earlier counts for some seconds.
    store_histories(world, most_changes)
    store_organisation(world)
    server = start("application:application", world, 2)
    with connected(server.port) as connection:
        for _ in range(4):
            ask(connection, Request("/"))
    memory = server.memory_mb()
    inside = start("bench.inside:application", world, 1)
    return Live(world, server, inside, memory, most_changes)


def groups(lives: list[Live], yardstick: Server) -> Iterator[Group]:
    """Every page of these worlds, in the order of the table."""
    common = Common(min(live.world.people for live in lives))
    for same_page in zip(*(_targets(live, common) for live in lives), strict=True):
        bare = Target("bare view", 0, yardstick, InTurn([Request("/bare")]))
        cards = Target("constant page", 0, yardstick, InTurn([Request("/cards")]))
        yield Group(bare, cards, list(same_page))


def _targets(live: Live, common: Common) -> Iterator[Target]:
    world, some = live.world, live.world.loaded.employees
    for page in (*list_pages(common, some), *searches(common, some), *other_pages(some)):
        requests = InTurn([Request(path) for path in page.paths])
        yield Target(page.name, world.people, live.server, requests)
    yield from signed_in_pages(live.server, live.world)
    yield from saving_pages(live.server, world.people)
    yield from history_pages(live.server, world.people, live.most_changes)
    yield from reporting_pages(live.server, world.people)
    counts = InTurn([Request("/-/counts")])
    yield Target(COUNTS, world.people, live.inside, counts)
    yield Target(SAVE, world.people, live.server, Saves(live.server, save_paths(world)))


def requests_on(server: Server, requests: Requests) -> Requests:
    """Return the same requests for another server of the same world."""
    return requests.on(server) if isinstance(requests, Saves | Leaving | Moves) else requests


def save_paths(world: World) -> list[str]:
    """The forms of some people of a world."""
    return [f"/edit/{quote(each.id)}" for each in world.loaded.employees]
