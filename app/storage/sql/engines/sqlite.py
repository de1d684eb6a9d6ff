"""SQLite: its pragmas, transactions and errors."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from app.runtime import deadline

# One request holds one connection; twice the threads of a worker, so that none waits for the pool.
POOL_SIZE = 16
READ_TIMEOUT_SECONDS = 2.0
WRITE_TIMEOUT_SECONDS = 5.0
# Page cache in a bulk write; the default of SQLite is 2 MB.
BULK_CACHE_KB = 12_000


class _Cursor(sqlite3.Cursor):
    """A cursor that reads text of another encoding with replacement characters.

    SQLite stores any bytes as text. A connection that meets such bytes reads all text leniently
    from then on, which takes longer, and repeats the statement, which is a read.
    """

    _statement: tuple[Any, ...] = ()
    _delivered = 0

    def execute(self, *statement: Any) -> Self:
        """Execute a statement, which may be repeated."""
        self._statement, self._delivered = statement, 0
        return super().execute(*statement)

    def fetchone(self) -> Any:
        """Return the next row, or None."""
        return next(iter(self._fetch(super().fetchmany, 1)), None)

    def fetchmany(self, size: int | None = 1) -> list[Any]:
        """Return the next rows."""
        return self._fetch(super().fetchmany, size)

    def fetchall(self) -> list[Any]:
        """Return the remaining rows."""
        return self._fetch(super().fetchall)

    def _fetch(self, fetch: Callable[..., list[Any]], *size: int | None) -> list[Any]:
        try:
            rows = fetch(*size)
        except sqlite3.OperationalError as error:
            if not str(error).startswith("Could not decode to UTF-8"):
                raise
            self.connection.text_factory = _decode
            super().execute(*self._statement)
            for _ in range(self._delivered):
                super().fetchone()
            rows = fetch(*size)
        self._delivered += len(rows)
        return rows


class _Connection(sqlite3.Connection):
    """A connection with these cursors."""

    def cursor(self, factory: Any = None) -> Any:
        """Return a new cursor."""
        return super().cursor(_Cursor)


def _decode(text: bytes) -> str:
    return text.decode("utf-8", "replace")


class SqliteEngine:
    """A DatabaseEngine for a file of this machine."""

    shared = False
    holds_nul = True

    def open_engine(self, url: URL) -> Engine:
        """Implement DatabaseEngine.open_engine."""
        engine = create_engine(
            url,
            pool_size=POOL_SIZE,
            pool_use_lifo=True,  # the last connection has pages in its cache
            max_overflow=0,
            pool_timeout=WRITE_TIMEOUT_SECONDS,
            hide_parameters=True,
            connect_args={"factory": _Connection},
        )
        event.listen(engine, "connect", _configure)
        return engine

    def forget_connections(self) -> None:
        """Do nothing: a file has no other end that could be gone."""

    def keep_no_connection(self) -> None:
        """Do nothing: what is left open harms nobody."""

    def create_folder(self, url: URL) -> None:
        """Implement DatabaseEngine.create_folder."""
        Path(url.database or "").parent.mkdir(parents=True, exist_ok=True)

    def begin_write(self, connection: Connection) -> None:
        """Implement DatabaseEngine.begin_write, which is that of the file."""
        wait = min(deadline.remaining(), WRITE_TIMEOUT_SECONDS)
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {int(wait * 1000)}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    def grow_cache(self, connection: Connection) -> None:
        """Implement DatabaseEngine.grow_cache, to 12 MB."""
        connection.exec_driver_sql(f"PRAGMA cache_size = {-BULK_CACHE_KB}")

    def overwrite_deleted(self, connection: Connection) -> bool:
        """Implement DatabaseEngine.overwrite_deleted: the log has pages as they were."""
        busy: int = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar_one()
        return not busy

    def begin_snapshot(self, connection: Connection) -> None:
        """Implement DatabaseEngine.begin_snapshot."""
        connection.exec_driver_sql("BEGIN")

    @contextmanager
    def migration(self, connection: Connection) -> Iterator[None]:
        """Implement DatabaseEngine.migration, in one transaction, after a switch to WAL mode."""
        _enable_wal(connection)
        connection.commit()
        with connection.begin():
            self.begin_write(connection)
            yield

    def may_have_written(self, error: BaseException | None) -> bool:
        """Implement DatabaseEngine.may_have_written."""
        return _error_name(error).startswith("SQLITE_IOERR")

    def is_rollback(self, error: BaseException | None) -> bool:
        """Implement DatabaseEngine.is_rollback."""
        return False  # writers wait for the lock of the file


def _configure(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    # Autocommit: a read is one statement, a write starts with BEGIN.
    connection.isolation_level = None
    connection.execute("PRAGMA synchronous = FULL")
    # What is deleted is overwritten, as in the SQLite of most distributions.
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute(f"PRAGMA busy_timeout = {int(READ_TIMEOUT_SECONDS * 1000)}")


def _enable_wal(connection: Connection) -> None:
    """Switch the file to a write-ahead log, so that readers and the writer do not block each other.

    The switch needs exclusive access for a moment, and ignores the busy timeout.
    """
    give_up_at = time.monotonic() + min(deadline.remaining(), WRITE_TIMEOUT_SECONDS)
    while True:
        try:
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
        except OperationalError as error:
            if _error_name(error.orig) != "SQLITE_BUSY" or time.monotonic() > give_up_at:
                raise
            time.sleep(0.02)
        else:
            return


def _error_name(error: BaseException | None) -> str:
    return getattr(error, "sqlite_errorname", "") if isinstance(error, sqlite3.Error) else ""
