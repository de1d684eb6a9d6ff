"""/metrics, for a monitor: there only if a token or networks are set, and for nobody else."""

import contextlib
import hmac
import shutil
from typing import cast

from flask import Flask, current_app, request
from flask.typing import ResponseReturnValue

from app.machine import procfs
from app.machine.disk import written_folders
from app.metrics import exposition
from app.metrics.jobs import JobName, Jobs
from app.metrics.requests import RequestMetrics
from app.runtime import store_counts
from app.runtime.version import version
from app.settings import Settings
from app.web.current import current_settings
from app.web.http.measuring import current_metrics

_ADDRESS = "/metrics"
_TEXT = {"Content-Type": "text/plain; charset=utf-8"}


def register(app: Flask) -> None:
    """Add the address, if the settings say who may read it; else it is none."""
    settings: Settings = app.extensions["settings"]
    if settings.monitoring.is_served:
        app.add_url_rule(_ADDRESS, "machine.metrics", _show)


def _show() -> ResponseReturnValue:
    """Answer with the metrics of this machine, without a call to any store."""
    monitoring = current_settings().monitoring
    if not monitoring.lets_in(request.remote_addr or ""):
        return "Metrics are not for this address.\n", 403, _TEXT
    if monitoring.token and not _has_token(monitoring.token):
        challenge = {"WWW-Authenticate": 'Bearer realm="metrics"'}
        return "Send the token as Authorization: Bearer.\n", 401, {**_TEXT, **challenge}
    return exposition.render(_families()), {"Content-Type": exposition.CONTENT_TYPE}


def _has_token(token: str) -> bool:
    scheme, _, sent = request.headers.get("Authorization", "").partition(" ")
    is_same = hmac.compare_digest(sent.strip().encode(), token.encode())
    return is_same and scheme.lower() == "bearer"


def _families() -> list[exposition.Family]:
    jobs = cast(Jobs, current_app.extensions["job_records"])
    requests = current_metrics()
    return [
        *exposition.of_server(_server(requests)),
        *exposition.of_requests(requests.now()),
        *exposition.of_stores(store_counts.totals()),
        *exposition.of_jobs({name: jobs.read(name) for name in JobName}),
    ]


def _server(requests: RequestMetrics) -> exposition.Server:
    workers = requests.workers()
    return exposition.Server(
        version=version(),
        started_at=requests.started_at,
        workers=len(workers),
        resident_bytes=sum(procfs.resident_memory(worker) for worker in workers),
        disk_free=_disk_free(current_settings()),
    )


def _disk_free(settings: Settings) -> dict[str, int]:
    free = {}
    for folder in written_folders(settings):
        with contextlib.suppress(OSError):
            free[folder.name] = shutil.disk_usage(folder.path).free
    return free
