"""Count each request by how it ends; see app/metrics/requests.py."""

import time
from typing import cast

from flask import Flask, Response, current_app, g, has_request_context, request

from app.metrics.requests import OTHER, PROBES, Ended, RequestMetrics


def register(app: Flask) -> None:
    """Count the requests of this application. Register it before all else, so that it ends last."""
    app.before_request(_begin)
    app.after_request(_ended)
    app.teardown_request(_end)


def current_metrics() -> RequestMetrics:
    """Return what is counted of the requests of the current application."""
    return cast(RequestMetrics, current_app.extensions["request_metrics"])


def seconds_so_far() -> float:
    """Return how long this request has taken."""
    return time.perf_counter() - g.began_at if "began_at" in g else 0.0


def note_probe() -> None:
    """Count this request among those of balancers and monitors."""
    g.is_probe = True


def note_failed_service(service: str) -> None:
    """Note which service did not respond, in case this request ends with 503."""
    if has_request_context():
        g.failed_service = service


def _begin() -> None:
    g.began_at = time.perf_counter()
    current_metrics().begin()


def _ended(response: Response) -> Response:
    group = PROBES if "is_probe" in g else request.blueprint or OTHER
    service = g.get("failed_service", "")
    current_metrics().ended(
        Ended(group, request.method, response.status_code, seconds_so_far(), service)
    )
    return response


def _end(_: BaseException | None) -> None:
    if g.pop("began_at", None) is not None:
        current_metrics().end()
