"""What was promised of speed and size, and what was measured of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from bench.history_pages import AUDIT, FEW_CHANGES, MANY_CHANGES, OLDER_AUDIT
from bench.reporting_pages import (
    CHART,
    FEW_REPORTS,
    LONG_LINE,
    MANY_REPORTS,
    PAGES,
    PERSON_ALONE,
    PERSON_IN_LINE,
    SAVE_MANAGER,
)
from bench.results import PageFigures, StoreFigures
from bench.signed_in import FIRST_PAGE, PERSON, SIGNED_IN
from bench.targets import COUNTS, SAVE
from bench.worlds import DYNAMODB, SQLITE

_LISTS = ("list, first page", "list, in the middle", "letter", "location", "department",
          "job title", "badge", "month of joining", "person")  # fmt: skip
_ONE_WORD = ("search: one frequent word", "search: one rare word")
_HARD = ("search: first and last name", "search: two frequent words",
         "search: a frequent and a rare word", "search: three frequent words",
         "search: three words, one rare", "search: two frequent words that never meet",
         "search: nothing like it", "search: a misspelt name")  # fmt: skip
# The same people, sought by their names as they are, and with two letters swapped.
_NAMED, _MISSPELT = "search: first and last name", "search: a misspelt name"
_COUNTED = (COUNTS, "insights")
_LIST_PAGES = tuple(name for name in _LISTS if name != "person")
# Of which pages the cost may grow so many times, however many people there are.
_GROWTHS: tuple[tuple[str, tuple[str, ...], float], ...] = (
    ("list, letter, filter, person", _LISTS, 1.2),
    ("search of one word", _ONE_WORD, 1.5),
    ("counts and insights", _COUNTED, 1.2),
    ("save", (SAVE, SAVE_MANAGER), 1.2),
    ("reporting lines", PAGES, 1.2),
)
_AGAINST_BARE = (("list pages", _LIST_PAGES), ("search of one word", _ONE_WORD))
_TIMES_BARE = {SQLITE: 5.0, DYNAMODB: 8.0}
_SIGNED_IN_TIMES = 1.08
_HISTORY_TIMES, _DEPTH_TIMES, _HISTORY_UNITS = 1.5, 1.2, 4
# A save wrote 48 units before there were histories (99429c0c), and may write 6 more.
_SAVE_UNITS = 48 + 6
# Of these pages one may take so many times what the other takes.
_REPORTING_TIMES = (
    (PERSON_IN_LINE, PERSON_ALONE, 1.6),
    (CHART, FIRST_PAGE, 3),
    (MANY_REPORTS, FEW_REPORTS, 1.2),
)
_LINE_MS, _CHART_UNITS, _LINE_UNITS, _MANAGER_UNITS = 1_000, 40, 60, 16
_BEST_IMPORT, _MOST_SDK, _MOST_GROWTH_MB = 5_000, 1.7, 8


class Verdict(NamedTuple):
    """One promise of one store: the limit, the worst that was measured, and whether it holds.

    ``by_cpu`` is the same of the server's CPU alone, which a busy machine changes little.
    """

    store: str
    promise: str
    limit: str
    measured: str
    kept: bool
    by_cpu: str = ""


def verdicts(figures: StoreFigures) -> Iterator[Verdict]:
    """What can be told of a store's promises from what was measured of it."""
    largest = figures.sizes[-1]
    at_most = _Checks(figures.store, [each for each in figures.pages if each.people == largest])
    growth = f"at {largest:,} people, against few"
    for what, names, limit in _GROWTHS:
        yield from at_most(f"{what} {growth}", names, limit, "x_small", "x_small_cpu", "x")
    limit = _TIMES_BARE[figures.store]
    for what, names in _AGAINST_BARE:
        promise = f"{what}, against the bare view"
        yield from at_most(promise, names, limit, "x_bare", "x_bare_cpu", "x")
    yield from at_most("other searches, p99", _HARD, 100, "p99_ms", "p99_cpu_ms", "ms")
    yield from at_most.beside("a misspelt name, against the name itself", _MISSPELT, _NAMED, 2)
    for page in (FIRST_PAGE, PERSON):
        promise = f"{page}{SIGNED_IN}, against the open one"
        yield from at_most.beside(promise, page + SIGNED_IN, page, _SIGNED_IN_TIMES)
    for page in (FEW_CHANGES, MANY_CHANGES):
        yield from at_most.beside(f"{page}, against a person", page, PERSON, _HISTORY_TIMES)
    for page, other in ((MANY_CHANGES, FEW_CHANGES), (OLDER_AUDIT, AUDIT)):
        yield from at_most.beside(f"{page}, against {other}", page, other, _DEPTH_TIMES)
    yield from _of_reporting_lines(figures.store, at_most)
    if figures.store == DYNAMODB:
        yield from at_most("other searches", _HARD, 200, "most_read_units", "", "RCU")
        lists = (*_LIST_PAGES, FIRST_PAGE + SIGNED_IN)
        yield from at_most("list page, its counts known", lists, 3, "read_units", "", "RCU")
        histories = (FEW_CHANGES, MANY_CHANGES)
        yield from at_most("history", histories, _HISTORY_UNITS, "read_units", "", "RCU")
        yield from at_most("save", (SAVE,), _SAVE_UNITS, "write_units", "", "WCU")
    yield from _of_worlds(figures)


