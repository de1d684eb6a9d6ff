"""Loads made-up people into the store that the environment names, and tells what it cost:

``python -m bench.loading PEOPLE FILE``. A process of its own, so that its memory and CPU are those
of the import alone; what it costs to make the people up is counted apart.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from app.contracts import EmployeeStore
from app.model.employee import Employee
from app.model.errors import StorageUnavailable
from app.runtime.gc_tuning import tune
from app.samples.loading import sample_people
from app.settings import Settings
from app.storage import open_stores

# So many people, from the first to the last, stand for all where a page is about one of them.
MOST_REMEMBERED = 200
_MADE_AT_ONCE = 100
_FIELDS = ("id", "full_name", "email", "job_title", "department", "location")


@dataclass(frozen=True)
class Loaded:
    """What an import was and cost. ``seconds`` and ``cpu_seconds`` are without making people up.

    None where the database came from elsewhere. ``interruptions`` tells how often the store did not
    answer in time and the import went on anew.
    """

    people: int
    seconds: float | None
    cpu_seconds: float | None
    peak_mb: float | None
    interruptions: int
    some: list[dict[str, Any]]

    @property
    def employees(self) -> list[Employee]:
        """Some of the people, evenly from the first to the last."""
        return [Employee(**each) for each in self.some]


def load(people: int) -> Loaded:
    """Add so many people to the store of the environment, which was empty."""
    settings = Settings.from_env(os.environ)
    settings.instance_folder.mkdir(parents=True, exist_ok=True)
    store = open_stores(settings).employees
    store.set_up()
    tune()  # as in every process of the directory
    if settings.dynamo_mode:
        _switch_stream(settings.dynamo_table, on=False)
    source = _Source(people)
    started, cpu = time.perf_counter(), time.process_time()
    interruptions = 0
    while not _all_are_in(store, source):
        interruptions += 1
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    if settings.dynamo_mode:
        _switch_stream(settings.dynamo_table, on=True)
    if store.facets().total != people:
        raise SystemExit("others were in the store too, or not everyone is")
    peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    spent = source.cpu_seconds
    return Loaded(people, seconds - spent, cpu - spent, peak_kb / 1024, interruptions, source.some)


def _switch_stream(table: str, *, on: bool) -> None:
    """DynamoDB Local looks through all records of a table's stream at each request to the table.

    It also counts a table's items before it answers here, a second for a million: longer than the
    directory waits for anything.
    """
    client: Any = boto3.client("dynamodb", config=Config(read_timeout=120))
    stream: dict[str, Any] = {"StreamEnabled": on}
    if on:
        stream["StreamViewType"] = "NEW_IMAGE"
    client.update_table(TableName=table, StreamSpecification=stream)


def _all_are_in(store: EmployeeStore, source: Iterable[Employee]) -> bool:
    """Go through the people once; who is in already stays."""
    try:
        for _ in store.add_many(source):
            pass
    except StorageUnavailable as error:
        print(f"the import goes on after: {error}", file=sys.stderr)
        return False
    return True


class _Source:
    """The people to be added; it keeps some in mind, and the CPU that it took to make them up."""

    def __init__(self, people: int) -> None:
        self._people = people
        self.cpu_seconds = 0.0
        self.some: list[dict[str, str]] = []

    def __iter__(self) -> Iterator[Employee]:
        self.some.clear()
        apart = max(1, self._people // MOST_REMEMBERED)
        made_up = enumerate(sample_people(self._people))
        while together := self._made(made_up):
            for number, person in together:
                if number % apart == 0 and len(self.some) < MOST_REMEMBERED:
                    self.some.append({name: getattr(person, name) for name in _FIELDS})
                yield person

    def _made(self, made_up: Iterator[tuple[int, Employee]]) -> list[tuple[int, Employee]]:
        """Some at once: to look at the clock for each of them would cost a microsecond."""
        before = time.thread_time()
        together = list(islice(made_up, _MADE_AT_ONCE))
        self.cpu_seconds += time.thread_time() - before
        return together


def read_loaded(file: Path) -> Loaded | None:
    """What an earlier run told of its import; None where none was finished."""
    return Loaded(**json.loads(file.read_text())) if file.exists() else None


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(json.dumps(asdict(load(int(sys.argv[1])))))
