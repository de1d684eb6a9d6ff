"""Measures pages, memory, start and photos, and prints Markdown tables."""

from __future__ import annotations

import argparse
import re
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from bench import photos
from bench.rounds import Target, measure
from bench.server import Server, flask, running
from tests.ground.dynamodb_local import running_dynamodb_local

_LIMITS = {"sqlite": 5.0, "dynamodb": 12.0}
_PERSON_LIMIT = 8.0


class World(NamedTuple):
    """One store filled with so many people, and the environment that names it."""

    store: str
    people: int
    env: dict[str, str]


def main() -> None:
    """Fill the stores, start the servers, measure them side by side, print what was found."""
    options = _options()
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        worlds = [*_sqlite_worlds(options.sqlite, folder)]
        if options.dynamodb:
            worlds += stack.enter_context(_dynamodb_worlds(options.dynamodb, folder))
        yardstick = stack.enter_context(
            running("bench.yardsticks:application", {}, folder / "yardsticks.log")
        )
        servers = [
            stack.enter_context(running("application:application", world.env, folder / "app.log"))
            for world in worlds
        ]
        targets = [Target("bare view", yardstick, ["/bare"])]
        targets.append(Target("constant page of 24 cards", yardstick, ["/cards"]))
        for world, server in zip(worlds, servers, strict=True):
            targets.extend(_pages(world, server))
        before = [server.memory_mb() for server in servers]
        measure(targets, rounds=options.rounds, requests=options.requests)
        _print_pages(targets)
        _print_servers(worlds, servers, before)
    photos.report()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    sizes = {"type": lambda text: [int(size) for size in text.split(",") if size]}
    parser.add_argument("--sqlite", default=[1_000, 100_000], **sizes)  # type: ignore[arg-type]
    parser.add_argument("--dynamodb", default=[1_000, 50_000], **sizes)  # type: ignore[arg-type]
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--requests", type=int, default=100)
    return parser.parse_args()


def _sqlite_worlds(sizes: list[int], folder: Path) -> Iterator[World]:
    for people in sizes:
        env = {"INSTANCE_FOLDER": str(folder / f"sqlite-{people}")}
        flask(["sample-data", "--people", str(people)], env)
        yield World("sqlite", people, env)


@contextmanager
def _dynamodb_worlds(sizes: list[int], folder: Path) -> Iterator[list[World]]:
    with running_dynamodb_local(folder, heap="6g") as endpoint:
        worlds = []
        for people in sizes:
            env = {
                "DYNAMO_MODE": "on",
                "DYNAMO_TABLE": f"Employees{people}",
                "AWS_ENDPOINT_URL_DYNAMODB": endpoint,
                "AWS_DEFAULT_REGION": "us-west-2",
                "INSTANCE_FOLDER": str(folder / f"dynamodb-{people}"),
                "PHOTOS_FOLDER": str(folder / f"dynamodb-{people}" / "photos"),
            }
            flask(["setup"], env)
            flask(["sample-data", "--people", str(people)], env)
            worlds.append(World("dynamodb", people, env))
        yield worlds


def _pages(world: World, server: Server) -> Iterator[Target]:
    """The pages that are promised a cost; many addresses each, so that no cache is measured."""
    letters = [f"/?letter={letter}" for letter in "abcdefghijklmnoprstuvwyz"]
    words = ["ma", "jo", "an", "ka", "garcia", "engineer", "manager", "lisbon", "si", "el", "be"]
    people = sorted(set(_links(server, letters)))
    yield _target(world, server, "list, first page", ["/"])
    yield _target(world, server, "list, by letter", letters)
    yield _target(world, server, "search, one word", [f"/?q={word}" for word in words])
    yield _target(world, server, "person", people[:200])


def _target(world: World, server: Server, page: str, paths: list[str]) -> Target:
    return Target(f"{world.store}, {world.people:,} people: {page}", server, paths)


def _links(server: Server, paths: list[str]) -> Iterator[str]:
    import urllib.request

    for path in paths:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.port}{path}") as page:
            yield from re.findall(r'href="(/employee/[^"]+)"', page.read().decode())


def _print_pages(targets: list[Target]) -> None:
    bare, cards = targets[0], targets[1]
    print("| page | p50 ms | p99 ms | CPU ms | x bare (p50) | x bare (CPU) | x cards (p50) |")
    print("|---|---|---|---|---|---|---|")
    for target in targets:
        print(
            f"| {target.name} | {target.p50_ms:.2f} | {target.p99_ms:.2f} | {target.cpu_ms:.2f} "
            f"| {target.p50_ms / bare.p50_ms:.1f} | {target.cpu_ms / bare.cpu_ms:.1f} "
            f"| {target.p50_ms / cards.p50_ms:.1f} |"
        )


def _print_servers(worlds: list[World], servers: list[Server], before: list[float]) -> None:
    print("\n| store | people | first answer s | memory MB before load | after load |")
    print("|---|---|---|---|---|")
    for world, server, memory in zip(worlds, servers, before, strict=True):
        print(
            f"| {world.store} | {world.people:,} | {server.first_answer_seconds:.2f} "
            f"| {memory:.0f} | {server.memory_mb():.0f} |"
        )


if __name__ == "__main__":
    main()
