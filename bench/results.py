"""What was measured, as plain data: kept as JSON, so that one store can be measured anew alone."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

FILE = "speed.json"


@dataclass(frozen=True)
class PageFigures:
    """One page at one size. ``units`` are capacity units of DynamoDB for one request."""

    page: str
    people: int
    cards: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float
    x_bare: float
    x_bare_cpu: float
    x_cards: float
    p99_cpu_ms: float | None = None
    x_small: float | None = None
    x_small_cpu: float | None = None
    small: int | None = None
    read_units: float | None = None
    most_read_units: float | None = None
    write_units: float | None = None


@dataclass(frozen=True)
class WorldFigures:
    """One store at one size, as a whole: what came in, what went out, what it holds in memory."""

    people: int
    import_rate: float | None
    import_rate_per_core: float | None
    import_peak_mb: float | None
    import_interruptions: int
    export_rate: float
    export_cpu_ms: float
    export_peak_mb: float
    first_answer_seconds: float
    memory_before_mb: float
    memory_after_mb: float
    disk_bytes: float | None


@dataclass(frozen=True)
class SdkFigures:
    """An import beside the bare SDK writing the same rows by BatchWriteItem, medians of rounds."""

    people: int
    rows_per_person: float
    ours_seconds: float
    one_thread_seconds: float
    more_threads: int
    more_threads_seconds: float
    x_one_thread: float
    x_more_threads: float


@dataclass(frozen=True)
class StoreFigures:
    """One store at all sizes, measured in the same rounds, and how the machine was meanwhile."""

    store: str
    about: dict[str, str]
    rounds: int
    requests: int
    bare_ms: float
    bare_cpu_ms: float
    cards_ms: float
    pages: list[PageFigures]
    worlds: list[WorldFigures]
    sdk: SdkFigures | None = None

    def page(self, name: str, people: int) -> PageFigures | None:
        """One page at one size, if it was measured."""
        found = (each for each in self.pages if (each.page, each.people) == (name, people))
        return next(found, None)

    @property
    def sizes(self) -> list[int]:
        """The sizes measured, the smallest first."""
        return sorted({each.people for each in self.pages})


@dataclass
class Results:
    """All stores; of each, what was measured last. ``upload`` is a sentence about photos."""

    stores: dict[str, StoreFigures] = field(default_factory=dict)
    upload: str = ""

    def write(self, folder: Path) -> None:
        """Keep them in a folder."""
        text = json.dumps(asdict(self), indent=1, ensure_ascii=False)
        (folder / FILE).write_text(f"{text}\n")


def read_results(folder: Path) -> Results:
    """What was kept in a folder; nothing where nothing was, or what another bench has kept."""
    if not (folder / FILE).exists():
        return Results()
    kept = json.loads((folder / FILE).read_text())
    try:
        stores = {name: _store(each) for name, each in kept["stores"].items()}
    except TypeError:  # figures of other names
        return Results()
    return Results(stores, kept["upload"])


def _store(kept: dict[str, Any]) -> StoreFigures:
    kept["pages"] = [PageFigures(**each) for each in kept["pages"]]
    kept["worlds"] = [WorldFigures(**each) for each in kept["worlds"]]
    kept["sdk"] = SdkFigures(**kept["sdk"]) if kept["sdk"] else None
    return StoreFigures(**kept)
