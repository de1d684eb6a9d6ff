"""The machines of one directory: what each says of itself, and in which state that finds it."""

from __future__ import annotations

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
    """What a machine says of itself; times as time.time() tells, None for what it does not know."""

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
        """The heartbeat, to be kept."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))


_KINDS = get_type_hints(Heartbeat)


def heartbeat_from(text: str) -> Heartbeat | None:
    """The heartbeat in this text; of another release's as much as we understand, of junk None."""
    try:
        found = json.loads(text)
        known = {each.name: found[each.name] for each in fields(Heartbeat) if each.name in found}
        right = {name: _right(value, _KINDS[name]) for name, value in known.items()}
        told: dict[str, Any] = {n: value for n, value in right.items() if value is not None}
        return Heartbeat(**(told | {"at": float(known["at"])}))
    except (ValueError, TypeError, KeyError):
        return None


def _right(value: object, kind: type) -> object:
    """The value if it is of its kind; JSON knows no difference between 97 and 97.0."""
    if type(value) is int and isinstance(0.0, kind):
        return float(value)
    return value if isinstance(value, kind) else None


class HeartbeatStore(Protocol):
    """Where the machines of a directory leave their heartbeats for one another.

    Every method raises StorageUnavailable like the methods of an EmployeeStore.
    """

    def beat(self, heartbeat: Heartbeat) -> float | None:
        """Leave a heartbeat in place of the machine's last one.

        Returns when another machine asked for this one's load to be stopped, and forgets it.
        """

    def all(self) -> list[Heartbeat]:
        """The last heartbeat of each machine that was heard of in the last ten minutes."""

    def request_stop(self, machine: str) -> bool:
        """Leave word for a machine that its load shall stop; False where it was never heard of."""


class MachineState(StrEnum):
    """How a machine is doing, in the word that the page shows."""

    IN_SERVICE = "In service"
    BUSY = "Busy"
    STARTING = "Starting"
    NO_ANSWER = "No answer"


def state_of(heartbeat: Heartbeat, now: float | None = None) -> MachineState:
    """Silent for half a minute, started less than two minutes ago, or over 70 % of the CPU."""
    now = time.time() if now is None else now
    if now - heartbeat.at > SILENT_SECONDS:
        return MachineState.NO_ANSWER
    if heartbeat.up_since is not None and now - heartbeat.up_since < _STARTING_SECONDS:
        return MachineState.STARTING
    if heartbeat.cpu is not None and heartbeat.cpu >= _BUSY_PER_CENT:
        return MachineState.BUSY
    return MachineState.IN_SERVICE


def sort_by_name(heartbeats: Iterable[Heartbeat]) -> list[Heartbeat]:
    """By their names, so that no row moves while people watch."""
    return sorted(heartbeats, key=lambda heartbeat: heartbeat.machine)
