"""The insights page: people by location, department, job title, badge, manager and start date."""

import threading
from collections import deque
from typing import NamedTuple, cast

from flask import Blueprint, Flask, current_app, render_template, request
from flask.blueprints import BlueprintSetupState
from markupsafe import Markup

from app.contracts import Facets
from app.directory.unlisted import count_unlisted
from app.model import leaving
from app.text.plurals import count_people
from app.web.current import current_directory, current_lines, current_viewer
from app.web.insights.data import shares
from app.web.insights.starts import headcount, starts_chart
from app.web.insights.teams import teams_chart

_MAX_CACHED = 6
insights = Blueprint("insights", __name__)


class Charts(NamedTuple):
    """The charts of the counts: by value, and by start date."""

    shares: Markup
    starts: Markup


class ChartCache:
    """A cache of the drawn charts, keyed by the identity of the counts object.

    Viewers who see different fields have different counts. The charts are also of a month, in which
    the headcount ends, and of the year whose months are shown.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cached: deque[tuple[Facets, str, int, Charts]] = deque(maxlen=_MAX_CACHED)

    def charts(self, facets: Facets, today: str, year: int) -> Charts:
        """Return the charts and their tables, drawn once for each counts object."""
        this_month = today[:7]
        with self._lock:
            for known, at, shown, drawn in self._cached:
                if known is facets and (at, shown) == (this_month, year):
                    return drawn
            drawn = _charts(facets, today, year)
            self._cached.append((facets, this_month, year, drawn))
            return drawn


def _charts(facets: Facets, today: str, year: int) -> Charts:
    sprite = current_app.extensions["sprite"]
    by_value = render_template(
        "insights_charts.html", total=facets.total, shares=shares(facets, sprite)
    )
    by_start = render_template(
        "insights_starts.html",
        headcount=headcount(facets, today),
        starts=starts_chart(facets, year),
    )
    return Charts(Markup(by_value), Markup(by_start))  # noqa: S704 (ours, which escape)


@insights.record
def _prepare(state: BlueprintSetupState) -> None:
    app = cast(Flask, state.app)
    app.extensions["charts"] = ChartCache()
    app.jinja_env.filters["counted"] = count_people


@insights.get("/insights")
def charts() -> str:
    """Show the counts of the directory as charts, each with its table."""
    facets = current_directory().facets(current_viewer())
    if not facets.total:
        unlisted = count_unlisted(current_directory(), current_viewer())
        return render_template("insights.html", charts=None, unlisted=unlisted)
    cache: ChartCache = current_app.extensions["charts"]
    asked = request.args.get("year", "")
    year = int(asked) if len(asked) == 4 and asked.isascii() and asked.isdigit() else 0
    if year not in {int(start[:4]) for start in facets.joined}:
        year = 0  # so that no address is drawn anew that shows what another does
    teams = teams_chart(current_lines().largest_teams(current_viewer()))
    charts = cache.charts(facets, leaving.today(), year)
    return render_template("insights.html", charts=charts, teams=teams, unlisted=None)
