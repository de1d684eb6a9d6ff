"""The common part of database servers: pools, timeouts and checks of idle connections."""

import math
import select
import time
from collections.abc import Mapping
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

from app.runtime import deadline

# A request holds one connection: 4 stay open, and up to 16, the threads of a worker, are opened.
_POOL_SIZE, _MAX_OVERFLOW = 4, 12
CONNECT_TIMEOUT_SECONDS = 2.0
MAX_CONNECT_SECONDS = 10.0  # of a command, and of a server that starts
READ_TIMEOUT_SECONDS = 2.0
WRITE_TIMEOUT_SECONDS = 5.0
_COMMAND_TIMEOUT_SECONDS = 600.0  # per statement of a command, which has no deadline
# After this time without use a connection is pinged: a firewall may have dropped it.
IDLE_SECONDS = 5.0
_MIN_TIMEOUT_SECONDS = 0.05


def timeout_within_deadline(seconds: float) -> float:
    """Return the timeout within the deadline, or that of a command, which has no deadline."""
    remaining = deadline.remaining()
    if math.isinf(remaining):
        return _COMMAND_TIMEOUT_SECONDS
    return max(_MIN_TIMEOUT_SECONDS, min(seconds, remaining))


class ServerEngine:
    """The common part of a DatabaseEngine for a server.

    A connection of its driver has ``seconds``, the timeout of one response.
    """

    shared = True
    holds_nul = True
    errors: type[Exception]
    options: Mapping[str, Any] = {}
    _forgotten_at = -math.inf

    def open_engine(self, url: URL) -> Engine:
        """Implement DatabaseEngine.open_engine."""
        engine = create_engine(
            url,
            pool_size=_POOL_SIZE,
            max_overflow=_MAX_OVERFLOW,
            pool_use_lifo=True,
            pool_timeout=READ_TIMEOUT_SECONDS,
            hide_parameters=True,
            **self.options,
        )
        event.listen(engine, "do_connect", self._open_connection)
        event.listen(engine, "checkout", self._prepare_connection)
        event.listen(engine, "checkin", self._take_back)
        return engine

    def forget_connections(self) -> None:
        """Implement DatabaseEngine.forget_connections."""
        self._forgotten_at = max(self._forgotten_at, time.monotonic())

    def keep_no_connection(self) -> None:
        """Implement DatabaseEngine.keep_no_connection."""
        self._forgotten_at = math.inf

    def create_folder(self, url: URL) -> None:
        """Do nothing: an administrator creates the database."""

    def overwrite_deleted(self, connection: Connection) -> bool:
        """Do nothing: the files belong to the server."""
        return True

    def connect(self, options: dict[str, Any]) -> Any:
        """Open a connection of the driver, in autocommit mode."""
        raise NotImplementedError

    def ping(self, connection: Any) -> None:
        """Check that the server answers. Raises one of ``errors``."""
        raise NotImplementedError

    def file_number(self, connection: Any) -> int:
        """Return the file number of the socket. Raises one of ``errors`` when it is closed."""
        raise NotImplementedError

    def set_statement_timeout(self, connection: Any, seconds: float) -> None:
        """Let the server cancel statements after this time, also without a client; 0 is never."""
        raise NotImplementedError

    def _open_connection(
        self, dialect: Dialect, entry: ConnectionPoolEntry, arguments: Any, options: dict[str, Any]
    ) -> Any:
        return self.connect(options)

    def _prepare_connection(self, connection: Any, entry: ConnectionPoolEntry, proxy: Any) -> None:
        """Check that a pooled connection works, and set its timeouts."""
        connection.seconds = READ_TIMEOUT_SECONDS
        entry.info["taken"] = time.monotonic()
        used_at = entry.info.get("used", math.inf)
        if used_at < self._forgotten_at:
            raise InvalidatePoolError
        idle = time.monotonic() - used_at
        try:
            # A server that closes a connection leaves a message or an end of file on the socket.
            if idle > IDLE_SECONDS or _is_readable(self.file_number(connection)):
                self.ping(connection)
        except self.errors as error:
            raise InvalidatePoolError from error  # the pool opens new ones
        seconds = 0.0 if math.isinf(deadline.remaining()) else WRITE_TIMEOUT_SECONDS
        if entry.info.get("limit", 0.0) != seconds:
            self.set_statement_timeout(connection, seconds)
            entry.info["limit"] = seconds

    def _take_back(self, connection: Any, entry: ConnectionPoolEntry) -> None:
        """Note when a connection was used, or close it if it was forgotten while it was in use."""
        entry.info["used"] = time.monotonic()
        if entry.info.get("taken", math.inf) < self._forgotten_at:
            entry.invalidate()


def _is_readable(socket: int) -> bool:
    """Return whether data or an end of file is waiting on an idle connection."""
    poll = select.poll()
    poll.register(socket, select.POLLIN)
    return bool(poll.poll(0))
