"""CPU and request rates of this machine, from the difference of two readings that workers share.

The last reading of any worker is the baseline, so the rates do not depend on the worker.
"""

import contextlib
import json
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

from app.machine import procfs
from app.machine.procfs import CpuTime
from app.runtime import strict_json
from app.runtime.atomic_file import write_atomically
from app.runtime.runtime_dir import RuntimeDir

_MIN_INTERVAL_SECONDS = 2.0
_MAX_INTERVAL_SECONDS = 30.0
_SAMPLE_SECONDS = 0.2
_MAX_RATE = 1e9


@dataclass(frozen=True, slots=True)
class Rates:
    """CPU use in percent of all cores, and requests per second; None if unknown."""

    cpu: float | None = None
    requests: float | None = None


@dataclass(frozen=True, slots=True)
class _Reading:
    at: float
    cpu: tuple[int, int] | None
    requests: int
    rates: dict[str, float | None] = field(default_factory=dict)


class RateMeter:
    """A meter that reads at most every 2 s; the first reading takes 0.2 s and has no requests."""

    def __init__(self, folder: RuntimeDir, count_requests: Callable[[], int]) -> None:
        self._folder = folder
        self._count_requests = count_requests
        self._lock = threading.Lock()
        self._last: _Reading | None = None

    def read(self) -> Rates:
        """Return the rates of the last seconds."""
        with self._lock:
            last = self._read_latest()
            age = time.monotonic() - last.at if last else -1.0
            if last and 0 <= age < _MIN_INTERVAL_SECONDS:
                return Rates(**last.rates)
            if last is None or not 0 <= age <= _MAX_INTERVAL_SECONDS:
                first = self._measure()
                time.sleep(_SAMPLE_SECONDS)
                reading = self._compare(first, self._measure(), too_short=True)
            else:
                reading = self._compare(last, self._measure())
            self._store(reading)
            return Rates(**reading.rates)

    def _measure(self) -> _Reading:
        return _Reading(time.monotonic(), procfs.cpu_time(), self._count_requests())

    def _compare(self, old: _Reading, new: _Reading, *, too_short: bool = False) -> _Reading:
        cpu = None
        if old.cpu and new.cpu:
            cpu = CpuTime(*new.cpu).share_since(CpuTime(*old.cpu))
        # A server that began anew counts from zero.
        answered = new.requests - old.requests if new.requests >= old.requests else new.requests
        rates = {"cpu": cpu, "requests": None if too_short else answered / (new.at - old.at)}
        return _Reading(new.at, new.cpu, new.requests, rates)

    def _read_latest(self) -> _Reading | None:
        """Return the latest reading of any worker."""
        with contextlib.suppress(OSError):
            reading = _reading_from(self._folder.path("reading").read_bytes())
            if reading and (self._last is None or reading.at > self._last.at):
                return reading
        return self._last

    def _store(self, reading: _Reading) -> None:
        self._last = reading
        with contextlib.suppress(OSError):
            content = json.dumps(asdict(reading)).encode()
            write_atomically(self._folder.path("reading"), [content], durable=False)


def _reading_from(content: bytes) -> _Reading | None:
    """Parse a reading of another worker; return None if the file holds anything else."""
    stored = strict_json.parse_object(content)
    at = strict_json.number(stored.get("at"), 0.0, strict_json.MAX_UNIX_TIME)
    ticks = stored.get("cpu")
    cpu = [_count(value) for value in ticks] if isinstance(ticks, list) else []
    requests = _count(stored.get("requests"))
    known = strict_json.mapping(stored.get("rates"))
    rates = {
        name: strict_json.number(known.get(name), 0.0, _MAX_RATE) for name in ("cpu", "requests")
    }
    if at is None or requests is None:
        return None
    pair = None if len(cpu) != 2 or None in cpu else (cpu[0] or 0, cpu[1] or 0)
    return _Reading(at, pair, requests, rates)


def _count(value: object) -> int | None:
    return strict_json.integer(value, 0, strict_json.MAX_INTEGER)
