"""What goes on beside requests: threads of this machine, which start at the first one."""

from functools import partial

from flask import Flask, Response, request

from app.machine.disk import check_disk
from app.machine.heartbeat_thread import HeartbeatThread
from app.machine.history_keeper import HistoryKeeper
from app.machine.visitors import Visitors
from app.metrics.minutes import MinuteLine
from app.metrics.requests import RequestMetrics
from app.model.errors import StorageUnavailable
from app.web.http import tracing


def watch(app: Flask) -> None:
    """Set up what counts requests, and start the threads of this machine at the first one."""
    metrics = app.extensions["request_metrics"] = RequestMetrics(app.blueprints)
    app.extensions["begin_tracing"] = partial(tracing.begin, app)
    app_console = app.extensions["console"]
    app_console.count_requests = metrics.answered
    heartbeat = HeartbeatThread(app_console)
    days = app.extensions["settings"].history_days
    keeper = HistoryKeeper(app.extensions["directory"].history, days, app_console)
    minutes = _minute_line(app)

    @app.after_request
    def look_after(response: Response) -> Response:
        heartbeat.begin()
        keeper.begin()
        minutes.begin()
        if request.path != "/healthz":  # must not do input or output
            _note_visitor(app_console.visitors)
        return response


def _minute_line(app: Flask) -> MinuteLine:
    settings, importer = app.extensions["settings"], app.extensions["importer"]

    def disk_is_full() -> bool:
        try:
            check_disk(settings)
        except StorageUnavailable:
            return True
        return False

    return MinuteLine(
        app.extensions["console"].folder,
        app.extensions["job_records"].log,
        app.extensions["request_metrics"],
        disk_is_full,
        lambda: len(importer.waiting()),
    )


def _note_visitor(visitors: Visitors) -> None:
    """Note what proxies say, trusted or not: only the health check depends on it."""
    route = request.access_route
    is_encrypted = request.is_secure or request.headers.get("X-Forwarded-Proto") == "https"
    visitors.note(route[0] if route else "", is_encrypted=is_encrypted)
