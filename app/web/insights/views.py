"""The insights page: people by location, department, job title, badge and start month."""

import threading
from collections import deque
from typing import cast

from flask import Blueprint, Flask, current_app, render_template
from flask.blueprints import BlueprintSetupState
from markupsafe import Markup

from app.contracts import Facets
from app.directory.unlisted import count_unlisted
from app.text.plurals import count_people
from app.web.current import current_directory, current_viewer
from app.web.insights.data import months_chart, shares

insights = Blueprint("insights", __name__)


class ChartCache:
    """A cache of the drawn charts, keyed by the identity of the counts object.

    Viewers who see different fields have different counts.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cached: deque[tuple[Facets, Markup]] = deque(maxlen=3)

    def charts(self, facets: Facets) -> Markup:
        """Return the charts and their tables, drawn once for each counts object."""
        with self._lock:
            for cached in self._cached:
                if cached[0] is facets:
                    return cached[1]
            drawn = _charts(facets)
            self._cached.append((facets, drawn))
            return drawn


def _charts(facets: Facets) -> Markup:
    sprite = current_app.extensions["sprite"]
    page = render_template(
        "insights_charts.html",
        total=facets.total,
        shares=shares(facets, sprite),
        months=months_chart(facets),
    )
    return Markup(page)  # noqa: S704 (a template of ours, which escapes)


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
    return render_template("insights.html", charts=cache.charts(facets), unlisted=None)
