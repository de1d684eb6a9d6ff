"""The data of the insights page: charts of the counts, with their texts and tables."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from app.contracts import Facets
from app.model.employee import BADGES
from app.model.facets import FACET, TEXT_FACETS
from app.model.field_types import Facet
from app.text.plurals import count_people
from app.text.sanitizing import clean_line
from app.web.ui.dates import MONTHS, month
from app.web.ui.html.charts import Bar, bars, columns
from app.web.ui.html.icons import icon_at
from app.web.ui.urls import list_address

MAX_BARS = 20
MAX_YEARS = 40


@dataclass(frozen=True, slots=True)
class Share:
    """A chart of bars for one facet. ``bars`` is empty if no employee has a value."""

    key: str
    heading: str
    values: int
    plural: str
    bars: tuple[Bar, ...]
    chart: Markup
    rest: str
    rest_count: int
    without: str

    def percent(self, count: int, total: int) -> str:
        """Format the share of all people, for the table."""
        part = 100 * count / total
        return f"{part:.1f} %" if part >= 0.05 else "< 0.1 %"


@dataclass(frozen=True, slots=True)
class Months:
    """The chart of start months; ``rows`` are its years, newest first: 12 cells and their sum."""

    chart: Markup
    note: str
    rest: str
    rows: tuple[tuple[str, tuple[Cell, ...], int], ...]
    months: tuple[str, ...] = tuple(name[:3] for name in MONTHS)


@dataclass(frozen=True, slots=True)
class Cell:
    """A month of the table: label, number of people, and a link to them ("" if there are none)."""

    label: str
    count: int
    address: str


def shares(facets: Facets, sprite: str) -> list[Share]:
    """Return the charts of locations, departments, job titles and badges."""
    charts = []
    for facet in TEXT_FACETS:
        counts: Mapping[str, int] = getattr(facets, facet.counts)
        all_bars = [
            Bar(value, count, list_address(**{facet.name: value}))
            for value, count in counts.items()
            if clean_line(value)  # else no URL can select it
        ]
        missing = max(facets.total - sum(bar.people for bar in all_bars), 0)
        charts.append(_share(facet, all_bars, _without(missing, facet.label.lower())))
    badges = [
        Bar(badge.label, count, list_address(badge=badge.key), icon_at(sprite, badge.icon))
        for badge in BADGES
        if (count := facets.badges.get(badge.key, 0))
    ]
    charts.append(_share(FACET["badge"], badges, ""))
    return charts


def _without(people: int, noun: str) -> str:
    if not people:
        return ""
    return f"{count_people(people)} {'has' if people == 1 else 'have'} no {noun}."


def _share(facet: Facet, all_bars: list[Bar], without: str) -> Share:
    ranked = sorted(all_bars, key=lambda bar: -bar.people)
    visible, others = tuple(ranked[:MAX_BARS]), ranked[MAX_BARS:]
    noun = facet.plural if len(others) > 1 else facet.label.lower()
    return Share(
        key=facet.name,
        heading=facet.label,
        values=len(all_bars),
        plural=facet.plural,
        bars=visible,
        chart=bars(visible, f"{facet.name}-head") if visible else Markup(),
        rest=f"{len(others):,} other {noun}" if others else "",
        rest_count=sum(bar.people for bar in others),
        without=without,
    )


def months_chart(facets: Facets) -> Months | None:
    """Return the chart of start months; None if no start date is known."""
    if not facets.joined:
        return None
    joined = facets.joined
    years = years_in_chart(joined)
    inside = {start: count for start, count in joined.items() if int(start[:4]) in years}
    busiest = max(inside, key=lambda start: (inside[start], start))
    return Months(
        chart=columns(inside, years, "joined-head"),
        note=f"Most started in {month(busiest)}: {count_people(inside[busiest])}.",
        rest=_rest_of_months(facets, years),
        rows=tuple(_year_row(inside, year) for year in reversed(years)),
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
    sentences.append(_without(missing, "start date"))
    return " ".join(filter(None, sentences))


def _year_row(joined: Mapping[str, int], year: int) -> tuple[str, tuple[Cell, ...], int]:
    cells = []
    for number in range(1, 13):
        start = f"{year:04}-{number:02}"
        count = joined.get(start, 0)
        cells.append(Cell(month(start), count, list_address(joined=start) if count else ""))
    return str(year), tuple(cells), sum(cell.count for cell in cells)
