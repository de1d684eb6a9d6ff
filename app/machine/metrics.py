"""CPU and requests a second of this machine now: the difference of two readings, shared by workers.

Whichever worker is asked compares with the last reading of any of them, so that what a page shows
does not depend on the worker that made it.
"""

from __future__ import annotations

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

_YOUNG_SECONDS = 2.0
_OLD_SECONDS = 30.0
_SAMPLE_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Rates:
    """Per cent of all cores, and requests a second; None where it is not known."""

    cpu: float | None = None
    requests: float | None = None


@dataclass(frozen=True, slots=True)
class _Reading:
    at: float
    cpu: tuple[int, int] | None
    requests: dict[str, int]
    rates: dict[str, float | None] = field(default_factory=dict)


class RateMeter:
    """Reads at most every two seconds; a first reading takes 0.2 s and knows no requests yet."""

    def __init__(self, folder: RuntimeDir, count: RequestCounter) -> None:
        self._folder = folder
        self._count = count
        self._lock = threading.Lock()
        self._last: _Reading | None = None

    def read(self) -> Rates:
        """The rates over the last seconds."""
        with self._lock:
            last = self._newest()
            age = time.monotonic() - last.at if last else -1.0
            if last and 0 <= age < _YOUNG_SECONDS:
                return Rates(**last.rates)
            if last is None or not 0 <= age <= _OLD_SECONDS:
                begun = self._take()
                time.sleep(_SAMPLE_SECONDS)
                reading = self._compared(begun, self._take(), too_short=True)
            else:
                reading = self._compared(last, self._take())
            self._keep(reading)
            return Rates(**reading.rates)

    def _take(self) -> _Reading:
        return _Reading(time.monotonic(), procfs.cpu_time(), self._count.all())

    def _compared(self, before: _Reading, now: _Reading, *, too_short: bool = False) -> _Reading:
        cpu = None
        if before.cpu and now.cpu:
            cpu = CpuTime(*now.cpu).share_since(CpuTime(*before.cpu))
        requests = requests_between(before.requests, now.requests) / (now.at - before.at)
        rates = {"cpu": cpu, "requests": None if too_short else requests}
        return _Reading(now.at, now.cpu, now.requests, rates)

    def _newest(self) -> _Reading | None:
        """The last reading of any worker."""
        with contextlib.suppress(OSError, ValueError, TypeError):
            found = json.loads(self._folder.path("reading").read_text())
            reading = _Reading(**found)
            if self._last is None or reading.at > self._last.at:
                return reading
        return self._last

    def _keep(self, reading: _Reading) -> None:
        self._last = reading
        with contextlib.suppress(OSError):
            content = json.dumps(asdict(reading)).encode()
            write_atomically(self._folder.path("reading"), [content], durable=False)
