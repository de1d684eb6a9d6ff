"""Connections to the database; its errors become StorageUnavailable."""

import os
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from sqlalchemy import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.model.errors import SettingsError, StorageUnavailable
from app.runtime import backoff, deadline
from app.runtime.circuit_breaker import CircuitBreaker
from app.storage.sql.engines.protocol import DatabaseEngine

_EXAMPLES = (
    "write one like sqlite:////srv/directory.db, mysql://user:password@host/database or "
    "postgresql://user:password@host/database, or remove it."
)
_SQLITE, _MYSQL, _POSTGRESQL = "sqlite", "mysql+pymysql", "postgresql+psycopg"
# The driver for each scheme of an address.
DRIVERS = {
    **dict.fromkeys(("sqlite", "sqlite+pysqlite"), _SQLITE),
    **dict.fromkeys(("mysql", "mysql+pymysql", "mariadb", "mariadb+pymysql"), _MYSQL),
    **dict.fromkeys(("postgresql", "postgresql+psycopg", "postgres"), _POSTGRESQL),
}
MAX_ATTEMPTS = 5
_SERVICE = "the database"
_MAX_PROBE_SECONDS = 4.0

P = ParamSpec("P")
T = TypeVar("T")


class TransactionConflict(StorageUnavailable):
    """The database rolled back a transaction that conflicted with another: nothing was written."""


def retry_when_rolled_back(write: Callable[P, T]) -> Callable[P, T]:
    """Retry a write a few times when its transaction conflicted with another."""

    @wraps(write)
    def retrying(*arguments: P.args, **options: P.kwargs) -> T:
        for attempt in range(1, MAX_ATTEMPTS):
            try:
                return write(*arguments, **options)
            except TransactionConflict:
                backoff.pause(attempt)
        return write(*arguments, **options)

    return retrying


