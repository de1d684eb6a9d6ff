"""PostgreSQL, by the driver psycopg."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection

from app.storage.sql.engines.server import (
    CONNECT_TIMEOUT_SECONDS,
    READ_TIMEOUT_SECONDS,
    WRITE_TIMEOUT_SECONDS,
    ServerEngine,
    timeout_within_deadline,
)

# The advisory lock of the schema is the write lock; it ends with the transaction.
_BEGIN_WRITE = (
    "BEGIN ISOLATION LEVEL READ COMMITTED; "
    "SELECT pg_advisory_xact_lock(hashtextextended('directory ' || current_schema(), 0))"
)
_BEGIN_SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
# Connection lost, outcome of the transaction unknown, server shutting down.
_UNKNOWN_OUTCOME_CODES = ("08", "40003", "57P")
_CONFLICT_CODES = {"40001", "40P01"}


class DeadlineConnection(psycopg.Connection[Any]):
    """A driver connection whose responses must arrive within ``seconds`` and the deadline."""

    seconds = READ_TIMEOUT_SECONDS

    def wait(self, gen: Any, *arguments: Any, **options: Any) -> Any:
        """Wait for a response; close the connection after a timeout."""
        options.setdefault("timeout", timeout_within_deadline(self.seconds))
        try:
            return super().wait(gen, *arguments, **options)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.pgconn.finish()  # its late response would be read as the next one
            raise


class PostgreSqlEngine(ServerEngine):
    """A DatabaseEngine for PostgreSQL."""

    holds_nul = False
    errors = psycopg.Error
    options = MappingProxyType({"use_native_hstore": False})  # saves a query per connection

    def connect(self, options: dict[str, Any]) -> DeadlineConnection:
        """Implement ServerEngine.connect."""
        # libpq rounds the timeout to whole seconds, at least two.
        options = {**options, "connect_timeout": CONNECT_TIMEOUT_SECONDS, "client_encoding": "utf8"}
        return DeadlineConnection.connect(**options, autocommit=True)

    def ping(self, connection: DeadlineConnection) -> None:
        """Implement ServerEngine.ping."""
        connection.execute("")

    def file_number(self, connection: DeadlineConnection) -> int:
        """Implement ServerEngine.file_number."""
        return connection.fileno()

    def set_statement_timeout(self, connection: DeadlineConnection, seconds: float) -> None:
        """Implement ServerEngine.set_statement_timeout."""
        connection.execute(f"SET statement_timeout = {int(seconds * 1000)}")

    def begin_write(self, connection: Connection) -> None:
        """Implement DatabaseEngine.begin_write, by an advisory lock of the schema."""
        _driver(connection).seconds = WRITE_TIMEOUT_SECONDS
        connection.exec_driver_sql(_BEGIN_WRITE)

    def grow_cache(self, connection: Connection) -> None:
        """Do nothing: the cache belongs to the server."""

    def begin_snapshot(self, connection: Connection) -> None:
        """Implement DatabaseEngine.begin_snapshot."""
        connection.exec_driver_sql(_BEGIN_SNAPSHOT)

    @contextmanager
    def migration(self, connection: Connection) -> Iterator[None]:
        """Implement DatabaseEngine.migration, in one transaction."""
        with connection.begin():
            self.begin_write(connection)
            yield

    def may_have_written(self, error: BaseException | None) -> bool:
        """Implement DatabaseEngine.may_have_written."""
        state = _state_of(error)
        return not state or state.startswith(_UNKNOWN_OUTCOME_CODES)

    def is_rollback(self, error: BaseException | None) -> bool:
        """Implement DatabaseEngine.is_rollback."""
        return _state_of(error) in _CONFLICT_CODES


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _state_of(error: BaseException | None) -> str:
    return (isinstance(error, psycopg.Error) and error.sqlstate) or ""
