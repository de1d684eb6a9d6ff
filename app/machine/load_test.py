"""Run a bounded CPU load: one per machine, which any worker can watch and stop."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from app.machine import load_process
from app.model.errors import DirectoryError
from app.runtime import strict_json
from app.runtime.file_lock import try_lock, wait_for_lock
from app.runtime.runtime_dir import RuntimeDir

MIN_SECONDS = 1
MAX_SECONDS = 600

_MAX_START_SECONDS = 5.0
_MAX_END_SECONDS = 2.0
_POLL_SECONDS = 0.01
_MAX_STATE_BYTES, _MAX_PATH_CHARACTERS = 4_096, 1_000
_MAX_PID, _MAX_CORES = 2**22, 1_000_000
_PROGRAM = Path(load_process.__file__)


@dataclass(frozen=True, slots=True)
class Load:
    """A running load, as it was read.

    ``seconds`` is its length, ``until`` its end (Unix time), ``left`` the remaining seconds, and
    ``program`` the program that makes it ("" is our own).
    """

    seconds: int
    until: float
    left: float
    cores: int
    program: str

    @property
    def since(self) -> float:
        """The start of the load (Unix time)."""
        return self.until - self.seconds


class LoadAlreadyRunning(DirectoryError):
    """A load is already running; nothing was started."""

    def __init__(self, load: Load) -> None:
        super().__init__(f"a load test is running for another {load.left:.0f} s")
        self.load = load


class LoadFailed(DirectoryError):
    """The load could not be started; the message says why."""


def parse_seconds(text: str) -> int | None:
    """Parse the length of a load; return None unless it is a whole number within the limits."""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MAX_SECONDS))):
        return None
    seconds = int(text)
    return seconds if MIN_SECONDS <= seconds <= MAX_SECONDS and text[0] != "0" else None


class LoadTest:
    """The load of this machine: it runs while a process holds its lock.

    Every check of that lock takes a second lock, the gate, so that two concurrent checks do not
    take each other for a load.
    """

    def __init__(self, folder: RuntimeDir) -> None:
        self._folder = folder

    def running(self) -> Load | None:
        """Return the running load, if any."""
        try:
            with self._gate(), self._open() as lock:
                return None if try_lock(lock) else _read_load(lock)
        except OSError:
            return None  # without a lock file no load can have been started

    def start(self, seconds: int) -> Load:
        """Start a load. Raises LoadAlreadyRunning, and LoadFailed if it cannot be started."""
        if not MIN_SECONDS <= seconds <= MAX_SECONDS:
            raise ValueError(f"a load of {seconds} s")
        try:
            with self._gate(), self._open() as lock:
                if not try_lock(lock):
                    raise LoadAlreadyRunning(_read_load(lock))
                os.ftruncate(lock, 0)
                process = _start_process(seconds, lock)
                return _read_load(lock, process)
        except OSError as error:
            raise LoadFailed(
                f"The load test was not started: {error.strerror or error}."
            ) from error

    def stop(self) -> bool:
        """End the load at once; return whether there was one."""
        try:
            with self._gate(), self._open() as lock:
                if try_lock(lock):
                    return False
                _end(_wait_for_state(lock).pid, lock)
                return True
        except OSError:
            return False

    @contextlib.contextmanager
    def _open(self) -> Iterator[int]:
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0)
        lock = os.open(self._folder.path("load"), flags, 0o600)
        try:
            yield lock
        finally:
            os.close(lock)

    @contextlib.contextmanager
    def _gate(self) -> Iterator[None]:
        with self._folder.path("load.gate").open("ab") as gate:
            wait_for_lock(gate)
            yield


def _start_process(seconds: int, lock: int) -> subprocess.Popen[bytes]:
    program = shutil.which("stress") or ""
    command = [sys.executable, "-I", "-S", str(_PROGRAM), str(seconds), str(lock)]
    # In a process group of its own, to be ended as a whole, but in the same session: with kernel
    # autogroups, a priority only counts within a session. The environment is not passed on.
    process = subprocess.Popen(  # noqa: S603 (our own program, with two numbers)
        [*command, program] if program else command,
        cwd="/",
        env={"PATH": os.defpath},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=[lock],
        process_group=0,
    )
    threading.Thread(target=process.wait, name="load", daemon=True).start()
    return process


def _read_load(lock: int, process: subprocess.Popen[bytes] | None = None) -> Load:
    """Read the state of the load, waiting until its process has written it."""
    return _wait_for_state(lock, process).load()


class _State(NamedTuple):
    """The state that the process of a load wrote; ``ends`` is of the monotonic clock."""

    pid: int
    seconds: int
    ends: float
    cores: int
    program: str

    def load(self) -> Load:
        left = min(max(0.0, self.ends - time.monotonic()), float(self.seconds))
        return Load(self.seconds, time.time() + left, left, self.cores, self.program)


def _state_from(content: bytes) -> _State | None:
    """Parse the content of the lock file; return None while it is not a whole state."""
    stored = strict_json.parse_object(content)
    # 0 and negative numbers are no process: signals to them end others.
    pid = strict_json.integer(stored.get("pid"), 2, _MAX_PID)
    seconds = strict_json.integer(stored.get("seconds"), MIN_SECONDS, MAX_SECONDS)
    ends = strict_json.number(stored.get("ends"), 0.0, strict_json.MAX_UNIX_TIME)
    cores = strict_json.integer(stored.get("cores"), 1, _MAX_CORES)
    program = strict_json.string(stored.get("program"), _MAX_PATH_CHARACTERS)
    if pid is None or seconds is None or ends is None or cores is None or program is None:
        return None
    return _State(pid, seconds, ends, cores, program)


def _wait_for_state(lock: int, process: subprocess.Popen[bytes] | None = None) -> _State:
    ends = time.monotonic() + _MAX_START_SECONDS
    while time.monotonic() < ends and (process is None or process.poll() is None):
        if (state := _state_from(os.pread(lock, _MAX_STATE_BYTES, 0))) is not None:
            return state
        time.sleep(_POLL_SECONDS)
    if process is not None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    raise OSError("its process did not start")


def _end(group: int, lock: int) -> None:
    """End the process group: first its leader, which waits for the burners, then all of it.

    The number cannot belong to another group: a process of this one still holds the lock.
    """
    for kill in (os.kill, os.killpg):
        try:
            kill(group, signal.SIGTERM if kill is os.kill else signal.SIGKILL)
        except ProcessLookupError:
            continue
        ends = time.monotonic() + _MAX_END_SECONDS
        while time.monotonic() < ends:
            if try_lock(lock):
                return
            time.sleep(_POLL_SECONDS)