def read_url(text: str) -> URL:
    """Parse the address of a database. Raises SettingsError, never with a password."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise SettingsError(f"DATABASE_URL is not a valid address: {_EXAMPLES}") from None
    driver = DRIVERS.get(url.drivername)
    if driver is None:
        raise SettingsError(
            f"DATABASE_URL names the unsupported database {url.drivername[:60]!r}: {_EXAMPLES}"
        )
    if url.database in (None, "", ":memory:"):
        what = "file" if driver == _SQLITE else "database"
        raise SettingsError(f"DATABASE_URL names no {what}: {_EXAMPLES}")
    is_unfinished = set("<>{}") & {*(url.host or ""), *url.database}
    if is_unfinished or (driver != _SQLITE and not url.host and not url.query):
        raise SettingsError(f"DATABASE_URL names no host or no database: {_EXAMPLES}")
    return url.set(drivername=driver)


def _open_backend(url: URL) -> DatabaseEngine:
    """Return the engine for an address; only the driver in use is imported."""
    if url.drivername == _MYSQL:
        from app.storage.sql.engines.mysql import MySqlEngine

        return MySqlEngine()
    if url.drivername == _POSTGRESQL:
        from app.storage.sql.engines.postgresql import PostgreSqlEngine

        return PostgreSqlEngine()
    from app.storage.sql.engines.sqlite import SqliteEngine

    return SqliteEngine()


class Database:
    """A database. Creating it does no input or output; each call takes a connection of the pool.

    A server has a circuit breaker: while it hangs, calls with a deadline fail at once.
    """

    def __init__(self, url: URL) -> None:
        self.url = url
        self._backend = _open_backend(url)
        self._engine = self._backend.open_engine(url)
        self._breaker = CircuitBreaker(_SERVICE, self._answers)
        self.holds_deleted = False  # whether ``overwrite_deleted`` has something left to do
        _dispose_after_fork(self._engine)

    @property
    def shared(self) -> bool:
        """Whether several machines can use it."""
        return self._backend.shared

    @property
    def holds_nul(self) -> bool:
        """Whether a text may have the character NUL."""
        return self._backend.holds_nul

    @property
    def name(self) -> str:
        """The file, or the database with its server, without a password."""
        host = "" if not self.shared else f" on {self.url.host or 'this machine'}"
        return f"{self.url.database}{host}"

    @contextmanager
    def reading(self, action: str) -> Iterator[Connection]:
        """Yield a connection for reads, each of which sees what is committed when it starts."""
        began = self._begin(action)
        try:
            with self._engine.connect() as connection:
                yield connection
        except (DBAPIError, PoolTimeout) as error:
            raise self._unavailable(action, began, error) from error
        self._breaker.succeeded()

    @contextmanager
    def writing(self, action: str) -> Iterator[Connection]:
        """Yield a connection with the write lock; the block is one transaction."""
        began = self._begin(action)
        committing = False
        try:
            with self._engine.connect() as connection, connection.begin():
                self._backend.begin_write(connection)
                yield connection
                committing = True
        except (DBAPIError, PoolTimeout) as error:
            raise self._unavailable(action, began, error, committing=committing) from error
        self._breaker.succeeded()

    @contextmanager
    def snapshot(self, action: str) -> Iterator[Connection]:
        """Yield a connection whose reads all see one snapshot."""
        with self.reading(action) as connection, connection.begin():
            self._backend.begin_snapshot(connection)
            yield connection

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """Yield a connection for a migration; only one runs at a time."""
        with self.reading("migrate") as connection, self._backend.migration(connection):
            yield connection

    def grow_cache(self, connection: Connection) -> None:
        """Enlarge the cache for a bulk write, but not in a process that serves pages."""
        self._backend.grow_cache(connection)

    def overwrite_deleted(self) -> None:
        """Overwrite what deletions have left in files, now or, if others still read it, later."""
        try:
            with self.reading("overwrite") as connection:
                self.holds_deleted = not self._backend.overwrite_deleted(connection)
        except StorageUnavailable:
            self.holds_deleted = True

    def create_folder(self) -> None:
        """Create the folder of a database file. Raises StorageUnavailable."""
        try:
            self._backend.create_folder(self.url)
        except OSError as error:
            raise self.unavailable("mkdir", str(error)) from error

    def close(self) -> None:
        """Close all connections of the pool; those in use, and later ones, when given back."""
        self._backend.keep_no_connection()
        self._engine.dispose()

    def unavailable(self, action: str, reason: str) -> StorageUnavailable:
        """Return the error for a reason that is not an error of the driver."""
        return StorageUnavailable(_SERVICE, f"sql:{action}", self._address(), reason)

    def _begin(self, action: str) -> float:
        """Return the time; raise StorageUnavailable if no time is left or the circuit is open."""
        if deadline.remaining() <= 0:
            raise self.unavailable(action, "the request ran out of time")
        if refusal := self._breaker.refusal():
            raise self.unavailable(action, refusal)
        return time.monotonic()

    def _unavailable(
        self,
        action: str,
        began: float,
        error: DBAPIError | PoolTimeout,
        *,
        committing: bool = False,
    ) -> StorageUnavailable:
        cause = error.orig if isinstance(error, DBAPIError) else error
        reason = _driver_message(cause)
        is_silent = self._backend.may_have_written(cause)
        if self.shared and is_silent:
            self._breaker.failed(began, reason)
        is_conflict = self._backend.is_rollback(cause)
        error_class = TransactionConflict if is_conflict else StorageUnavailable
        return error_class(
            _SERVICE,
            f"sql:{action}",
            self._address(),
            reason,
            maybe_written=committing and is_silent,
        )

    def _answers(self) -> bool:
        """Return whether the server answers; forget connections that hung with it."""
        self._backend.forget_connections()
        try:
            with deadline.within(_MAX_PROBE_SECONDS), self._engine.connect() as connection:
                connection.exec_driver_sql("SELECT 1")
        except (DBAPIError, PoolTimeout) as error:
            cause = error.orig if isinstance(error, DBAPIError) else error
            return not self._backend.may_have_written(cause)
        return True

    def _address(self) -> str:
        return self.url.render_as_string(hide_password=True)


def _driver_message(error: BaseException | None) -> str:
    """Return the message of the driver, without its number and advice."""
    message = error.args[-1] if error is not None and error.args else error
    return str(message).partition("\n")[0].rstrip(".")


def _dispose_after_fork(engine: Engine) -> None:
    """Make a forked worker open its own connections, which processes must not share."""
    reference = weakref.ref(engine)

    def dispose() -> None:
        if (existing := reference()) is not None:
            existing.dispose(close=False)

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=dispose)
