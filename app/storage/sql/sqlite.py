"""What is peculiar to SQLite: its pragmas, its transactions, its errors. Nothing else knows it."""

from __future__ import annotations

import os
import sqlite3
import time
import weakref
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from app import deadline

# One request holds one connection; twice the threads of a worker, so that none waits for the pool.
POOL_SIZE = 16
READ_WAIT_SECONDS = 2.0
WRITE_WAIT_SECONDS = 5.0


def make_engine(url: URL) -> Engine:
    """An engine for a file; nothing is opened yet."""
    engine = create_engine(
        url,
        pool_size=POOL_SIZE,
        pool_use_lifo=True,  # the connection used last has pages in memory
        max_overflow=0,
        pool_timeout=WRITE_WAIT_SECONDS,
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare)
    _forget_in_child(engine)
    return engine


def _prepare(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    # The driver begins no transaction of its own: a read is one statement, a write says BEGIN.
    connection.isolation_level = None
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA busy_timeout = {int(READ_WAIT_SECONDS * 1000)}")


def _forget_in_child(engine: Engine) -> None:
    """A forked worker opens its own connections: one of SQLite's must not cross a fork."""
    known = weakref.ref(engine)

    def forget() -> None:
        if (alive := known()) is not None:
            alive.dispose(close=False)

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=forget)


def begin_write(connection: Connection) -> None:
    """Wait for the write lock, as long as the request may; what follows is one transaction."""
    wait = min(deadline.remaining(), WRITE_WAIT_SECONDS)
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {int(wait * 1000)}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def begin_snapshot(connection: Connection) -> None:
    """All reads from now on see the database as it is at the first of them."""
    connection.exec_driver_sql("BEGIN")


def make_folder(url: URL) -> None:
    """The folder of the file."""
    Path(url.database or "").parent.mkdir(parents=True, exist_ok=True)


def use_write_ahead_log(connection: Connection) -> None:
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


def may_have_written(error: BaseException | None) -> bool:
    """Whether a commit that failed with this error may be found done after all."""
    return _name_of(error).startswith("SQLITE_IOERR")


def _name_of(error: BaseException | None) -> str:
    return getattr(error, "sqlite_errorname", "") if isinstance(error, sqlite3.Error) else ""
