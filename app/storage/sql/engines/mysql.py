"""What is peculiar to MySQL and MariaDB. Nothing else knows it."""

from __future__ import annotations

import inspect
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from pymysql.connections import Connection as DriverConnection
from pymysql.constants import ER, SERVER_STATUS
from pymysql.err import InterfaceError, MySQLError
from sqlalchemy import URL, Connection, Engine

from app.model.errors import SettingsError
from app.storage.sql.engines.server import (
    CONNECT_SECONDS,
    READ_SECONDS,
    WRITE_SECONDS,
    ServerEngine,
    within,
)

_SQL_MODE = "STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION"  # what does not fit is never cut
_EACH_STATEMENT_SEES_ALL = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED"
# Its one row is there as long as the tables are; who holds it writes.
_LOCK = "SELECT version_num FROM alembic_version FOR UPDATE"
_MIGRATION = "concat('directory ', left(database(), 50))"  # 64 characters at most
_CLIENT_ERRORS = range(2000, 3000)
_COLLISIONS = {ER.LOCK_DEADLOCK, ER.CHECKREAD}


class Limited(DriverConnection):  # type: ignore[misc]
    """A connection that waits for no answer longer than ``seconds``, nor than the request lasts."""

    seconds = READ_SECONDS

    def _execute_command(self, command: Any, sql: Any) -> None:
        self._read_timeout = self._write_timeout = within(self.seconds)
        super()._execute_command(command, sql)

    def _create_ssl_ctx(self, given: Any) -> ssl.SSLContext:
        """Encrypt where the server can. An authority that is not asked need not be loaded."""
        if given:
            return cast(ssl.SSLContext, super()._create_ssl_ctx(given))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context

    def rollback(self) -> None:
        """Spare the server the question when nothing was begun."""
        if self.server_status & SERVER_STATUS.SERVER_STATUS_IN_TRANS:
            super().rollback()


class MySqlEngine(ServerEngine):
    """A server of the MySQL family."""

    errors = MySQLError

    def make_engine(self, url: URL) -> Engine:
        engine = super().make_engine(url)
        known = inspect.signature(DriverConnection.__init__).parameters
        unknown = engine.dialect.create_connect_args(url)[1].keys() - known.keys()
        if unknown:
            raise SettingsError(
                f"DATABASE_URL has options that the driver PyMySQL does not know: "
                f"{', '.join(sorted(unknown))}. Remove them."
            )
        return engine

    def connect(self, options: dict[str, Any]) -> Limited:
        seconds = within(CONNECT_SECONDS)
        return Limited(
            **{
                **options,
                "charset": "utf8mb4",
                "sql_mode": _SQL_MODE,
                "init_command": _EACH_STATEMENT_SEES_ALL,
                "autocommit": True,
                "connect_timeout": seconds,
                "read_timeout": seconds,
                "write_timeout": seconds,
            }
        )

    def ping(self, connection: Limited) -> None:
        connection.ping()

    def socket_of(self, connection: Limited) -> int:
        if connection._sock is None:
            raise InterfaceError(0, "")
        return int(connection._sock.fileno())

    def limit(self, connection: Limited, seconds: float) -> None:
        if "MariaDB" in connection.get_server_info():
            connection.query(f"SET SESSION max_statement_time = {seconds}")
        else:
            connection.query(f"SET SESSION max_execution_time = {int(seconds * 1000)}")

    def begin_write(self, connection: Connection) -> None:
        _driver(connection).seconds = WRITE_SECONDS
        connection.exec_driver_sql("START TRANSACTION")
        connection.exec_driver_sql(_LOCK)

    def grow_cache(self, connection: Connection) -> None:
        pass  # the memory is the server's

    def begin_snapshot(self, connection: Connection) -> None:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        connection.exec_driver_sql("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")

    @contextmanager
    def migration(self, connection: Connection) -> Iterator[None]:
        """A table that is made or changed is so at once: what a failed migration did, stays."""
        seconds = within(60)
        _driver(connection).seconds = seconds
        connection.exec_driver_sql(f"SELECT get_lock({_MIGRATION}, {int(seconds)})")
        try:
            yield
            connection.commit()
        finally:
            connection.exec_driver_sql(f"DO release_lock({_MIGRATION})")

    def may_have_written(self, error: BaseException | None) -> bool:
        code = _code_of(error)
        return code == 0 or code in _CLIENT_ERRORS or code == ER.SERVER_SHUTDOWN

    def is_rollback(self, error: BaseException | None) -> bool:
        return _code_of(error) in _COLLISIONS


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _code_of(error: BaseException | None) -> int:
    code = error.args[0] if isinstance(error, MySQLError) and error.args else 0
    return code if isinstance(code, int) else 0
