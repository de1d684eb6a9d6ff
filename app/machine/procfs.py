"""Read the load of this machine from the kernel; None where it is unavailable (not Linux)."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import NamedTuple

PROC = Path("/proc")
_IDLE, _IO_WAIT = 3, 4
_FIELDS = 8  # user to steal; guest time is included in user


class CpuTime(NamedTuple):
    """CPU ticks of all cores since boot."""

    busy: int
    all: int

    def share_since(self, earlier: CpuTime) -> float | None:
        """Return the percentage of busy CPU time since an earlier reading."""
        elapsed = self.all - earlier.all
        return 100 * max(0, self.busy - earlier.busy) / elapsed if elapsed > 0 else None


class Memory(NamedTuple):
    """Memory of the machine in bytes."""

    used: int
    all: int


def cpu_time() -> CpuTime | None:
    """Return the CPU ticks since boot. Steal time counts as busy."""
    try:
        first = (PROC / "stat").read_text().partition("\n")[0].split()
        ticks = [int(text) for text in first[1 : 1 + _FIELDS]]
    except (OSError, ValueError):
        return None
    if first[:1] != ["cpu"] or len(ticks) <= _IO_WAIT:
        return None
    return CpuTime(sum(ticks) - ticks[_IDLE] - ticks[_IO_WAIT], sum(ticks))


def memory() -> Memory | None:
    """Return the used and the total memory."""
    try:
        lines = (PROC / "meminfo").read_text().splitlines()
        values = {name: int(rest.split()[0]) for name, _, rest in (x.partition(":") for x in lines)}
        total, free = values["MemTotal"] * 1024, values["MemAvailable"] * 1024
    except (OSError, ValueError, KeyError, IndexError):
        return None
    return Memory(total - free, total)


def resident_memory(process: int) -> int:
    """Return the bytes that a process has in memory, shared ones included; 0 if unknown."""
    try:
        return int((PROC / str(process) / "statm").read_text().split()[1]) * os.sysconf(
            "SC_PAGESIZE"
        )
    except (OSError, ValueError, IndexError):
        return 0


def load_averages() -> tuple[float, float, float] | None:
    """Return the load averages over 1, 5 and 15 minutes."""
    try:
        return os.getloadavg()
    except OSError:
        return None


def up_since() -> float | None:
    """Return the boot time (Unix time)."""
    try:
        for line in (PROC / "stat").read_text().splitlines():
            if line.startswith("btime "):
                return float(line.split()[1])
    except (OSError, ValueError, IndexError):
        return None
    return None


def address() -> str:
    """Return the address of the outgoing interface, or ""; no packet is sent."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.connect(("192.0.2.1", 9))  # reserved for documentation (RFC 5737)
            return str(udp.getsockname()[0])
    except OSError:
        return ""
