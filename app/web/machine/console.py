"""The machine pages: this machine, its load test, the fleet."""

import time
from dataclasses import asdict
from typing import Any
from urllib.parse import quote

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
)
from flask.typing import ResponseReturnValue

from app.accounts import audit_log
from app.contracts.heartbeats import Heartbeat
from app.machine.load_test import LoadAlreadyRunning, LoadFailed, LoadTest, parse_seconds
from app.web.current import current_console, current_directory, current_doctor, current_settings
from app.web.machine import wording
from app.web.machine.diagnostics import report_of, wants_json
from app.web.machine.health import current_states

console = Blueprint("console", __name__)

_OFFERED_SECONDS = (60, 300, 600)
_MAX_REPORT_AGE_SECONDS = 60.0


@console.get("/info")
def info() -> ResponseReturnValue:
    """Show a machine (by default this one), its load and the fleet; JSON by Accept."""
    app_console = current_console()
    this = app_console.current_machine()
    fleet = app_console.fleet(this)
    name = request.args.get("machine", "")
    selected = next((beat for beat in fleet.machines if beat.machine == name), this)
    if wants_json():
        return _as_json(this, fleet.machines, fleet.error)
    now = time.time()
    facts = _facts(selected, now)
    live = {
        "selected": selected,
        "is_this": selected is this,
        "facts": facts,
        "load": wording.running_load(selected, now),
        "rows": wording.rows(fleet.machines, this.machine, now),
        "fleet_summary": wording.fleet_summary(fleet.machines, now),
        "fleet_error": fleet.error,
        "shared": app_console.heartbeats is not None,
        "read_at": wording.clock(now),
        "stress": app_console.stress is not None,
        "offered": _offered_durations(),
        "can_post": bool(current_app.secret_key),
    }
    if request.args.get("part") == "live":
        return render_template("console_live.html", **live)
    directory = current_directory()
    return render_template(
        "info.html",
        **live,
        settings=current_settings(),
        states=current_states(),
        photos_off_because="" if directory.photos else directory.photos_off_because,
        report=current_doctor().last,
        events=wording.events(audit_log.counts()),
    )


def _facts(beat: Heartbeat, now: float) -> list[tuple[str, str, str]]:
    """Return label, text and CSS class of each fact about a machine, without the unknown ones."""
    zone_and_type = ", ".join(part for part in (beat.zone, beat.type) if part)
    since = wording.running_since(beat.up_since, now) if beat.up_since else "Unknown"
    facts = [
        ("Instance" if beat.zone else "Name", beat.machine, "code"),
        ("Zone and type", zone_and_type, "code") if zone_and_type else ("On EC2", _NOT_ON_EC2, ""),
        ("Region", beat.region, "code"),
        ("Address", beat.address, "code"),
        ("Load, 1 · 5 · 15 min", wording.load_averages(beat), ""),
        ("Memory", wording.memory(beat), ""),
        ("Running since", since, ""),
        ("Version", beat.version[:32], "code"),
    ]
    return [fact for fact in facts if fact[1]]


_NOT_ON_EC2 = "Not on EC2, or the metadata service is not responding"


def _as_json(this: Heartbeat, machines: list[Heartbeat], error: str) -> Response:
    return jsonify(
        machine=_public(this),
        fleet=[_public(beat) for beat in machines],
        fleet_trouble=error,
        events=audit_log.counts(),
        stores={name: state.text for name, state in current_states().items()},
        doctor=report_of(oldest=_MAX_REPORT_AGE_SECONDS).as_json(),
    )


def _public(beat: Heartbeat) -> dict[str, Any]:
    public = asdict(beat)
    del public["key_mark"]
    return public


@console.get("/info/stress_cpu/<seconds>")
def ask_for_load(seconds: str) -> ResponseReturnValue:
    """Ask before a load test starts."""
    stress = _stress()
    known = parse_seconds(seconds)
    if known is None:
        return _reject_seconds(seconds)
    load = stress.running()
    return render_template(
        "stress.html",
        seconds=known,
        duration=wording.duration(known),
        until=wording.clock(load.until) if load else None,
        can_post=bool(current_app.secret_key),
    )


@console.post("/info/stress_cpu/<seconds>")
def start_load(seconds: str) -> ResponseReturnValue:
    """Start a load test on this machine for 1 to 600 seconds."""
    stress = _stress()
    known = parse_seconds(seconds)
    if known is None:
        return _reject_seconds(seconds)
    load = stress.start(known)
    this = current_console().current_machine().machine
    until = wording.clock(load.until).text
    flash(f"Load test started on {this}: {wording.duration(known)}, until {until} UTC.", "good")
    return redirect(_console_of(this), 303)


@console.post("/info/stress_cpu")
def start_load_of_form() -> ResponseReturnValue:
    """Start a load test with the seconds from a form field."""
    return start_load(request.form.get("seconds", "").strip())


@console.post("/info/stress_stop")
def stop_load() -> ResponseReturnValue:
    """Stop the load test of this machine, or request the stop from another machine."""
    stress = _stress()
    app_console = current_console()
    this = app_console.current_machine().machine
    machine = request.form.get("machine", "") or this
    if machine == this:
        if stress.stop():
            flash(f"Load test stopped on {this}.", "good")
        else:
            flash(f"No load test was running on {this}.", "warning")
    elif app_console.request_stop(machine):
        flash(f"{machine} was asked to stop its load test. It stops within five seconds.", "good")
    else:
        flash(f"No machine {machine[:64]} was seen recently, so nothing was stopped.", "bad")
    return redirect(_console_of(machine), 303)


@console.errorhandler(LoadAlreadyRunning)
def _already(error: LoadAlreadyRunning) -> ResponseReturnValue:
    until = wording.clock(error.load.until)
    page = render_template("stress_running.html", until=until)
    return page, 409, {"Retry-After": str(int(error.load.left) + 1)}


@console.errorhandler(LoadFailed)
def _not_started(error: LoadFailed) -> ResponseReturnValue:
    return render_template(
        "stress_refused.html", sentence=str(error), offered=_offered_durations()
    ), 503


def _reject_seconds(typed: str) -> ResponseReturnValue:
    sentence = "Enter a whole number of seconds from 1 to 600."
    if typed:
        sentence = f"“{typed[:40]}” is not a number of seconds from 1 to 600. {sentence}"
    return render_template(
        "stress_refused.html", sentence=sentence, offered=_offered_durations()
    ), 422


def _offered_durations() -> list[tuple[int, str]]:
    return [(seconds, wording.duration(seconds)) for seconds in _OFFERED_SECONDS]


def _stress() -> LoadTest:
    stress = current_console().stress
    if stress is None:
        abort(404)
    return stress


def _console_of(machine: str) -> str:
    return f"/info?machine={quote(machine, safe='')}"
