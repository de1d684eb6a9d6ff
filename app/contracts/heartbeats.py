"""Heartbeats: what each machine of a directory reports, and the state that follows from it."""

import json
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any, Protocol, get_type_hints

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


_TYPES = get_type_hints(Heartbeat)


def heartbeat_from(text: str) -> Heartbeat | None:
    """Parse a heartbeat; ignore unknown fields, return None for anything else."""
    try:
        raw = json.loads(text)
        known = {field.name: raw[field.name] for field in fields(Heartbeat) if field.name in raw}
        typed = {name: _typed(value, _TYPES[name]) for name, value in known.items()}
        values: dict[str, Any] = {name: value for name, value in typed.items() if value is not None}
        return Heartbeat(**(values | {"at": float(known["at"])}))
    except (ValueError, TypeError, KeyError):
        return None


def _typed(value: object, kind: type) -> object:
    """Return the value if it has this type, else None; JSON does not distinguish 97 and 97.0."""
    if type(value) is int and isinstance(0.0, kind):
        return float(value)
    return value if isinstance(value, kind) else None


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
