"""How busy this machine is, as its kernel tells; None where it does not (not Linux, or hidden)."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import NamedTuple

PROC = Path("/proc")
_IDLE, _IO_WAIT = 3, 4
_COUNTED = 8  # user to steal; a guest's time is in user's already


class CpuTime(NamedTuple):
    """Ticks of all cores since boot."""

    busy: int
    all: int

    def share_since(self, before: CpuTime) -> float | None:
        """Per cent of the CPU that was busy since then."""
        passed = self.all - before.all
        return 100 * max(0, self.busy - before.busy) / passed if passed > 0 else None


class Memory(NamedTuple):
    """Bytes."""

    used: int
    all: int


def cpu_time() -> CpuTime | None:
    """What the cores did so far. The time that another machine took (steal) counts as busy."""
    try:
        first = (PROC / "stat").read_text().partition("\n")[0].split()
        ticks = [int(text) for text in first[1 : 1 + _COUNTED]]
    except (OSError, ValueError):
        return None
    if first[:1] != ["cpu"] or len(ticks) <= _IO_WAIT:
        return None
    return CpuTime(sum(ticks) - ticks[_IDLE] - ticks[_IO_WAIT], sum(ticks))


def memory() -> Memory | None:
    """What is in use, and what there is."""
    try:
        lines = (PROC / "meminfo").read_text().splitlines()
        found = {name: int(rest.split()[0]) for name, _, rest in (x.partition(":") for x in lines)}
        whole, free = found["MemTotal"] * 1024, found["MemAvailable"] * 1024
    except (OSError, ValueError, KeyError, IndexError):
        return None
    return Memory(whole - free, whole)


def load_averages() -> tuple[float, float, float] | None:
    """Processes that ran or waited, on average over 1, 5 and 15 minutes."""
    try:
        return os.getloadavg()
    except OSError:
        return None


def up_since() -> float | None:
    """When the machine started, as time.time() tells."""
    try:
        for line in (PROC / "stat").read_text().splitlines():
            if line.startswith("btime "):
                return float(line.split()[1])
    except (OSError, ValueError, IndexError):
        return None
    return None


def address() -> str:
    """The address from which this machine speaks to others; nothing is sent to find it."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
            line.connect(("192.0.2.1", 9))  # a net that is for documentation only
            return str(line.getsockname()[0])
    except OSError:
        return ""
