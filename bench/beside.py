"""This revision beside an earlier one, in the same rounds: ``python -m bench.beside REVISION``.

Each has a server and a store of its own with the same people, loaded by its own code; every page is
asked for from both in turn, so that whatever else the machine does falls on both.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.asking import InTurn, Request
from bench.checkout import HERE, Checkout, check_out
from bench.pages import Common, MeasuredPage, list_pages, other_pages, searches
from bench.rounds import Target, measure
from bench.saves import Saves
from bench.server import Server, running
from bench.targets import SAVE, requests_on, save_paths
from bench.units import units_of
from bench.worlds import DYNAMODB, SQLITE, World, dynamodb_env, dynamodb_local, load_world
from tests.support.environment import isolate

_REVISION_NAMES = ("before", "after")


def main(arguments: list[str] | None = None) -> None:
    """Print, for each page, the later revision's time and CPU as multiples of the earlier one's."""
    options = _options(arguments)
    isolate(os.environ)
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        checkouts = [check_out(options.revision, scratch / "before"), HERE]
        for people in options.sizes:
            with _worlds(options.store, people, checkouts, scratch) as worlds:
                _measure(worlds, checkouts, options, scratch)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.beside", description=__doc__)
    parser.add_argument("revision")
    parser.add_argument("--store", choices=(SQLITE, DYNAMODB), default=SQLITE)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 100_000])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--requests", type=int, default=10)
    parser.add_argument("--pages", nargs="+", metavar="PAGE", help="these alone, such as save")
    return parser.parse_args(arguments)


@contextmanager
def _worlds(
    store: str, people: int, checkouts: Sequence[Checkout], scratch: Path
) -> Iterator[list[World]]:
    """A world for each checkout; on DynamoDB two tables of one emulator."""
    with ExitStack() as stack:
        endpoint = stack.enter_context(dynamodb_local(scratch)) if store == DYNAMODB else ""
        worlds = []
        for name, checkout in zip(_REVISION_NAMES, checkouts, strict=True):
            env = dynamodb_env(endpoint, f"{name}-{people}") if endpoint else {}
            folder = scratch / f"{store}-{name}-{people}"
            worlds.append(load_world(store, people, folder, env, checkout))
        yield worlds


def _measure(
    worlds: Sequence[World],
    checkouts: Sequence[Checkout],
    options: argparse.Namespace,
    scratch: Path,
) -> None:
    with ExitStack() as stack:

        def start(application: str, number: int, workers: int) -> Server:
            log = scratch / f"{_REVISION_NAMES[number]}.log"
            world, checkout = worlds[number], checkouts[number]
            return stack.enter_context(
                running(application, world.env, log, workers=workers, checkout=checkout)
            )

        servers = [start("application:application", number, 2) for number in range(2)]
        pairs = [
            pair
            for pair in zip(*map(_targets, worlds, servers), strict=True)
            if not options.pages or pair[0].name in options.pages
        ]
        measure(
            [target for pair in pairs for target in pair],
            rounds=options.rounds,
            requests=options.requests,
        )
        _report(worlds, pairs)
        if options.store == DYNAMODB:
            inside = [start("bench.inside:application", number, 1) for number in range(2)]
            _report_units(pairs, inside, 2 * options.requests)


def _targets(world: World, server: Server) -> Iterator[Target]:
    for page in _pages(world):
        requests = [Request(path) for path in page.paths]
        yield Target(page.name, world.people, server, InTurn(requests))
    yield Target(SAVE, world.people, server, Saves(server, save_paths(world)))


def _pages(world: World) -> Iterator[MeasuredPage]:
    employees = world.loaded.employees
    common = Common(world.people)
    yield from list_pages(common, employees)
    yield from searches(common, employees)
    yield from other_pages(employees)


def _report(worlds: Sequence[World], pairs: Sequence[tuple[Target, ...]]) -> None:
    print(f"{worlds[0].store}, {worlds[0].people:,} people: after, as a multiple of before")
    for before, after in pairs:
        print(
            f"  {before.name:38} {after.times(before):5.2f} x time"
            f" {after.cpu_times(before):5.2f} x CPU ({after.cpu_ms:.2f} ms)"
        )


def _report_units(
    pairs: Sequence[tuple[Target, ...]], inside: Sequence[Server], number: int
) -> None:
    print("capacity units before and after")
    for pair in pairs:
        before, after = (
            units_of(server, requests_on(server, target.requests), number)
            for server, target in zip(inside, pair, strict=True)
        )
        print(
            f"  {pair[0].name:38} {before.read:5.4g} {after.read:5.4g} RCU"
            f" {before.write:5.4g} {after.write:5.4g} WCU"
        )


if __name__ == "__main__":
    main()
