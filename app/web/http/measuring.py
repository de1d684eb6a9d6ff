"""Count each request by how it ends; see app/metrics/requests.py."""

import time
from typing import cast

from flask import Flask, Response, current_app, g, has_request_context, request

from app.metrics.requests import OTHER, PROBES, RequestMetrics


class _Measured:
    """What is known of a request until it has ended."""

    __slots__ = ("began_at", "failed_service", "is_counted", "is_probe")

    def __init__(self) -> None:
        self.began_at = time.perf_counter()
        self.failed_service = ""
        self.is_counted = self.is_probe = False


def register(app: Flask) -> None:
    """Count the requests of this application. Register it before all else, so that it ends last."""
    extensions = app.extensions

    @app.before_request
    def begin() -> None:
        g.measured = _Measured()
        extensions["request_metrics"].begin()

    @app.after_request
    def count(response: Response) -> Response:
        measured: _Measured | None = g.get("measured")
        if measured is not None:
            measured.is_counted = True
            rule = request.url_rule
            group = rule.endpoint.partition(".")[0] if rule is not None else OTHER
            extensions["request_metrics"].ended(
                PROBES if measured.is_probe else group,
                request.method,
                response.status_code,
                time.perf_counter() - measured.began_at,
                measured.failed_service,
            )
        return response

    @app.teardown_request
    def end(_: BaseException | None) -> None:
        measured: _Measured | None = g.get("measured")
        if measured is not None and not measured.is_counted:
            measured.is_counted = True
            extensions["request_metrics"].end()


def current_metrics() -> RequestMetrics:
    """Return what is counted of the requests of the current application."""
    return cast(RequestMetrics, current_app.extensions["request_metrics"])


def seconds_so_far() -> float:
    """Return how long this request has taken."""
    measured: _Measured | None = g.get("measured")
    return 0.0 if measured is None else time.perf_counter() - measured.began_at


def note_probe() -> None:
    """Count this request among those of balancers and monitors."""
    g.measured.is_probe = True


def note_failed_service(service: str) -> None:
    """Note which service did not respond, in case this request ends with 503."""
    if has_request_context() and "measured" in g:
        g.measured.failed_service = service
