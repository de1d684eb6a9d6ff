"""Heartbeats: what each machine of a directory reports, and the state that follows from it."""

import json
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Protocol, get_type_hints

from app.runtime import strict_json

SILENT_SECONDS = 30.0
FORGOTTEN_SECONDS = 600.0
_STARTING_SECONDS = 120.0
_BUSY_PER_CENT = 70.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """The report of one machine; times are Unix times, None is unknown."""

    machine: str
    at: float
    zone: str = ""
    type: str = ""
    region: str = ""
    address: str = ""
    version: str = ""
    cores: int | None = None
    cpu: float | None = None
    requests: float | None = None
    load_1: float | None = None
    load_5: float | None = None
    load_15: float | None = None
    memory_used: int | None = None
    memory_all: int | None = None
    up_since: float | None = None
    load_since: float | None = None
    load_until: float | None = None
    load_program: str = ""
    key_mark: str = ""

    def as_text(self) -> str:
        """Serialise the heartbeat as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))


# Longer texts, and numbers beyond these, are of no machine: they are read as unknown.
_MAX_CHARACTERS = 128
_MAX_NUMBER, _MAX_CORES = 1e15, 1_000_000
_TIMES = frozenset({"at", "up_since", "load_since", "load_until"})
_TYPES = get_type_hints(Heartbeat)


def heartbeat_from(text: str) -> Heartbeat | None:
    """Parse a heartbeat; ignore what no machine reports, return None without a name or a time."""
    raw = strict_json.parse_object(text)
    known = {name: _value(name, raw[name]) for name in _TYPES if name in raw}
    values: dict[str, Any] = {name: value for name, value in known.items() if value is not None}
    return Heartbeat(**values) if values.get("machine") and "at" in values else None


def _value(name: str, value: object) -> object:
    """Return the value if it has the type of the field and is possible, else None."""
    kind = _TYPES[name]
    if kind is str:
        text = strict_json.string(value, _MAX_CHARACTERS)
        return text if text is not None and text.isprintable() else None
    if name in _TIMES:
        return strict_json.number(value, 0.0, strict_json.MAX_UNIX_TIME)
    if kind == int | None:
        high = _MAX_CORES if name == "cores" else strict_json.MAX_INTEGER
        return strict_json.integer(value, 0, high)
    return strict_json.number(value, 0.0, _MAX_NUMBER)


class HeartbeatStore(Protocol):
    """A store of the heartbeats of all machines of a directory.

    Every method raises StorageUnavailable like the methods of an EmployeeStore.
    """

    def put(self, heartbeat: Heartbeat) -> float | None:
        """Replace the machine's last heartbeat.

        Returns the time at which another machine requested a stop of this one's load, if any, and
        clears the request.
        """

    def all(self) -> list[Heartbeat]:
        """Return the last heartbeat of each machine seen in the last FORGOTTEN_SECONDS."""

    def request_stop(self, machine: str) -> bool:
        """Request that a machine stops its load; return False if the machine is unknown."""


class MachineState(StrEnum):
    """The state of a machine, as the page shows it."""

    IN_SERVICE = "In service"
    BUSY = "Busy"
    STARTING = "Starting"
    NO_ANSWER = "Not responding"


def state_of(heartbeat: Heartbeat, now: float | None = None) -> MachineState:
    """Return no answer after 30 s of silence, starting for 2 min, busy from 70 % CPU."""
    now = time.time() if now is None else now
    if now - heartbeat.at > SILENT_SECONDS:
        return MachineState.NO_ANSWER
    if heartbeat.up_since is not None and now - heartbeat.up_since < _STARTING_SECONDS:
        return MachineState.STARTING
    if heartbeat.cpu is not None and heartbeat.cpu >= _BUSY_PER_CENT:
        return MachineState.BUSY
    return MachineState.IN_SERVICE


def sort_by_name(heartbeats: Iterable[Heartbeat]) -> list[Heartbeat]:
    """Sort by machine name, so that rows keep their order between updates."""
    return sorted(heartbeats, key=lambda heartbeat: heartbeat.machine)
