"""Liveness and readiness for load balancers and monitors."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as CheckTimeout
from functools import partial
from typing import NamedTuple

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue

from app.directory.service import Directory
from app.machine.disk import check_disk
from app.model.errors import StorageUnavailable
from app.runtime.ttl import TtlValue
from app.web.current import current_directory, current_settings

machine = Blueprint("machine", __name__)

CHECK_SECONDS = 1.0
REMEMBERED_SECONDS = 5.0
_MAX_CHECKS = 4


class State(NamedTuple):
    """The state of a store or the disk; ``text`` is ``ok``, ``off``, or the failure."""

    works: bool
    text: str


class Readiness:
    """Checks of the stores and the disk, all within CHECK_SECONDS, every REMEMBERED_SECONDS.

    A check that hangs is not started again: until it ends, what it checks counts as not responding.
    """

    def __init__(self) -> None:
        self._running: dict[str, Future[None]] = {}
        self._states: TtlValue[dict[str, State]] = TtlValue(REMEMBERED_SECONDS)
        self._threads: ThreadPoolExecutor | None = None

    def of(self, checks: Mapping[str, Callable[[], None] | None]) -> dict[str, State]:
        """Return the state of each of these; None for what is off."""

        def check(_: object) -> dict[str, State]:
            running = {name: self._start(name, run) for name, run in checks.items() if run}
            ends = time.monotonic() + CHECK_SECONDS
            return {
                name: self._state(name, running[name], ends) if run else State(True, "off")
                for name, run in checks.items()
            }

        return self._states.get(check)

    def _start(self, name: str, check: Callable[[], None]) -> Future[None]:
        if self._threads is None:  # not in __init__: threads do not survive a fork
            self._threads = ThreadPoolExecutor(_MAX_CHECKS, thread_name_prefix="readiness")
        return self._running.pop(name, None) or self._threads.submit(check)

    def _state(self, name: str, future: Future[None], ends: float) -> State:
        try:
            future.result(timeout=max(0.0, ends - time.monotonic()))
        except CheckTimeout:
            self._running[name] = future
            return State(False, "no answer within a second")
        except StorageUnavailable as error:
            # The path of a file is internal; its name is enough.
            resource = error.resource.rpartition("/")[2]
            return State(False, f"{error.action} {resource}: {error.reason}".strip(" :"))
        return State(True, "ok")


@machine.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Answer that the process is alive, without input or output."""
    return "ok\n", {"Content-Type": "text/plain; charset=utf-8"}


@machine.get("/readyz")
@machine.get("/monitor", endpoint="monitor")
def readyz() -> ResponseReturnValue:
    """Answer 200 if the database answers, the disk can be written and the key is known; else 503.

    Photos in a bucket, and settings that cannot be used, are reported but do not count.
    """
    states = current_states()
    texts = {name: state.text for name, state in states.items()}
    if unusable := sorted(current_settings().unusable):
        texts["settings"] = f"cannot be used: {', '.join(unusable)}"
    is_ready = states["database"].works and states["disk"].works
    if current_settings().secret_key_problem:  # no page can have a session
        is_ready = False
    return jsonify(texts), 200 if is_ready else 503


def current_states() -> dict[str, State]:
    """Return the states of the stores and of the disk, at most REMEMBERED_SECONDS old.

    ``order`` is among them if lists are in another order than the settings say.
    """
    directory = current_directory()
    readiness: Readiness = current_app.extensions.setdefault("readiness", Readiness())
    states = readiness.of(
        {
            "database": directory.check,
            "photos": directory.photos.check if directory.photos else None,
            "disk": partial(check_disk, current_settings()),
            "order": partial(_check_order, directory),
        }
    )
    is_told = states["database"].works and not states["order"].works
    return {name: state for name, state in states.items() if name != "order" or is_told}


def _check_order(directory: Directory) -> None:
    if problem := directory.list_order().problem:
        raise StorageUnavailable("the list", reason=problem)
