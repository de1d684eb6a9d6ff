"""Texts and numbers of the machine pages."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from app.contracts.heartbeats import Heartbeat, MachineState, state_of
from app.web.ui.clock import Clock
from app.web.ui.dates import moment, number_in_words

_STATE_STYLES = {
    MachineState.IN_SERVICE: ("ok", "check-circle-fill"),
    MachineState.BUSY: ("warning", "exclamation-triangle-fill"),
    MachineState.STARTING: ("starting", "hourglass-split"),
    MachineState.NO_ANSWER: ("failed", "x-octagon-fill"),
}
_HIGH_CPU, _MEDIUM_CPU = 90, 70
# The events of the audit log that a page tells, by label; the JSON has all.
_EVENTS = {
    "Sign-ins": ("sign-in",),
    "Refused sign-ins": ("sign-in-refused", "account-locked"),
    "Refused setup codes": ("claim-refused",),
    "Refused requests of people signed in": ("not-allowed",),
    "Changed roles": ("role-changed",),
    "Dropped sign-in headers": ("sign-in-header-dropped",),
}


class Row(NamedTuple):
    """A row of the fleet table."""

    machine: str
    zone: str
    is_this: bool
    state: str
    style: str
    icon: str
    cpu: int | None
    bar: str
    requests: str
    seen: str
    load_until: Clock | None


class RunningLoad(NamedTuple):
    """A running load test; ``done`` is in percent."""

    seconds_left: int
    time_left: str
    duration: str
    done: int
    sentence: str
    began: Clock


def clock(at: float) -> Clock:
    """Format a UTC time: ``16:42:05``."""
    then = datetime.fromtimestamp(at, UTC)
    return Clock(f"{then:%H:%M:%S}", then.isoformat(timespec="seconds"))


def long_clock(at: float) -> Clock:
    """Format a UTC date and time: ``Friday 20 November 2026, 09:14 UTC``."""
    then = datetime.fromtimestamp(at, UTC)
    return Clock(moment(then), then.isoformat(timespec="seconds"))


def rows(machines: Sequence[Heartbeat], this: str, now: float) -> list[Row]:
    """Return the rows of the fleet table."""
    return [_row(beat, beat.machine == this, now) for beat in machines]


def _row(beat: Heartbeat, is_this: bool, now: float) -> Row:
    state = state_of(beat, now)
    style, icon = _STATE_STYLES[state]
    silent = state is MachineState.NO_ANSWER
    cpu = None if silent or beat.cpu is None else round(beat.cpu)
    known = not silent and beat.requests is not None
    loaded = not silent and beat.load_until is not None and beat.load_until > now
    return Row(
        machine=beat.machine,
        zone=beat.zone,
        is_this=is_this,
        state=str(state),
        style=style,
        icon=icon,
        cpu=cpu,
        bar=_bar(cpu or 0),
        requests=_rate(beat.requests or 0) if known else "–",
        seen=ago(now - beat.at),
        load_until=clock(beat.load_until) if loaded and beat.load_until else None,
    )


def _bar(cpu: int) -> str:
    return "high" if cpu >= _HIGH_CPU else "middle" if cpu >= _MEDIUM_CPU else "low"


def _rate(requests: float) -> str:
    return f"{requests:.1f}" if 0 < requests < 9.95 else f"{requests:,.0f}"


def fleet_summary(machines: Sequence[Heartbeat], now: float) -> str:
    """Summarise the fleet: ``Six machines: five in service, one starting``."""
    states = [state_of(beat, now) for beat in machines]
    loaded = sum(1 for beat in machines if (beat.load_until or 0) > now)
    counts = {
        "in service": sum(s in (MachineState.IN_SERVICE, MachineState.BUSY) for s in states),
        "starting": states.count(MachineState.STARTING),
        "not responding": states.count(MachineState.NO_ANSWER),
        "under a load test": loaded,
    }
    parts = [f"{number_in_words(count)} {word}" for word, count in counts.items() if count]
    number = number_in_words(len(machines)).capitalize()
    return f"{number} machine{'' if len(machines) == 1 else 's'}: {', '.join(parts)}"


def running_load(beat: Heartbeat, now: float) -> RunningLoad | None:
    """Return the running load test of a machine according to its heartbeat, if any."""
    if beat.load_since is None or beat.load_until is None or beat.load_until <= now:
        return None
    seconds = max(1, round(beat.load_until - beat.load_since))
    seconds_left = min(seconds, round(beat.load_until - now))
    done = round(100 * (seconds - seconds_left) / seconds)
    by = "the program stress" if beat.load_program else "the built-in program"
    began = clock(beat.load_since)
    return RunningLoad(
        seconds_left=seconds_left,
        time_left=minutes(seconds_left),
        duration=minutes(seconds),
        done=done,
        sentence=f"{done}% done. {_cores(beat.cores)} busy with {by}",
        began=began,
    )


def _cores(count: int | None) -> str:
    texts = {None: "All CPUs", 1: "Its one CPU", 2: "Both CPUs"}
    return texts.get(count) or f"All {count} CPUs"


def minutes(seconds: int) -> str:
    """Format a duration: ``2:18``."""
    return f"{seconds // 60}:{seconds % 60:02}"


def duration(seconds: int) -> str:
    """Format a duration: ``1 minute``, ``90 seconds``."""
    if seconds % 60:
        return f"{seconds} second{'' if seconds == 1 else 's'}"
    return f"{seconds // 60} minute{'' if seconds == 60 else 's'}"


def ago(seconds: float) -> str:
    """Format the age of a heartbeat: ``2 s ago``, ``3 min ago``."""
    whole = max(0, round(seconds))
    return f"{whole} s ago" if whole < 60 else f"{whole // 60} min ago"


def running_since(at: float, now: float) -> str:
    """Format the start time and the uptime: ``Today 08:02 UTC, 8 h 40 min``."""
    began = long_clock(at).text
    if datetime.fromtimestamp(at, UTC).date() == datetime.fromtimestamp(now, UTC).date():
        began = f"Today {datetime.fromtimestamp(at, UTC):%H:%M} UTC"
    return f"{began}, {span(now - at)}"


def span(seconds: float) -> str:
    """Format a long duration: ``8 h 40 min``, ``3 days 2 h``."""
    whole_minutes = max(0, int(seconds // 60))
    hours, rest = divmod(whole_minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} day{'' if days == 1 else 's'} {hours} h"
    return f"{hours} h {rest} min" if hours else f"{rest} min"


def memory(beat: Heartbeat) -> str:
    """Format the memory in use: ``1.1 of 2.0 GB``."""
    if beat.memory_used is None or not beat.memory_all:
        return "Unknown"
    return f"{beat.memory_used / 2**30:.1f} of {beat.memory_all / 2**30:.1f} GB"


def load_averages(beat: Heartbeat) -> str:
    """Format the load averages: ``1.82 · 0.94 · 0.41``."""
    averages = (beat.load_1, beat.load_5, beat.load_15)
    known = [f"{average:.2f}" for average in averages if average is not None]
    return " · ".join(known) if len(known) == len(averages) else "Unknown"


def events(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return label and count of the events that have happened."""
    told = ((label, sum(counts.get(name, 0) for name in names)) for label, names in _EVENTS.items())
    return [(label, count) for label, count in told if count]