def _of_reporting_lines(store: str, at_most: _Checks) -> Iterator[Verdict]:
    for page, other, times in _REPORTING_TIMES:
        promise, is_of_cpu = f"{page}, against {other}", page == CHART
        yield from at_most.beside(promise, page, other, times, is_of_cpu=is_of_cpu)
    yield from at_most(LONG_LINE, (LONG_LINE,), _LINE_MS, "p99_ms", "p99_cpu_ms", "ms")
    if store == DYNAMODB:
        for page, units in ((CHART, _CHART_UNITS), (LONG_LINE, _LINE_UNITS)):
            yield from at_most(f"{page}, its counts known", (page,), units, "read_units", "", "RCU")
        save = (SAVE_MANAGER,)
        yield from at_most(SAVE_MANAGER, save, _MANAGER_UNITS, "write_units", "", "WCU")


class _Checks:
    """The worst page of several, against a limit."""

    def __init__(self, store: str, pages: list[PageFigures]) -> None:
        self._store = store
        self._pages = {each.page: each for each in pages}

    def __call__(
        self, promise: str, names: Iterable[str], limit: float, measured: str, cpu: str, unit: str
    ) -> Iterator[Verdict]:
        """A verdict, where any of these pages was measured; ``measured`` and ``cpu`` are fields."""
        worst = self._worst(names, measured)
        if worst is not None:
            told = f"{worst[0]:.3g} {unit} ({worst[1]})"
            worst_cpu = self._worst(names, cpu) if cpu else None
            by_cpu = f"{worst_cpu[0]:.3g} {unit} ({worst_cpu[1]})" if worst_cpu else ""
            at_most = f"at most {limit:g} {unit}"
            yield Verdict(self._store, promise, at_most, told, worst[0] <= limit, by_cpu)

    def beside(
        self, promise: str, name: str, other: str, limit: float, *, is_of_cpu: bool = False
    ) -> Iterator[Verdict]:
        """A verdict on how many times another page one takes, where both were measured.

        It goes by the time, or where that was promised by the server's CPU alone.
        """
        if name in self._pages and other in self._pages:
            mine, theirs = self._pages[name], self._pages[other]
            times, by_cpu = mine.p50_ms / theirs.p50_ms, mine.cpu_ms / theirs.cpu_ms
            kept = (by_cpu if is_of_cpu else times) <= limit
            at_most = f"at most {limit:g} x{' by CPU' if is_of_cpu else ''}"
            told = (f"{times:.3g} x", kept, f"{by_cpu:.3g} x")
            yield Verdict(self._store, promise, at_most, *told)

    def _worst(self, names: Iterable[str], field: str) -> tuple[float, str] | None:
        values = [
            (value, name)
            for name in names
            if name in self._pages and (value := getattr(self._pages[name], field)) is not None
        ]
        return max(values, default=None)


def _of_worlds(figures: StoreFigures) -> Iterator[Verdict]:
    few, many = figures.worlds[0], figures.worlds[-1]
    rates = [(each.people, each.import_rate_per_core) for each in figures.worlds]
    people, rate = max(((size, rate) for size, rate in rates if rate), default=(0, 0.0))
    if figures.store == SQLITE and rate:
        yield Verdict(
            SQLITE, f"import of {people:,} people",
            f"at least {_BEST_IMPORT:,} people/s a core", f"{rate:,.0f}", rate >= _BEST_IMPORT,
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
