"""The program that burns CPU, run by load_test.py as a process of its own.

It runs with ``-I -S``, so it imports nothing of ``app``. It outlives whoever started it, and ends
in time whatever is killed: each burner looks at the clock by itself, and the kernel ends one that
does not (an alarm, and a limit of CPU time). The lock that says "a load is running" is a file that
each of its processes holds open, so it is free exactly when the last of them is gone.

    python -I -S load_process.py SECONDS LOCK_FD [STRESS_PROGRAM]
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import math
import os
import resource
import signal
import subprocess
import sys
import time

_LOWEST_PRIORITY = 19
_PR_SET_CHILD_SUBREAPER = 36
# How long after its time the kernel ends a burner that does not end by itself.
_GRACE_SECONDS = 2
_ROUNDS_A_LOOK = 20_000


def main(arguments: list[str]) -> None:
    """Burn on every core for so many seconds, or until SIGTERM; leave no process behind."""
    seconds, lock = int(arguments[0]), int(arguments[1])
    program = arguments[2] if len(arguments) > 2 else ""
    ends = time.monotonic() + seconds
    _adopt_orphans()
    for number in (signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, _end)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    cores = count_cores()
    _note(lock, seconds, ends, cores, program)
    if program:
        # S603: the program is one that was found on the PATH, with numbers of ours.
        command = [program, "--quiet", "--cpu", str(cores), "--timeout", str(seconds)]
        subprocess.Popen(command, pass_fds=[lock], preexec_fn=_give_way)  # noqa: S603
    else:
        for _ in range(cores):
            _start_burner(ends)
    _wait_for_all()


def count_cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _give_way() -> None:
    """Take only what nobody else wants, so that pages and health checks go on.

    For what burns, and not for the one that waits for it: to be stopped takes a little CPU too.
    """
    os.nice(_LOWEST_PRIORITY)
    if hasattr(os, "SCHED_IDLE"):
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def _adopt_orphans() -> None:
    """What ``stress`` leaves when it is ended comes to us, and is waited for."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _start_burner(ends: float) -> None:
    if os.fork():
        return
    for number in (signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    _give_way()
    left = max(1, math.ceil(ends - time.monotonic()))
    signal.alarm(left + _GRACE_SECONDS)
    limit = left + _GRACE_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1))
    while time.monotonic() < ends:
        for _ in range(_ROUNDS_A_LOOK):
            pass
    os._exit(0)


def _note(lock: int, seconds: int, ends: float, cores: int, program: str) -> None:
    """Say in the locked file what is running, for every worker to read."""
    state = {
        "pid": os.getpid(),
        "seconds": seconds,
        "ends": ends,
        "cores": cores,
        "program": program,
    }
    os.ftruncate(lock, 0)
    os.pwrite(lock, json.dumps(state).encode(), 0)


def _end(number: int, frame: object) -> None:
    """End all others of our group; the wait for them then ends us."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.killpg(0, signal.SIGTERM)


def _wait_for_all() -> None:
    while True:
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


if __name__ == "__main__":
    main(sys.argv[1:])
