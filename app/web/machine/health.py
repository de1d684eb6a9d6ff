"""What load balancers and monitors ask: is it alive, is it ready."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotInTime
from typing import NamedTuple

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue

from app.contracts import EmployeeStore, PhotoStore
from app.model.errors import StorageUnavailable
from app.web.current import current_directory

machine = Blueprint("machine", __name__)

CHECK_SECONDS = 1.0
REMEMBERED_SECONDS = 5.0


class State(NamedTuple):
    """How a store answered: ``ok``, ``off``, or what went wrong, in words without secrets."""

    works: bool
    words: str


class Readiness:
    """Whether the stores answer within a second each, asked at most every five seconds.

    A check that hangs is never started twice: until it ends, its store counts as silent.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asking: dict[str, Future[None]] = {}
        self._known: tuple[float, dict[str, State]] | None = None
        self._threads: ThreadPoolExecutor | None = None

    def of(self, employees: EmployeeStore, photos: PhotoStore | None) -> dict[str, State]:
        """The state of the database and of the photo store."""
        with self._lock:
            if self._known and time.monotonic() - self._known[0] < REMEMBERED_SECONDS:
                return self._known[1]
            states = {"database": self._ask("database", employees)}
            states["photos"] = self._ask("photos", photos) if photos else State(True, "off")
            self._known = (time.monotonic(), states)
            return states

    def _ask(self, name: str, store: EmployeeStore | PhotoStore) -> State:
        if self._threads is None:  # not in __init__: threads do not survive a fork
            self._threads = ThreadPoolExecutor(2, thread_name_prefix="readiness")
        asked = self._asking.pop(name, None) or self._threads.submit(store.check)
        try:
            asked.result(timeout=CHECK_SECONDS)
        except NotInTime:
            self._asking[name] = asked
            return State(False, "no answer within a second")
        except StorageUnavailable as error:
            # Where in the machine a file lies is nothing for those who ask; its name is enough.
            name = error.resource.rpartition("/")[2]
            return State(False, f"{error.action} {name}: {error.reason}".strip())
        return State(True, "ok")


@machine.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Alive: says so without touching anything."""
    return "ok\n", {"Content-Type": "text/plain; charset=utf-8"}


@machine.get("/readyz")
@machine.get("/monitor", endpoint="monitor")
def readyz() -> ResponseReturnValue:
    """Ready: 200 when the database answers, else 503. Photos are told of and change nothing."""
    states = states_of_stores()
    answer = jsonify({name: state.words for name, state in states.items()})
    return answer, 200 if states["database"].works else 503


def states_of_stores() -> dict[str, State]:
    """How the database and the photo store answer, at most five seconds ago."""
    directory = current_directory()
    readiness: Readiness = current_app.extensions.setdefault("readiness", Readiness())
    return readiness.of(directory.employees, directory.photos)
