"""Python processes of ours that start at once: forked from one that has imported the directory.

Each is a process like any other, with its own id, group, environment, log, random numbers and
death; only the second of CPU that the imports take is spent once, not by each.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import functools
import gc
import importlib
import json
import os
import pkgutil
import runpy
import signal
import subprocess
import sys
import threading
import time
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.support import aws_models
from tests.support.environment import isolated
from tests.support.repository import ROOT
from tests.support.servers.server_process import ServerProcess

IMPORTED = (
    *("app.commands", "app.web", "app.storage.dynamodb", "app.storage.sql.engines.sqlite"),
    *("app.storage.photos_on_disk", "app.storage.aws.photos", "app.photos.processing"),
    *("alembic.command", "boto3", "flask.cli", "sqlalchemy.dialects.sqlite.pysqlite"),
)
CLIENTS = ("dynamodb",)
_DIE_WITH_THE_PARENT = 1  # PR_SET_PDEATHSIG of Linux
_STILL_RUNNING = None


class PythonProcess(ServerProcess):
    """``python *arguments``, with arguments that begin with ``-c`` or ``-m``.

    Not for a test of the start itself: what it imports first, and how long that takes.
    """

    def __init__(
        self, *arguments: str | Path, log: Path, settings: Mapping[str, str] | None = None
    ) -> None:
        """Start it in the folder of the project. It writes to the log, and there is no input."""
        self.log = log
        log.touch()
        self._process = _Child(
            _warm_process().ask(
                arguments=[str(each) for each in arguments],
                log=str(log),
                environment=isolated(settings),
            )
        )


class _Child:
    """A process that the warm one has forked."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._code: int | None = None

    def poll(self) -> int | None:
        if self._code is None:
            self._code = _warm_process().ask(ended=self.pid)
        return self._code

    def wait(self, timeout: float | None = None) -> int:
        ends = time.monotonic() + (timeout or float("inf"))
        while (code := self.poll()) is None:
            if time.monotonic() > ends:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
            time.sleep(0.01)
        return code

    def send_signal(self, sig: int, /) -> None:
        if self.poll() is None:
            os.kill(self.pid, sig)


class _WarmProcess:
    """The parent of them all, which does nothing but fork. It ends with the tests."""

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            cwd=ROOT,
            env=isolated(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        atexit.register(self.end)

    def ask(self, **order: Any) -> Any:
        """What it answers to an order: see `_take_orders`."""
        assert self._process.stdin
        assert self._process.stdout
        with self._one_at_a_time:
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        assert answer, "the warm process has died"
        return json.loads(answer)

    def end(self) -> None:
        with self._process:  # it ends when there is nobody to give orders
            pass


@functools.cache
def _warm_process() -> _WarmProcess:
    return _WarmProcess()


def _import_all() -> None:
    """What is imported when it is needed, too: the parts of the pages and the commands.

    So are the descriptions that the clients of AWS read.
    """
    for name in IMPORTED:
        package = importlib.import_module(name)
        for part in pkgutil.iter_modules(getattr(package, "__path__", ()), f"{name}."):
            if name.startswith("app."):
                importlib.import_module(part.name)
    aws_models.read_once()
    aws_models.read_ahead(*CLIENTS)


def _take_orders() -> dict[str, Any]:
    """Fork for each order to start; give that order back in the child that is to carry it out."""
    with open(0, "rb", buffering=0, closefd=False) as orders:
        for line in orders:
            order: dict[str, Any] = json.loads(line)
            if "ended" in order:
                answer = _how_it_ended(order["ended"])
            else:
                assert threading.active_count() == 1, "a thread does not survive a fork"
                answer = os.fork()
                if not answer:
                    return order
                # In the child too: whoever is first, it leads its group before anyone kills that.
                with contextlib.suppress(PermissionError, ProcessLookupError):
                    os.setpgid(answer, answer)
            os.write(1, json.dumps(answer).encode() + b"\n")
    raise SystemExit


def _how_it_ended(pid: int) -> int | None:
    ended, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended else _STILL_RUNNING


def _become(order: dict[str, Any]) -> None:
    """Keep nothing of the warm process but what it has imported."""
    os.setpgid(0, 0)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_THE_PARENT, signal.SIGKILL)
    os.environ.clear()
    os.environ.update(order["environment"])
    nothing = os.open(os.devnull, os.O_RDONLY)
    log = os.open(order["log"], os.O_WRONLY | os.O_APPEND)
    for old, new in ((0, nothing), (1, log), (2, log)):
        os.dup2(new, old)
    os.close(nothing)
    os.close(log)


def _run(arguments: list[str]) -> None:
    """As `python` runs them."""
    kind, what, *rest = arguments
    sys.argv = [kind, *rest]
    if kind == "-m":
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    else:
        sys.modules["__main__"] = main = types.ModuleType("__main__")
        exec(compile(what, "<string>", "exec"), main.__dict__)


if __name__ == "__main__":
    _import_all()
    gc.freeze()  # memory that no child's collector touches is copied for none
    task = _take_orders()
    _become(task)
    _run(task["arguments"])
