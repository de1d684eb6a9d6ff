"""What was promised of speed and size, and what was measured of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from bench.results import PageFigures, StoreFigures
from bench.targets import COUNTS, SAVE
from bench.worlds import DYNAMODB, SQLITE

_LISTS = ("list, first page", "list, in the middle", "letter", "location", "department",
          "job title", "badge", "month of joining", "person")  # fmt: skip
_ONE_WORD = ("search: one frequent word", "search: one rare word")
_HARD = ("search: first and last name", "search: two frequent words",
         "search: a frequent and a rare word", "search: three frequent words",
         "search: three words, one rare", "search: two frequent words that never meet",
         "search: nothing like it")  # fmt: skip
_COUNTED = (COUNTS, "insights")
_LIST_PAGES = tuple(name for name in _LISTS if name != "person")
# Of which pages the cost may grow so many times, however many people there are.
_GROWTHS: tuple[tuple[str, tuple[str, ...], float], ...] = (
    ("list, letter, filter, person", _LISTS, 1.2),
    ("search of one word", _ONE_WORD, 1.5),
    ("counts and insights", _COUNTED, 1.2),
    ("save", (SAVE,), 1.2),
)
_TIMES_BARE = {SQLITE: 5.0, DYNAMODB: 8.0}
_BEST_IMPORT, _MOST_SDK, _MOST_GROWTH_MB = 5_000, 1.7, 8


class Verdict(NamedTuple):
    """One promise of one store: the limit, the worst that was measured, and whether it holds."""

    store: str
    promise: str
    limit: str
    measured: str
    kept: bool


def verdicts(figures: StoreFigures) -> Iterator[Verdict]:
    """What can be told of a store's promises from what was measured of it."""
    largest = figures.sizes[-1]
    at_most = _Checks(figures, [each for each in figures.pages if each.people == largest])
    growth = f"at {largest:,} people, against few"
    for what, names, limit in _GROWTHS:
        yield from at_most(f"{what} {growth}", names, limit, _growth, "{:.2f} x")
    limit = _TIMES_BARE[figures.store]
    pages: dict[str, tuple[str, ...]] = {"list pages": _LIST_PAGES, "search of one word": _ONE_WORD}
    for what, names in pages.items():
        yield from at_most(f"{what}, against the bare view", names, limit, _x_bare, "{:.1f} x")
    yield from at_most("other searches, p99", _HARD, 100, lambda page: page.p99_ms, "{:.0f} ms")
    if figures.store == DYNAMODB:
        yield from at_most("other searches", _HARD, 200, _most_read, "{:.0f} RCU")
        yield from at_most("list page", _LIST_PAGES, 3, lambda page: page.read_units, "{:.1f} RCU")
    yield from _of_worlds(figures)


class _Checks:
    """The worst page of several, against a limit."""

    def __init__(self, figures: StoreFigures, pages: list[PageFigures]) -> None:
        self._store = figures.store
        self._pages = {each.page: each for each in pages}

    def __call__(
        self,
        promise: str,
        names: tuple[str, ...],
        limit: float,
        value: Callable[[PageFigures], float | None],
        shape: str,
    ) -> Iterator[Verdict]:
        found = {name: value(self._pages[name]) for name in names if name in self._pages}
        known = {name: each for name, each in found.items() if each is not None}
        if not known:
            return
        worst = max(known, key=lambda name: known[name])
        told = shape.format(known[worst])
        detail = f"{told} ({worst})" if len(known) > 1 else told
        at_most = f"at most {shape.replace('.2f', 'g').replace('.1f', 'g').format(limit)}"
        yield Verdict(self._store, promise, at_most, detail, known[worst] <= limit)


def _growth(page: PageFigures) -> float | None:
    return page.x_small


def _x_bare(page: PageFigures) -> float | None:
    return page.x_bare


def _most_read(page: PageFigures) -> float | None:
    return page.most_read_units


def _of_worlds(figures: StoreFigures) -> Iterator[Verdict]:
    few, many = figures.worlds[0], figures.worlds[-1]
    if figures.store == SQLITE:
        rate = min(each.import_rate_per_core for each in figures.worlds)
        yield Verdict(
            SQLITE, "import", f"at least {_BEST_IMPORT:,} people/s a core", f"{rate:,.0f}",
            rate >= _BEST_IMPORT,
        )  # fmt: skip
    if figures.sdk:
        times = figures.sdk.x_one_thread
        yield Verdict(
            figures.store, "import, against the bare SDK", f"at most {_MOST_SDK} x",
            f"{times:.2f} x", times <= _MOST_SDK,
        )  # fmt: skip
    if few is many:
        return
    grown = many.memory_after_mb - few.memory_after_mb
    yield Verdict(
        figures.store, f"memory at {many.people:,} people, against {few.people:,}",
        f"at most {_MOST_GROWTH_MB} MB more", f"{grown:+.0f} MB", grown <= _MOST_GROWTH_MB,
    )  # fmt: skip
