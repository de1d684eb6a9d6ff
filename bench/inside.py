"""The application with two addresses more, for the bench alone.

``/-/units`` tells the capacity units of DynamoDB that this process was charged for so far, those of
transactions by AWS's rule, and ``/-/counts`` reads the counts of the directory anew, which pages do
once in three seconds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from app.runtime import deadline
from application import application as directory_app
from bench.write_units import TransactionMeter

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

READING = frozenset({"GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems"})


class Inside:
    """The directory and what it is charged for."""

    def __init__(self) -> None:
        self._store = directory_app.extensions["directory"].employees
        self.units = {"read": 0.0, "write": 0.0}
        calls = getattr(self._store, "calls", None)
        if calls is not None:
            calls.meter = self._note
            calls.write = TransactionMeter(calls, self._note_transaction).write

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == "/-/units":
            return _json(start_response, self.units)
        if path == "/-/counts":
            deadline.start(deadline.REQUEST_SECONDS)
            return _json(start_response, {"total": self._store.facets().total})
        return directory_app(environ, start_response)

    def _note(self, operation: str, units: float) -> None:
        if operation != "TransactWriteItems":  # told by the meter, and not by the emulator
            self.units["read" if operation in READING else "write"] += units

    def _note_transaction(self, units: float) -> None:
        self.units["write"] += units


def _json(start_response: StartResponse, content: object) -> list[bytes]:
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(content).encode()]


application = Inside()
