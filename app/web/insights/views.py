"""The insights page: people by location, department, job title, badge and start month."""

from __future__ import annotations

import threading
from typing import cast

from flask import Blueprint, Flask, current_app, render_template
from flask.blueprints import BlueprintSetupState
from markupsafe import Markup

from app.contracts import Facets
from app.web.current import current_directory
from app.web.insights.data import months_part, shares
from app.web.ui.html.charts import count_of

insights = Blueprint("insights", __name__)


class ChartMemory:
    """A cache of the drawn charts, keyed by the identity of the counts object."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: tuple[Facets, Markup] | None = None

    def charts(self, facets: Facets) -> Markup:
        """Return the charts and their tables, drawn once for each counts object."""
        with self._lock:
            known = self._known
            if known is None or known[0] is not facets:
                known = self._known = (facets, _charts(facets))
            return known[1]


def _charts(facets: Facets) -> Markup:
    sprite = current_app.extensions["sprite"]
    page = render_template(
        "insights_charts.html",
        total=facets.total,
        shares=shares(facets, sprite),
        months=months_part(facets),
    )
    return Markup(page)  # noqa: S704 (a template of ours, which escapes)


@insights.record
def _prepare(state: BlueprintSetupState) -> None:
    app = cast(Flask, state.app)
    app.extensions["charts"] = ChartMemory()
    app.jinja_env.filters["counted"] = count_of


@insights.get("/insights")
def charts() -> str:
    """Show the counts of the directory as charts, each with its table."""
    facets = current_directory().facets()
    if not facets.total:
        return render_template("insights.html", charts=None)
    memory: ChartMemory = current_app.extensions["charts"]
    return render_template("insights.html", charts=memory.charts(facets))
