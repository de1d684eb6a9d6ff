"""What is peculiar to SQLite: its pragmas, its transactions, its errors. Nothing else knows it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from app.runtime import deadline

# One request holds one connection; twice the threads of a worker, so that none waits for the pool.
POOL_SIZE = 16
READ_WAIT_SECONDS = 2.0
WRITE_WAIT_SECONDS = 5.0
# Pages in memory where many rows are put in; SQLite holds 2 MB otherwise.
HELD_KB = 12_000


class SqliteEngine:
    """A file of this machine; see Kind."""

    shared = False

    def make_engine(self, url: URL) -> Engine:
        engine = create_engine(
            url,
            pool_size=POOL_SIZE,
            pool_use_lifo=True,  # the connection used last has pages in memory
            max_overflow=0,
            pool_timeout=WRITE_WAIT_SECONDS,
            hide_parameters=True,
        )
        event.listen(engine, "connect", _prepare)
        return engine

    def make_place(self, url: URL) -> None:
        Path(url.database or "").parent.mkdir(parents=True, exist_ok=True)

    def begin_write(self, connection: Connection) -> None:
        wait = min(deadline.remaining(), WRITE_WAIT_SECONDS)
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {int(wait * 1000)}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    def grow_cache(self, connection: Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA cache_size = {-HELD_KB}")

    def begin_snapshot(self, connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    @contextmanager
    def migration(self, connection: Connection) -> Iterator[None]:
        _use_write_ahead_log(connection)
        connection.commit()
        with connection.begin():
            self.begin_write(connection)
            yield

    def may_have_written(self, error: BaseException | None) -> bool:
        return _name_of(error).startswith("SQLITE_IOERR")

    def is_rollback(self, error: BaseException | None) -> bool:
        return False  # one writes, the others wait


def _prepare(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    # The driver begins no transaction of its own: a read is one statement, a write says BEGIN.
    connection.isolation_level = None
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA busy_timeout = {int(READ_WAIT_SECONDS * 1000)}")


def _use_write_ahead_log(connection: Connection) -> None:
    """Readers and one writer do not wait for one another from now on; the file remembers it.

    The switch needs the file for itself for a moment, and does not wait for it as a write does.
    """
    ends = time.monotonic() + min(deadline.remaining(), WRITE_WAIT_SECONDS)
    while True:
        try:
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
        except OperationalError as error:
            if _name_of(error.orig) != "SQLITE_BUSY" or time.monotonic() > ends:
                raise
            time.sleep(0.02)
        else:
            return


def _name_of(error: BaseException | None) -> str:
    return getattr(error, "sqlite_errorname", "") if isinstance(error, sqlite3.Error) else ""
