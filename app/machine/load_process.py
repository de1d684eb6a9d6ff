"""The program that burns CPU, run by load_test.py as a process of its own.

It runs with ``-I -S`` and imports nothing of ``app``. It survives the process that started it and
always ends in time: each burner checks the clock, and the kernel ends one that hangs (by an alarm
and a CPU limit). The lock that says "a load is running" is a file that each of its processes keeps
open, so it is released exactly when the last of them has ended.

    python -I -S load_process.py SECONDS LOCK_FD [STRESS_PROGRAM]
"""

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
# After this grace period the kernel ends a burner that hangs.
_GRACE_SECONDS = 2
_LOOPS_PER_CHECK = 20_000


def main(arguments: list[str]) -> None:
    """Burn CPU on every core for a number of seconds or until SIGTERM; leave no process behind."""
    seconds, lock = int(arguments[0]), int(arguments[1])
    program = arguments[2] if len(arguments) > 2 else ""
    ends = time.monotonic() + seconds
    _adopt_orphans()
    for number in (signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, _end_group)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    cores = count_cores()
    _write_state(lock, seconds, ends, cores, program)
    if program:
        # S603: a program from the PATH, with integer arguments.
        command = [program, "--quiet", "--cpu", str(cores), "--timeout", str(seconds)]
        subprocess.Popen(command, pass_fds=[lock], preexec_fn=_lower_priority)  # noqa: S603
    else:
        for _ in range(cores):
            _start_burner(ends)
    _wait_for_all()


def count_cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _lower_priority() -> None:
    """Use only idle CPU time, so that pages and health checks stay fast.

    For burners only: their parent needs some CPU time to stop them.
    """
    os.nice(_LOWEST_PRIORITY)
    if hasattr(os, "SCHED_IDLE"):
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def _adopt_orphans() -> None:
    """Become the parent of processes that ``stress`` leaves behind, to wait for them."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _start_burner(ends: float) -> None:
    if os.fork():
        return
    for number in (signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    _lower_priority()
    remaining = max(1, math.ceil(ends - time.monotonic()))
    signal.alarm(remaining + _GRACE_SECONDS)
    limit = remaining + _GRACE_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1))
    while time.monotonic() < ends:
        for _ in range(_LOOPS_PER_CHECK):
            pass
    os._exit(0)


def _write_state(lock: int, seconds: int, ends: float, cores: int, program: str) -> None:
    """Write the state of the load to the lock file, for every worker to read."""
    state = {
        "pid": os.getpid(),
        "seconds": seconds,
        "ends": ends,
        "cores": cores,
        "program": program,
    }
    os.ftruncate(lock, 0)
    os.pwrite(lock, json.dumps(state).encode(), 0)


def _end_group(number: int, frame: object) -> None:
    """End all other processes of the group; the wait for them then ends this one."""
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
