"""Charts of the counts by value, with their texts and tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from app.contracts import Facets
from app.model.employee import BADGES
from app.model.facets import FACET, TEXT_FACETS
from app.model.field_types import Facet
from app.text.plurals import count_people
from app.text.sanitizing import clean_line
from app.web.ui.html.charts import Bar, bars
from app.web.ui.html.icons import icon_at
from app.web.ui.urls import list_address

MAX_BARS = 20


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
        charts.append(_share(facet, all_bars, without(missing, facet.label.lower())))
    badges = [
        Bar(badge.label, count, list_address(badge=badge.key), icon_at(sprite, badge.icon))
        for badge in BADGES
        if (count := facets.badges.get(badge.key, 0))
    ]
    charts.append(_share(FACET["badge"], badges, ""))
    return charts


def without(people: int, noun: str) -> str:
    """Return how many have no value, as a sentence; "" if everybody has one."""
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
