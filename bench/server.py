"""A real server to measure: gunicorn with 2 workers of 8 threads, its CPU and its memory."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from bench.checkout import HERE, Checkout
from tests.support.environment import isolated
from tests.support.servers.server_process import HOST, ServerProcess, free_port

_CPUCLOCK_SCHED = 2


class Server(NamedTuple):
    """A gunicorn of our own and where it listens."""

    process: ServerProcess
    port: int
    first_answer_seconds: float

    def cpu_seconds(self) -> float:
        """User and system time of all its processes so far."""
        return sum(time.clock_gettime(_cpu_clock(pid)) for pid in self._pids())

    def memory_mb(self) -> float:
        """Proportional set size of all its processes."""
        return sum(_pss_kb(pid) for pid in self._pids()) / 1024

    def _pids(self) -> list[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [self.process.pid, *map(int, children.split())]


@contextmanager
def running(
    target: str,
    env: Mapping[str, str],
    log: Path,
    *,
    workers: int = 2,
    checkout: Checkout = HERE,
) -> Iterator[Server]:
    """Serve ``module:application`` and measure how long the first answer takes."""
    port = free_port()
    started = time.perf_counter()
    process = ServerProcess(
        [
            *(checkout.python, "-m", "gunicorn", target),
            *("--bind", f"{HOST}:{port}", "--workers", str(workers), "--threads", "8"),
            *("--keep-alive", "75"),
        ],
        folder=checkout.folder,
        log=log,
        environment=isolated(dict(env)),
    )
    try:
        process.wait_until(lambda: _answers(port))
        yield Server(process, port, time.perf_counter() - started)
    finally:
        process.stop()


def _answers(port: int) -> bool:
    try:
        with closing(http.client.HTTPConnection(HOST, port, timeout=10)) as connection:
            connection.request("GET", "/")
            connection.getresponse().read()
    except OSError:
        return False
    return True


def _cpu_clock(pid: int) -> int:
    """The clock of a process's CPU time, as Linux numbers it (``clock_getcpuclockid``): exact to
    nanoseconds, where /proc counts hundredths of a second."""
    return (~pid << 3) | _CPUCLOCK_SCHED


def _pss_kb(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    raise LookupError(f"no Pss of process {pid}")
