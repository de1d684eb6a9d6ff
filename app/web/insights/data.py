"""The data of the insights page: charts of the counts, with their texts and tables."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from app.contracts import Facets
from app.model.employee import BADGES
from app.model.field_types import Facet
from app.model.fields import FACET, TEXT_FACETS
from app.text.sanitizing import clean_line
from app.web.ui.dates import MONTHS, month
from app.web.ui.html.charts import Bar, bars, columns, count_of
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
    """A month of the table: name, number of people, and the link to them ("" if there are none)."""

    words: str
    count: int
    address: str


def shares(facets: Facets, sprite: str) -> list[Share]:
    """Return the charts of locations, departments, job titles and badges."""
    found = []
    for facet in TEXT_FACETS:
        counts: Mapping[str, int] = getattr(facets, facet.counts)
        every = [
            Bar(value, count, list_address(**{facet.name: value}))
            for value, count in counts.items()
            if clean_line(value)  # else no address can ask for it
        ]
        missing = max(facets.total - sum(bar.people for bar in every), 0)
        found.append(_share(facet, every, _without(missing, facet.label.lower())))
    badges = [
        Bar(badge.label, count, list_address(badge=badge.key), icon_at(sprite, badge.icon))
        for badge in BADGES
        if (count := facets.badges.get(badge.key, 0))
    ]
    found.append(_share(FACET["badge"], badges, ""))
    return found


def _without(people: int, what: str) -> str:
    if not people:
        return ""
    return f"{count_of(people)} {'has' if people == 1 else 'have'} no {what}."


def _share(facet: Facet, every: list[Bar], without: str) -> Share:
    most = sorted(every, key=lambda bar: -bar.people)
    visible, others = tuple(most[:MAX_BARS]), most[MAX_BARS:]
    together = sum(bar.people for bar in others)
    what = facet.plural if len(others) > 1 else facet.label.lower()
    return Share(
        key=facet.name,
        heading=facet.label,
        values=len(every),
        plural=facet.plural,
        bars=visible,
        chart=bars(visible, f"{facet.name}-head") if visible else Markup(),
        rest=f"{len(others):,} other {what}" if others else "",
        rest_count=together,
        without=without,
    )


def months_part(facets: Facets) -> Months | None:
    """Return the chart of start months; None if no start date is known."""
    if not facets.joined:
        return None
    joined = facets.joined
    years = years_shown(joined)
    inside = {each: count for each, count in joined.items() if int(each[:4]) in years}
    best = max(inside, key=lambda each: (inside[each], each))
    return Months(
        chart=columns(inside, years, "joined-head"),
        note=f"Most started in {month(best)}: {count_of(inside[best])}.",
        rest=_rest_of_months(facets, years),
        rows=tuple(_year_row(inside, year) for year in reversed(years)),
    )


def years_shown(joined: Mapping[str, int]) -> range:
    """Return the years of the chart: all, or the MAX_YEARS in a row with the most starts."""
    people: Counter[int] = Counter()
    for each, count in joined.items():
        people[int(each[:4])] += count
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
    early = sum(count for each, count in facets.joined.items() if int(each[:4]) < years.start)
    late = sum(count for each, count in facets.joined.items() if int(each[:4]) >= years.stop)
    missing = max(facets.total - sum(facets.joined.values()), 0)
    sentences = []
    if early:
        sentences.append(f"{count_of(early)} started before {years.start}.")
    if late:
        sentences.append(f"{count_of(late)} started after {years.stop - 1}.")
    sentences.append(_without(missing, "start date"))
    return " ".join(filter(None, sentences))


def _year_row(joined: Mapping[str, int], year: int) -> tuple[str, tuple[Cell, ...], int]:
    cells = []
    for number in range(1, 13):
        each = f"{year:04}-{number:02}"
        count = joined.get(each, 0)
        cells.append(Cell(month(each), count, list_address(joined=each) if count else ""))
    return str(year), tuple(cells), sum(cell.count for cell in cells)
