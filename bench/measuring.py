"""Everything that is measured of one store: all its sizes in the same rounds."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from bench.asking import InTurn, ask, connected
from bench.checkout import ROOT
from bench.exporting import export
from bench.histories import MANY
from bench.history_pages import LEAVE
from bench.results import PageFigures, SdkFigures, StoreFigures, WorldFigures
from bench.rounds import Target, measure
from bench.server import Server, running
from bench.targets import Group, Live, begin, groups, requests_on
from bench.units import Units, units_of
from bench.worlds import DYNAMODB, World, dynamodb_env, dynamodb_local
from tests.support.environment import isolated

# A page is as full as a fuller one, if it shows so much of its cards.
_AS_FULL = 0.97
_CARD = b'class="name"'


class Effort(NamedTuple):
    """How much is asked: so many rounds of so many requests, and so many people by the SDK.

    ``most_changes`` is how many there are of the person who changed often.
    """

    rounds: int
    requests: int
    sdk_people: int
    most_changes: int = MANY

    @property
    def looked_into(self) -> int:
        """How many requests of a page are looked into, for its cards and its units."""
        return 2 * self.requests

    @property
    def sdk_rounds(self) -> int:
        return min(3, self.rounds)


def measure_store(store: str, worlds: list[World], effort: Effort, folder: Path) -> StoreFigures:
    """Measure these worlds of one store side by side. ``about`` is left for the caller to tell."""
    with ExitStack() as stack:

        def start(target: str, world: World | None, workers: int) -> Server:
            env = world.env if world else {}
            return stack.enter_context(
                running(target, env, folder / f"{store}.log", workers=workers)
            )

        yardstick = start("bench.yardsticks:application", None, 2)
        lives = [begin(world, start, effort.most_changes) for world in worlds]
        pages = list(groups(lives, yardstick))
        # What changes the counts comes after what reads them, which would count anew each time.
        for of_counts in False, True:
            some = [group for group in pages if (group.sizes[0].name == LEAVE) is of_counts]
            asked = [target for group in some for target in (*group[:2], *group.sizes)]
            measure(asked, rounds=effort.rounds, requests=effort.requests)
        return StoreFigures(
            store=store,
            about={},
            rounds=effort.rounds,
            requests=effort.requests,
            bare_ms=statistics.median(group.bare.p50_ms for group in pages),
            bare_cpu_ms=statistics.median(group.bare.cpu_ms for group in pages),
            cards_ms=statistics.median(group.cards.p50_ms for group in pages),
            pages=[each for group in pages for each in _figures(group, lives, effort)],
            worlds=[_world_figures(live) for live in lives],
            sdk=_beside_the_sdk(effort, folder) if store == DYNAMODB else None,
        )


def _figures(group: Group, lives: list[Live], effort: Effort) -> Iterator[PageFigures]:
    cards = {target.people: _cards_of(target, effort) for target in group.sizes}
    for target, live in zip(group.sizes, lives, strict=True):
        small = next(
            other for other in group.sizes
            if cards[other.people] >= _AS_FULL * cards[target.people]
        )  # fmt: skip
        units = _units(target, live, effort)
        yield PageFigures(
            page=target.name,
            people=target.people,
            cards=cards[target.people],
            p50_ms=target.p50_ms,
            p99_ms=target.p99_ms,
            cpu_ms=target.cpu_ms,
            x_bare=target.times(group.bare),
            x_bare_cpu=target.cpu_times(group.bare),
            x_cards=target.times(group.cards),
            p99_cpu_ms=target.p99_cpu_ms,
            x_small=target.times(small) if small is not target else None,
            x_small_cpu=target.cpu_times(small) if small is not target else None,
            small=small.people if small is not target else None,
            read_units=units.read if units else None,
            most_read_units=units.most_read if units else None,
            write_units=units.write if units else None,
        )


def _cards_of(target: Target, effort: Effort) -> float:
    """How many people a page of this kind shows."""
    if not isinstance(target.requests, InTurn):
        return 0
    with connected(target.server.port) as connection:
        bodies = [ask(connection, each).body for each in target.requests(effort.looked_into)]
    return statistics.mean(body.count(_CARD) for body in bodies)


def _units(target: Target, live: Live, effort: Effort) -> Units | None:
    if live.world.store != DYNAMODB:
        return None
    requests = requests_on(live.inside, target.requests)
    return units_of(live.inside, requests, effort.looked_into)


def _world_figures(live: Live) -> WorldFigures:
    world, loaded = live.world, live.world.loaded
    after = live.server.memory_mb()
    exported = export(live.server)
    if exported.people < world.people:
        raise RuntimeError(f"only {exported.people} of {world.people} people were exported")
    return WorldFigures(
        people=world.people,
        import_rate=world.people / loaded.seconds if loaded.seconds else None,
        import_rate_per_core=world.people / loaded.cpu_seconds if loaded.cpu_seconds else None,
        import_peak_mb=loaded.peak_mb,
        import_interruptions=loaded.interruptions,
        export_rate=exported.people / exported.seconds,
        export_cpu_ms=1000 * exported.cpu_seconds / exported.people,
        export_peak_mb=exported.peak_mb,
        first_answer_seconds=live.server.first_answer_seconds,
        memory_before_mb=live.memory_before,
        memory_after_mb=after,
        disk_bytes=world.disk_bytes,
    )


def _beside_the_sdk(effort: Effort, folder: Path) -> SdkFigures:
    """On an emulator of their own: a full one is slower at transactions than at batches."""
    command = [
        sys.executable,
        "-m",
        "bench.bare_sdk",
        str(effort.sdk_people),
        str(effort.sdk_rounds),
    ]
    with dynamodb_local(folder) as endpoint:
        env = isolated(dynamodb_env(endpoint, "sdk"))
        done = subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE)
    return SdkFigures(**json.loads(done.stdout.splitlines()[-1]))
