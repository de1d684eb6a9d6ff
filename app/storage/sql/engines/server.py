"""What database servers have in common: they are far away, may be silent, and are shared."""

from __future__ import annotations

import math
import select
import time
from collections.abc import Mapping
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

from app.runtime import deadline

# One request holds one connection: few are kept, and as many as a worker has threads are opened.
KEPT, MORE = 4, 12
CONNECT_SECONDS = 2.0
READ_SECONDS = 2.0
WRITE_SECONDS = 5.0
COMMAND_SECONDS = 600.0  # for one statement of a command, which has no deadline
# A connection that nobody used for so long may have been cut on the way.
IDLE_SECONDS = 5.0
_LEAST = 0.05


def within(seconds: float) -> float:
    """So many seconds, or what is left to the request; a command has a patience of its own."""
    left = deadline.remaining()
    return COMMAND_SECONDS if math.isinf(left) else max(_LEAST, min(seconds, left))


class ServerEngine:
    """What is the same for every server; see Kind.

    A connection of its driver has ``seconds``: how long one answer may take, at most.
    """

    shared = True
    errors: type[Exception]
    options: Mapping[str, Any] = {}

    def make_engine(self, url: URL) -> Engine:
        engine = create_engine(
            url,
            pool_size=KEPT,
            max_overflow=MORE,
            pool_use_lifo=True,
            pool_timeout=READ_SECONDS,
            hide_parameters=True,
            **self.options,
        )
        event.listen(engine, "do_connect", self._connect)
        event.listen(engine, "checkout", self._check_out)
        event.listen(engine, "checkin", _check_in)
        return engine

    def make_place(self, url: URL) -> None:
        """Nothing: the database is made by whoever keeps the server."""

    def connect(self, options: dict[str, Any]) -> Any:
        """A connection of the driver, which begins no transaction of its own."""
        raise NotImplementedError

    def ping(self, connection: Any) -> None:
        """Ask for a sign of life."""
        raise NotImplementedError

    def socket_of(self, connection: Any) -> int:
        """The number of its socket; raises one of ``errors`` where it is closed."""
        raise NotImplementedError

    def limit(self, connection: Any, seconds: float) -> None:
        """Have the server end each statement after so long, also when we are gone; 0 is never."""
        raise NotImplementedError

    def _connect(
        self, dialect: Dialect, entry: ConnectionPoolEntry, arguments: Any, options: dict[str, Any]
    ) -> Any:
        return self.connect(options)

    def _check_out(self, connection: Any, entry: ConnectionPoolEntry, proxy: Any) -> None:
        """A connection that answers, with the limits of what it is taken for."""
        connection.seconds = READ_SECONDS
        idle = time.monotonic() - entry.info.get("used", math.inf)
        try:
            # A server that ends a connection says so on it, or closes it.
            if idle > IDLE_SECONDS or _can_be_read(self.socket_of(connection)):
                self.ping(connection)
        except self.errors as error:
            raise InvalidatePoolError from error  # the pool opens others
        limit = 0.0 if math.isinf(deadline.remaining()) else WRITE_SECONDS
        if entry.info.get("limit", 0.0) != limit:
            self.limit(connection, limit)
            entry.info["limit"] = limit


def _can_be_read(socket: int) -> bool:
    """Whether something came that nobody asked for; the end of a connection is that too."""
    asked = select.poll()
    asked.register(socket, select.POLLIN)
    return bool(asked.poll(0))


def _check_in(connection: Any, entry: ConnectionPoolEntry) -> None:
    entry.info["used"] = time.monotonic()
