"""A server in a process of its own, on this machine only: started, waited for, stopped."""

import contextlib
import grp
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from tests.support.environment import isolated

HOST = "127.0.0.1"


class ServerDidNotStart(Exception):
    """The server ended, or did not answer in time; carries the end of its log."""


class Process(Protocol):
    """As much of `subprocess.Popen` as is needed."""

    pid: int

    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, sig: int, /) -> None: ...


class ServerProcess:
    """One server, the leader of its own process group, so that its children end with it."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        folder: Path,
        log: Path,
        environment: Mapping[str, str] | None = None,
        user: str = "",
    ) -> None:
        """Start it, as another user if one is named: for servers that refuse to run as root."""
        self.log = log
        with log.open("ab") as output:
            self._process: Process = subprocess.Popen(
                [*_die_with_the_tests(user), *command],
                cwd=folder,
                env=dict(environment or isolated()),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def wait_until(self, answers: Callable[[], bool], seconds: float = 120) -> None:
        """Return when `answers` says yes; stop the server and raise when it does not in time."""
        deadline = time.monotonic() + seconds
        while self.running and time.monotonic() < deadline:
            if answers():
                return
            time.sleep(0.05)
        self.kill()
        raise ServerDidNotStart(self.log_text()[-4000:])

    def wait(self, seconds: float = 120) -> int:
        """Return its exit code when it has ended by itself; below 0: the signal that ended it."""
        return self._process.wait(seconds)

    def stop(self, seconds: float = 10, ask: signal.Signals = signal.SIGTERM) -> None:
        """Ask it to end; kill what is left."""
        if self.running:
            self._process.send_signal(ask)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(seconds)
        self.kill()

    def kill(self) -> None:
        """End it and its children at once, as `kill -9` does."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()

    def log_text(self) -> str:
        return self.log.read_text(errors="replace")


def free_port(apart: int = 0) -> int:
    """A free port; with `apart`, one whose neighbour so many numbers above is free too."""
    for _ in range(200):
        port = random.randint(20000, 31000)
        if _is_free(port) and (not apart or _is_free(port + apart)):
            return port
    raise ServerDidNotStart("no free port")


def listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def _die_with_the_tests(user: str) -> list[str]:
    """Where Linux can: no server outlives its tests, even when they are killed."""
    setpriv = shutil.which("setpriv")
    return [setpriv, *as_user(user), "--pdeathsig", "KILL", "--"] if setpriv else []


def as_user(user: str) -> list[str]:
    """What setpriv is told to become this user, and nothing but this user."""
    if not user:
        return []
    group = grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name
    return [f"--reuid={user}", f"--regid={group}", "--clear-groups"]
