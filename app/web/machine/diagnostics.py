"""The health page: every check, failed ones first; JSON by Accept."""

import socket
from typing import NamedTuple

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from app.contracts.checks import State
from app.diagnostics import CACHE_SECONDS, Report
from app.diagnostics.registry import port_check
from app.web.current import current_doctor, current_settings
from app.web.machine import wording
from app.web.ui.dates import number_in_words

doctor = Blueprint("doctor", __name__)


class StateStyle(NamedTuple):
    """The CSS class, icon and label of a state, and the labels after 1 and other numbers."""

    name: str
    icon: str
    label: str
    tally: tuple[str, str]


STATE_STYLES = {
    State.FAILED: StateStyle("failed", "x-octagon-fill", "Failed", ("failed", "failed")),
    State.WARNING: StateStyle(
        "warning", "exclamation-triangle-fill", "Warning", ("warning", "warnings")
    ),
    State.OK: StateStyle("ok", "check-circle-fill", "OK", ("OK", "OK")),
}


@doctor.get("/doctor")
def checks() -> ResponseReturnValue:
    """Run the health check and show the report."""
    report = report_of()
    if wants_json():
        return jsonify(report.as_json())
    return render_template(
        "doctor.html",
        report=report,
        styles=STATE_STYLES,
        number=number_in_words(len(report.findings)).capitalize(),
        seconds=f"{report.seconds:.1f}",
        at=wording.clock(report.at),
    )


def wants_json() -> bool:
    """Return whether the client prefers JSON to HTML."""
    media_types = ["text/html", "application/json"]
    return request.accept_mimetypes.best_match(media_types) == "application/json"


def report_of(oldest: float = CACHE_SECONDS) -> Report:
    """Return a report of at most ``oldest`` seconds, with a check of the port of this server."""
    port = port_check(current_settings(), _port_of_server())
    return current_doctor().report((port,), oldest=oldest)


def _port_of_server() -> int | None:
    """Return the port of the socket; None on a Unix socket, where a client says what it likes."""
    environ = request.environ
    connection = environ.get("gunicorn.socket") or environ.get("werkzeug.socket")
    family = getattr(getattr(connection, "raw", connection), "family", None)
    port = str(environ.get("SERVER_PORT", ""))
    return int(port) if port.isdigit() and family != socket.AF_UNIX else None
