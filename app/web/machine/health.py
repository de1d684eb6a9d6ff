"""Liveness and readiness for load balancers and monitors."""

from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as CheckTimeout
from typing import NamedTuple

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue

from app.contracts import EmployeeStore, PhotoStore
from app.model.errors import StorageUnavailable
from app.runtime.ttl import TtlValue
from app.web.current import current_directory

machine = Blueprint("machine", __name__)

CHECK_SECONDS = 1.0
REMEMBERED_SECONDS = 5.0


class State(NamedTuple):
    """The state of a store; ``text`` is ``ok``, ``off``, or the failure without secrets."""

    works: bool
    text: str


class Readiness:
    """Checks of the stores, with 1 s each, at most every REMEMBERED_SECONDS.

    A check that hangs is not started again: until it ends, its store counts as not responding.
    """

    def __init__(self) -> None:
        self._running: dict[str, Future[None]] = {}
        self._states: TtlValue[dict[str, State]] = TtlValue(REMEMBERED_SECONDS)
        self._threads: ThreadPoolExecutor | None = None

    def of(self, employees: EmployeeStore, photos: PhotoStore | None) -> dict[str, State]:
        """Return the state of the database and of the photo store."""

        def check(_: object) -> dict[str, State]:
            states = {"database": self._check("database", employees)}
            states["photos"] = self._check("photos", photos) if photos else State(True, "off")
            return states

        return self._states.get(check)

    def _check(self, name: str, store: EmployeeStore | PhotoStore) -> State:
        if self._threads is None:  # not in __init__: threads do not survive a fork
            self._threads = ThreadPoolExecutor(2, thread_name_prefix="readiness")
        future = self._running.pop(name, None) or self._threads.submit(store.check)
        try:
            future.result(timeout=CHECK_SECONDS)
        except CheckTimeout:
            self._running[name] = future
            return State(False, "no answer within a second")
        except StorageUnavailable as error:
            # The path of a file is internal; its name is enough.
            name = error.resource.rpartition("/")[2]
            return State(False, f"{error.action} {name}: {error.reason}".strip())
        return State(True, "ok")


@machine.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Answer that the process is alive, without input or output."""
    return "ok\n", {"Content-Type": "text/plain; charset=utf-8"}


@machine.get("/readyz")
@machine.get("/monitor", endpoint="monitor")
def readyz() -> ResponseReturnValue:
    """Answer 200 if the database answers, else 503. Photos are reported but do not count."""
    states = states_of_stores()
    response = jsonify({name: state.text for name, state in states.items()})
    return response, 200 if states["database"].works else 503


def states_of_stores() -> dict[str, State]:
    """Return the states of the stores, at most REMEMBERED_SECONDS old."""
    directory = current_directory()
    readiness: Readiness = current_app.extensions.setdefault("readiness", Readiness())
    return readiness.of(directory.employees, directory.photos)
