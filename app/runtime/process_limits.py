"""Limits that the system sets to a process of ours, and how it ends with those who started it."""

import contextlib
import resource
import signal
import sys
from pathlib import Path

_OOM_SCORE = Path("/proc/self/oom_score_adj")
# Half of all memory, added to what the process uses when the kernel chooses whom to end.
_FIRST_TO_END = 500
_PR_SET_PDEATHSIG = 1


def limit_memory(max_bytes: int) -> None:
    """Limit the data of this process: beyond it, Python raises MemoryError."""
    _limit(resource.RLIMIT_DATA, max_bytes)


def limit_files(max_bytes: int) -> None:
    """Limit the size of each file that this process writes: beyond it, writes raise OSError."""
    _limit(resource.RLIMIT_FSIZE, max_bytes)


def limit_processor(max_seconds: int) -> None:
    """Limit the processor time of this process; SIGXCPU ends it. 0 lifts the limit."""
    _limit(resource.RLIMIT_CPU, max_seconds or resource.RLIM_INFINITY)


def write_no_core() -> None:
    """Write no core dump: it would hold the records of people."""
    _limit(resource.RLIMIT_CORE, 0)


def end_before_others(score: int = _FIRST_TO_END) -> None:
    """Let the kernel end this process before the server when memory runs out; 1000 is the most."""
    with contextlib.suppress(OSError):  # not on Linux, or /proc is read-only
        _OOM_SCORE.write_text(str(score))


def stop_with_parent() -> None:
    """Send this process SIGTERM when the thread that started it ends (on Linux)."""
    if sys.platform == "linux":
        import ctypes  # imported here: the server has no use for it

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def _limit(number: int, soft: int) -> None:
    """Set the soft limit, unless the system allows less."""
    _, hard = resource.getrlimit(number)
    if hard != resource.RLIM_INFINITY:
        soft = hard if soft == resource.RLIM_INFINITY else min(soft, hard)
    resource.setrlimit(number, (soft, hard))
