"""MySQL and MariaDB, by the driver PyMySQL."""

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
    CONNECT_TIMEOUT_SECONDS,
    MAX_CONNECT_SECONDS,
    READ_TIMEOUT_SECONDS,
    WRITE_TIMEOUT_SECONDS,
    ServerEngine,
    timeout_within_deadline,
)

_SQL_MODE = "STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION"  # a value that is too long is an error
_READ_COMMITTED = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED"
# The only row of a table that always exists: its row lock is the write lock.
_LOCK_WRITES = "SELECT version_num FROM alembic_version FOR UPDATE"
_MIGRATION_LOCK = "concat('directory ', left(database(), 50))"  # 64 characters at most
_CLIENT_ERRORS = range(2000, 3000)
_CONFLICT_CODES = {ER.LOCK_DEADLOCK, ER.CHECKREAD}


class DeadlineConnection(DriverConnection):  # type: ignore[misc]
    """A driver connection whose responses must arrive within ``seconds`` and the deadline."""

    seconds = READ_TIMEOUT_SECONDS

    def _execute_command(self, command: Any, sql: Any) -> None:
        self._read_timeout = self._write_timeout = timeout_within_deadline(self.seconds)
        super()._execute_command(command, sql)

    def _create_ssl_ctx(self, options: Any) -> ssl.SSLContext:
        """Encrypt if the server can; load no certificates unless options ask for a check."""
        if options:
            return cast(ssl.SSLContext, super()._create_ssl_ctx(options))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context

    def rollback(self) -> None:
        """Roll back only an open transaction, which saves a round trip."""
        if self.server_status & SERVER_STATUS.SERVER_STATUS_IN_TRANS:
            super().rollback()


class MySqlEngine(ServerEngine):
    """A DatabaseEngine for MySQL and MariaDB."""

    errors = MySQLError

    def open_engine(self, url: URL) -> Engine:
        """Implement DatabaseEngine.open_engine. Raises SettingsError for unknown options."""
        engine = super().open_engine(url)
        parameters = inspect.signature(DriverConnection.__init__).parameters
        unknown = engine.dialect.create_connect_args(url)[1].keys() - parameters.keys()
        if unknown:
            raise SettingsError(
                f"DATABASE_URL has options that the driver PyMySQL does not know: "
                f"{', '.join(sorted(unknown))}. Remove them."
            )
        return engine

    def connect(self, options: dict[str, Any]) -> DeadlineConnection:
        """Implement ServerEngine.connect."""
        seconds = min(timeout_within_deadline(CONNECT_TIMEOUT_SECONDS), MAX_CONNECT_SECONDS)
        return DeadlineConnection(
            **{
                **options,
                "charset": "utf8mb4",
                "sql_mode": _SQL_MODE,
                "init_command": _READ_COMMITTED,
                "autocommit": True,
                "connect_timeout": seconds,
                "read_timeout": seconds,
                "write_timeout": seconds,
            }
        )

    def ping(self, connection: DeadlineConnection) -> None:
        """Implement ServerEngine.ping."""
        connection.ping()

    def file_number(self, connection: DeadlineConnection) -> int:
        """Implement ServerEngine.file_number."""
        if connection._sock is None:
            raise InterfaceError(0, "")
        return int(connection._sock.fileno())

    def set_statement_timeout(self, connection: DeadlineConnection, seconds: float) -> None:
        """Implement ServerEngine.set_statement_timeout."""
        if "MariaDB" in connection.get_server_info():
            connection.query(f"SET SESSION max_statement_time = {seconds}")
        else:
            connection.query(f"SET SESSION max_execution_time = {int(seconds * 1000)}")

    def begin_write(self, connection: Connection) -> None:
        """Implement DatabaseEngine.begin_write, by a row lock on the version of the tables."""
        _driver(connection).seconds = WRITE_TIMEOUT_SECONDS
        connection.exec_driver_sql("START TRANSACTION")
        connection.exec_driver_sql(_LOCK_WRITES)

    def grow_cache(self, connection: Connection) -> None:
        """Do nothing: the cache belongs to the server."""

    def begin_snapshot(self, connection: Connection) -> None:
        """Implement DatabaseEngine.begin_snapshot."""
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        connection.exec_driver_sql("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")

    @contextmanager
    def migration(self, connection: Connection) -> Iterator[None]:
        """Implement DatabaseEngine.migration; DDL commits, so a failed one leaves changes."""
        seconds = timeout_within_deadline(60)
        _driver(connection).seconds = seconds
        connection.exec_driver_sql(f"SELECT get_lock({_MIGRATION_LOCK}, {int(seconds)})")
        try:
            yield
            connection.commit()
        finally:
            connection.exec_driver_sql(f"DO release_lock({_MIGRATION_LOCK})")

    def may_have_written(self, error: BaseException | None) -> bool:
        """Implement DatabaseEngine.may_have_written."""
        code = _code_of(error)
        return code == 0 or code in _CLIENT_ERRORS or code == ER.SERVER_SHUTDOWN

    def is_rollback(self, error: BaseException | None) -> bool:
        """Implement DatabaseEngine.is_rollback."""
        return _code_of(error) in _CONFLICT_CODES


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _code_of(error: BaseException | None) -> int:
    code = error.args[0] if isinstance(error, MySQLError) and error.args else 0
    return code if isinstance(code, int) else 0
