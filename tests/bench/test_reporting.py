"""What the bench promises of reporting lines, and the people of whom it measures them."""

from __future__ import annotations

from collections import Counter

import pytest

from bench.organisation import DEPTH, FEW, LINE, MANY, everybody, in_line, in_tree, manager_of
from bench.promises import verdicts
from bench.reporting_pages import (
    CHART,
    FEW_REPORTS,
    LONG_LINE,
    MANY_REPORTS,
    PERSON_ALONE,
    PERSON_IN_LINE,
    SAVE_MANAGER,
)
from bench.results import PageFigures, StoreFigures, WorldFigures
from bench.signed_in import FIRST_PAGE

PEOPLE = 10_000
WORLD = WorldFigures(PEOPLE, 6_000, 6_100, 60, 0, 9_000, 0.1, 110, 1.2, 106, 109, 1e6)


def page(name: str, ms: float = 4.0, **fields: float) -> PageFigures:
    figures = {"p99_ms": ms, "read_units": 1.0, "write_units": 1.0, **fields}
    return PageFigures(
        name, PEOPLE, 24, ms, cpu_ms=ms, x_bare=1, x_bare_cpu=1, x_cards=1, **figures
    )


def missed(*slow: PageFigures) -> list[str]:
    names = (FIRST_PAGE, PERSON_ALONE, PERSON_IN_LINE, CHART, FEW_REPORTS, MANY_REPORTS, LONG_LINE,
             SAVE_MANAGER)  # fmt: skip
    pages = {**{name: page(name) for name in names}, **{each.page: each for each in slow}}
    figures = StoreFigures("dynamodb", {}, 1, 1, 1, 1, 1, [*pages.values()], [WORLD])
    return [each.promise for each in verdicts(figures) if not each.kept]


def test_pages_of_reporting_lines_are_within_their_limits() -> None:
    assert missed() == []


@pytest.mark.parametrize(
    ("slow", "promise"),
    [
        (page(PERSON_IN_LINE, 6.5), f"{PERSON_IN_LINE}, against {PERSON_ALONE}"),
        (page(CHART, 12.1), f"{CHART}, against {FIRST_PAGE}"),
        (page(MANY_REPORTS, 4.9), f"{MANY_REPORTS}, against {FEW_REPORTS}"),
        (page(LONG_LINE, 1_001), LONG_LINE),
        (page(CHART, read_units=40.5), f"{CHART}, its counts known"),
        (page(LONG_LINE, read_units=60.5), f"{LONG_LINE}, its counts known"),
        (page(SAVE_MANAGER, write_units=17), SAVE_MANAGER),
    ],
)
def test_a_page_beyond_its_limit_is_told(slow: PageFigures, promise: str) -> None:
    assert missed(slow) == [promise]


@pytest.mark.parametrize(("people", "many"), [(PEOPLE, MANY), (1_000, 500)])
def test_the_people_have_the_lines_that_the_pages_are_named_for(people: int, many: int) -> None:
    managers = {each.id: each.manager for each in everybody(people)}
    reports = Counter(managers.values())

    def above(employee_id: str) -> int:
        manager = managers[employee_id]
        return 1 + above(manager) if manager else 0

    assert above(in_line(LINE + 1)) == LINE
    assert (above(in_tree(DEPTH)), reports[in_tree(DEPTH)]) == (DEPTH - 1, FEW)
    assert (reports[manager_of(FEW)], reports[manager_of(many)]) == (FEW, many)
    assert len({*managers}) == len(list(everybody(people)))
