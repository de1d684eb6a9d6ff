"""A bounded burn of the CPU: one at a time in a machine, which any worker can watch and stop."""

from __future__ import annotations

import contextlib
import json
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

from app.machine import load_process
from app.model.errors import DirectoryError
from app.runtime.file_lock import try_lock, wait_for_lock
from app.runtime.runtime_dir import RuntimeDir

MIN_SECONDS = 1
MAX_SECONDS = 600

_BEGIN_SECONDS = 5.0
_END_SECONDS = 2.0
_LOOK_SECONDS = 0.01
_BURN = Path(load_process.__file__)


@dataclass(frozen=True, slots=True)
class Load:
    """A load that is running, as it was read: its length, when it ends by itself (as time.time()
    tells) and how long until then, and the program that makes it ("" is our own)."""

    seconds: int
    until: float
    left: float
    cores: int
    program: str

    @property
    def since(self) -> float:
        """When it began."""
        return self.until - self.seconds


class LoadAlreadyRunning(DirectoryError):
    """A load is running already; nothing was started."""

    def __init__(self, load: Load) -> None:
        super().__init__(f"a load test is running for another {load.left:.0f} s")
        self.load = load


class LoadFailed(DirectoryError):
    """The load could not be started; the message says why."""


def seconds_in(text: str) -> int | None:
    """The seconds that a load may take, if the text is a whole number of them and nothing else."""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MAX_SECONDS))):
        return None
    seconds = int(text)
    return seconds if MIN_SECONDS <= seconds <= MAX_SECONDS and text[0] != "0" else None


class LoadTest:
    """The load of this machine. The burning processes hold a lock, and nobody else does for long.

    Every look at that lock is made under a second one, the gate, so that two looks at the same
    moment do not take each other for a load.
    """

    def __init__(self, folder: RuntimeDir) -> None:
        self._folder = folder

    def running(self) -> Load | None:
        """The load that is running now."""
        try:
            with self._gate(), self._open() as lock:
                return None if try_lock(lock) else _read(lock)
        except OSError:
            return None  # where no lock can be kept, none was started

    def start(self, seconds: int) -> Load:
        """Start a load. Raises LoadAlreadyRunning, and LoadFailed where it cannot be started."""
        if not MIN_SECONDS <= seconds <= MAX_SECONDS:
            raise ValueError(f"a load of {seconds} s")
        try:
            with self._gate(), self._open() as lock:
                if not try_lock(lock):
                    raise LoadAlreadyRunning(_read(lock))
                os.ftruncate(lock, 0)
                process = _burn(seconds, lock)
                return _read(lock, process)
        except OSError as error:
            raise LoadFailed(
                f"The load test was not started: {error.strerror or error}."
            ) from error

    def stop(self) -> bool:
        """End the load at once; whether there was one."""
        try:
            with self._gate(), self._open() as lock:
                if try_lock(lock):
                    return False
                _end(_pid_in(lock), lock)
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


def _burn(seconds: int, lock: int) -> subprocess.Popen[bytes]:
    program = shutil.which("stress") or ""
    command = [sys.executable, "-I", "-S", str(_BURN), str(seconds), str(lock)]
    # A group of its own, so that all of it can be ended at once, but not a session of its own: with
    # the kernel's autogroups a priority counts within a session only. It gets no setting of ours.
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


def _read(lock: int, process: subprocess.Popen[bytes] | None = None) -> Load:
    """What the burning processes say of themselves; they say it when they have begun."""
    _pid_in(lock, process)
    state = json.loads(os.pread(lock, 4096, 0))
    left = max(0.0, state["ends"] - time.monotonic())
    return Load(state["seconds"], time.time() + left, left, state["cores"], state["program"])


def _pid_in(lock: int, process: subprocess.Popen[bytes] | None = None) -> int:
    ends = time.monotonic() + _BEGIN_SECONDS
    while time.monotonic() < ends and (process is None or process.poll() is None):
        with contextlib.suppress(ValueError, KeyError):
            return int(json.loads(os.pread(lock, 4096, 0))["pid"])
        time.sleep(_LOOK_SECONDS)
    if process is not None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    raise OSError("its process did not start")


def _end(group: int, lock: int) -> None:
    """The group cannot be another's: one of its processes holds the lock, so its number is taken.

    Asked first, so that the burners are waited for by the one that started them.
    """
    for end in (os.kill, os.killpg):
        try:
            end(group, signal.SIGTERM if end is os.kill else signal.SIGKILL)
        except ProcessLookupError:
            continue
        ends = time.monotonic() + _END_SECONDS
        while time.monotonic() < ends:
            if try_lock(lock):
                return
            time.sleep(_LOOK_SECONDS)
