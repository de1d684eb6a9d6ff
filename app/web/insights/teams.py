"""The managers with the most direct reports, as bars."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from app.directory.reporting_lines import LargestTeams
from app.web.ui.clock import Clock
from app.web.ui.display_names import display_name
from app.web.ui.html.charts import Bar, bars
from app.web.ui.report_counts import clock
from app.web.ui.urls import list_address

# So many bars are in each of two charts, which a wide page shows beside each other.
_HALF = 6


@dataclass(frozen=True, slots=True)
class Teams:
    """The charts of managers, the rows of their table, and when that was counted."""

    charts: tuple[Markup, ...]
    bars: tuple[Bar, ...]
    counted: Clock


def teams_chart(largest: LargestTeams) -> Teams | None:
    """Return the charts of the largest teams; None if none is known."""
    if not largest.teams or largest.counted_at is None:
        return None
    rows = tuple(
        Bar(
            display_name(each.name, each.manager_id),
            each.direct,
            list_address(manager=each.manager_id),
        )
        for each in largest.teams
    )
    longest = max(bar.people for bar in rows)
    halves = (rows[start : start + _HALF] for start in range(0, len(rows), _HALF))
    charts = tuple(bars(half, "manager-head", longest) for half in halves)
    return Teams(charts, rows, clock(largest.counted_at))
