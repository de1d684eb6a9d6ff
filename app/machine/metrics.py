"""CPU and request rates of this machine, from the difference of two readings that workers share.

The last reading of any worker is the baseline, so the rates do not depend on the worker.
"""

import contextlib
import json
import threading
import time
from dataclasses import asdict, dataclass, field

from app.machine import procfs
from app.machine.procfs import CpuTime
from app.machine.request_counter import RequestCounter, requests_between
from app.runtime.atomic_file import write_atomically
from app.runtime.runtime_dir import RuntimeDir

_MIN_INTERVAL_SECONDS = 2.0
_MAX_INTERVAL_SECONDS = 30.0
_SAMPLE_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Rates:
    """CPU use in percent of all cores, and requests per second; None if unknown."""

    cpu: float | None = None
    requests: float | None = None


@dataclass(frozen=True, slots=True)
class _Reading:
    at: float
    cpu: tuple[int, int] | None
    requests: dict[str, int]
    rates: dict[str, float | None] = field(default_factory=dict)


class RateMeter:
    """A meter that reads at most every 2 s; the first reading takes 0.2 s and has no requests."""

    def __init__(self, folder: RuntimeDir, counter: RequestCounter) -> None:
        self._folder = folder
        self._counter = counter
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
        return _Reading(time.monotonic(), procfs.cpu_time(), self._counter.all())

    def _compare(self, old: _Reading, new: _Reading, *, too_short: bool = False) -> _Reading:
        cpu = None
        if old.cpu and new.cpu:
            cpu = CpuTime(*new.cpu).share_since(CpuTime(*old.cpu))
        requests = requests_between(old.requests, new.requests) / (new.at - old.at)
        rates = {"cpu": cpu, "requests": None if too_short else requests}
        return _Reading(new.at, new.cpu, new.requests, rates)

    def _read_latest(self) -> _Reading | None:
        """Return the latest reading of any worker."""
        with contextlib.suppress(OSError, ValueError, TypeError):
            reading = _Reading(**json.loads(self._folder.path("reading").read_text()))
            if self._last is None or reading.at > self._last.at:
                return reading
        return self._last

    def _store(self, reading: _Reading) -> None:
        self._last = reading
        with contextlib.suppress(OSError):
            content = json.dumps(asdict(reading)).encode()
            write_atomically(self._folder.path("reading"), [content], durable=False)
