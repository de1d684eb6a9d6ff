"""What is peculiar to PostgreSQL. Nothing else knows it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection

from app.storage.sql.engines.server import (
    CONNECT_SECONDS,
    READ_SECONDS,
    WRITE_SECONDS,
    ServerEngine,
    within,
)

# Who holds the lock of the schema writes; it ends with the transaction.
_BEGIN_WRITE = (
    "BEGIN ISOLATION LEVEL READ COMMITTED; "
    "SELECT pg_advisory_xact_lock(hashtextextended('directory ' || current_schema(), 0))"
)
_BEGIN_SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
# Connection lost, transaction's end unknown, server going down.
_UNKNOWN_ENDS = ("08", "40003", "57P")
_COLLISIONS = {"40001", "40P01"}


class Limited(psycopg.Connection[Any]):
    """A connection that waits for no answer longer than ``seconds``, nor than the request lasts."""

    seconds = READ_SECONDS

    def wait(self, gen: Any, *arguments: Any, **options: Any) -> Any:
        options.setdefault("timeout", within(self.seconds))
        try:
            return super().wait(gen, *arguments, **options)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.pgconn.finish()  # nobody reads the answer when it comes
            raise


class PostgreSqlEngine(ServerEngine):
    """A PostgreSQL server."""

    errors = psycopg.Error
    options = MappingProxyType({"use_native_hstore": False})  # a question at each start less

    def connect(self, options: dict[str, Any]) -> Limited:
        # The driver waits whole seconds, two at least.
        options = {**options, "connect_timeout": CONNECT_SECONDS, "client_encoding": "utf8"}
        return Limited.connect(**options, autocommit=True)

    def ping(self, connection: Limited) -> None:
        connection.execute("")

    def socket_of(self, connection: Limited) -> int:
        return connection.fileno()

    def limit(self, connection: Limited, seconds: float) -> None:
        connection.execute(f"SET statement_timeout = {int(seconds * 1000)}")

    def begin_write(self, connection: Connection) -> None:
        _driver(connection).seconds = WRITE_SECONDS
        connection.exec_driver_sql(_BEGIN_WRITE)

    def grow_cache(self, connection: Connection) -> None:
        pass  # the memory is the server's

    def begin_snapshot(self, connection: Connection) -> None:
        connection.exec_driver_sql(_BEGIN_SNAPSHOT)

    @contextmanager
    def migration(self, connection: Connection) -> Iterator[None]:
        with connection.begin():
            self.begin_write(connection)
            yield

    def may_have_written(self, error: BaseException | None) -> bool:
        state = _state_of(error)
        return not state or state.startswith(_UNKNOWN_ENDS)

    def is_rollback(self, error: BaseException | None) -> bool:
        return _state_of(error) in _COLLISIONS


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _state_of(error: BaseException | None) -> str:
    return (isinstance(error, psycopg.Error) and error.sqlstate) or ""
