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
from bench.server import running
from bench.targets import SAVE, save_paths
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
        pairs: list[tuple[Target, ...]] = []
        sides = []
        for name, world, checkout in zip(_REVISION_NAMES, worlds, checkouts, strict=True):
            server = running(
                "application:application", world.env, scratch / f"{name}.log", checkout=checkout
            )
            sides.append((world, stack.enter_context(server)))
        for page in _pages(worlds[0]):
            requests = [Request(path) for path in page.paths]
            pairs.append(
                tuple(
                    Target(page.name, world.people, server, InTurn(requests))
                    for world, server in sides
                )
            )
        pairs.append(
            tuple(
                Target(SAVE, world.people, server, Saves(server, save_paths(world)))
                for world, server in sides
            )
        )
        targets = [target for pair in pairs for target in pair]
        measure(targets, rounds=options.rounds, requests=options.requests)
        _report(options.store, worlds[0].people, pairs)


def _pages(world: World) -> Iterator[MeasuredPage]:
    employees = world.loaded.employees
    common = Common(world.people)
    yield from list_pages(common, employees)
    yield from searches(common, employees)
    yield from other_pages(employees)


def _report(store: str, people: int, pairs: Sequence[tuple[Target, ...]]) -> None:
    print(f"{store}, {people:,} people: after, as a multiple of before")
    for before, after in pairs:
        print(
            f"  {before.name:38} {after.times(before):5.2f} x time"
            f" {after.cpu_times(before):5.2f} x CPU ({after.cpu_ms:.2f} ms)"
        )


if __name__ == "__main__":
    main()
