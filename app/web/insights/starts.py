"""Charts of start dates: a line of the headcount, and columns of the years and of one's months."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from app.contracts import Facets
from app.text.plurals import count_people
from app.web.insights.data import without
from app.web.ui.dates import MONTHS, month
from app.web.ui.html.charts import Column, columns, line
from app.web.ui.urls import list_address

MAX_YEARS = 40
_SHORT_MONTHS = tuple(name[:3] for name in MONTHS)


@dataclass(frozen=True, slots=True)
class Starts:
    """The charts of years and of the months of ``year``; ``rows`` are the years, newest first."""

    years: Markup
    year: int
    of_year: Markup
    note: str
    rest: str
    rows: tuple[tuple[str, tuple[Cell, ...], int], ...]
    months: tuple[str, ...] = _SHORT_MONTHS


@dataclass(frozen=True, slots=True)
class Cell:
    """A month of the table: label, number of people, and a link to them ("" if there are none)."""

    label: str
    count: int
    address: str


@dataclass(frozen=True, slots=True)
class Headcount:
    """How many of today's people were here in each month; ``rows`` are years, newest first."""

    chart: Markup
    note: str
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    months: tuple[str, ...] = _SHORT_MONTHS


def starts_chart(facets: Facets, year: int = 0) -> Starts | None:
    """Return the charts of starts, and of the months of a year; None if no date is known.

    Of a year in which nobody started, or that is not shown, they are those of the newest.
    """
    joined = facets.joined
    if not joined:
        return None
    years = years_in_chart(joined)
    rows = tuple(_year_row(joined, each) for each in reversed(years))
    sums = {int(name): people for name, _, people in rows}
    chosen = year if sums.get(year) else max(each for each, people in sums.items() if people)
    busiest = max(joined, key=lambda start: (int(start[:4]) in years, joined[start], start))
    columns_of_years = [
        Column(str(each), str(each), sums[each], year_address(each), each == chosen)
        for each in years
    ]
    return Starts(
        years=columns(columns_of_years, "years-head"),
        year=chosen,
        of_year=columns(
            [
                Column(cell.label, short, cell.count, cell.address)
                for cell, short in zip(_year_row(joined, chosen)[1], _SHORT_MONTHS, strict=True)
            ],
            "months",
        ),
        note=f"Most started in {month(busiest)}: {count_people(joined[busiest])}.",
        rest=_rest_of_months(facets, years),
        rows=rows,
    )


def year_address(year: int) -> str:
    """Return the URL of the months of a year."""
    return f"/insights?year={year:04}#months"


def headcount(facets: Facets, today: str) -> Headcount | None:
    """Return the line of the headcount up to this month; None if nobody had started by then.

    It shows the last MAX_YEARS years at most.
    """
    last, this_month = int(today[:4]), today[:7]
    known = sorted(start for start in facets.joined if start <= this_month)
    if not known:
        return None
    years = range(max(int(known[0][:4]), last - MAX_YEARS + 1), last + 1)
    here = sum(facets.joined[start] for start in known if int(start[:4]) < years.start)
    values, rows = [], []
    for year in years:
        cells = []
        for name in _months_of(year):
            here += facets.joined.get(name, 0) if name <= this_month else 0
            if name <= this_month:
                values.append(here)
            cells.append(f"{here:,}" if name <= this_month else "")
        rows.append((str(year), tuple(cells)))
    later = sum(facets.joined.values()) - here
    here_now = f"{count_people(here)} in {month(this_month)}"
    sentences = (
        f"{here_now}, of those listed today: who has left is not counted.",
        f"{count_people(later)} will start later." if later else "",
        without(max(facets.total - sum(facets.joined.values()), 0), "start date"),
    )
    return Headcount(
        chart=line(values, [str(year) for year in years], "headcount-head"),
        note=" ".join(filter(None, sentences)),
        rows=tuple(reversed(rows)),
    )


def years_in_chart(joined: Mapping[str, int]) -> range:
    """Return the years of the chart: all, or the MAX_YEARS in a row with the most starts."""
    people: Counter[int] = Counter()
    for start, count in joined.items():
        people[int(start[:4])] += count
    known = sorted(people)
    before = [0]
    for year in known:
        before.append(before[-1] + people[year])

    def within(end: int) -> int:
        return before[bisect_left(known, end + 1)] - before[bisect_left(known, end - MAX_YEARS + 1)]

    last = max(known, key=lambda end: (within(end), end))
    first = known[bisect_left(known, last - MAX_YEARS + 1)]
    return range(first, last + 1)


def _rest_of_months(facets: Facets, years: range) -> str:
    early = sum(count for start, count in facets.joined.items() if int(start[:4]) < years.start)
    late = sum(count for start, count in facets.joined.items() if int(start[:4]) >= years.stop)
    missing = max(facets.total - sum(facets.joined.values()), 0)
    sentences = []
    if early:
        sentences.append(f"{count_people(early)} started before {years.start}.")
    if late:
        sentences.append(f"{count_people(late)} started after {years.stop - 1}.")
    sentences.append(without(missing, "start date"))
    return " ".join(filter(None, sentences))


def _months_of(year: int) -> tuple[str, ...]:
    return tuple(f"{year:04}-{number:02}" for number in range(1, 13))


def _year_row(joined: Mapping[str, int], year: int) -> tuple[str, tuple[Cell, ...], int]:
    cells = []
    for start in _months_of(year):
        count = joined.get(start, 0)
        cells.append(Cell(month(start), count, list_address(joined=start) if count else ""))
    return str(year), tuple(cells), sum(cell.count for cell in cells)
