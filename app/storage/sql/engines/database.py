"""Connections to the database, and its errors in our words."""

from __future__ import annotations

import os
import random
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
from app.runtime import deadline
from app.storage.sql.engines.protocol import DatabaseEngine

_WRITE_ONE = (
    "write one like sqlite:////srv/directory.db, mysql://user:password@host/database or "
    "postgresql://user:password@host/database, or remove it."
)
_SQLITE, _MYSQL, _POSTGRESQL = "sqlite", "mysql+pymysql", "postgresql+psycopg"
# Each way to write a kind of database, and the driver that speaks to it.
DRIVERS = {
    **dict.fromkeys(("sqlite", "sqlite+pysqlite"), _SQLITE),
    **dict.fromkeys(("mysql", "mysql+pymysql", "mariadb", "mariadb+pymysql"), _MYSQL),
    **dict.fromkeys(("postgresql", "postgresql+psycopg", "postgres"), _POSTGRESQL),
}
TRIES = 5

P = ParamSpec("P")
T = TypeVar("T")


class RolledBack(StorageUnavailable):
    """The database undid our transaction for the sake of another: nothing was written."""


def retry_when_rolled_back(write: Callable[P, T]) -> Callable[P, T]:
    """Carry out a write again, a few times, when it was undone for the sake of another."""

    @wraps(write)
    def carry_out(*arguments: P.args, **options: P.kwargs) -> T:
        for tried in range(1, TRIES):
            try:
                return write(*arguments, **options)
            except RolledBack:
                time.sleep(min(random.uniform(0, 0.02 * 2**tried), deadline.remaining()))
        return write(*arguments, **options)

    return carry_out


def read_url(text: str) -> URL:
    """The address of a database. Raises SettingsError, which never tells a password."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        raise SettingsError(f"DATABASE_URL is not a valid address: {_WRITE_ONE}") from error
    driver = DRIVERS.get(url.drivername)
    if driver is None:
        raise SettingsError(
            f"DATABASE_URL names a database of the kind {url.drivername!r}, which is not "
            f"supported: {_WRITE_ONE}"
        )
    if url.database in (None, "", ":memory:"):
        what = "file" if driver == _SQLITE else "database"
        raise SettingsError(f"DATABASE_URL names no {what}: {_WRITE_ONE}")
    if driver != _SQLITE and not url.host and not url.query:
        raise SettingsError(f"DATABASE_URL names no host: {_WRITE_ONE}")
    return url.set(drivername=driver)


def _kind_of(url: URL) -> DatabaseEngine:
    """The kind of database; only the driver in use is loaded."""
    if url.drivername == _MYSQL:
        from app.storage.sql.engines.mysql import MySqlEngine

        return MySqlEngine()
    if url.drivername == _POSTGRESQL:
        from app.storage.sql.engines.postgresql import PostgreSqlEngine

        return PostgreSqlEngine()
    from app.storage.sql.engines.sqlite import SqliteEngine

    return SqliteEngine()


class Database:
    """Where the tables are. Opening it does nothing; a connection is taken for each call."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self._kind = _kind_of(url)
        self._engine = self._kind.make_engine(url)
        _forget_in_child(self._engine)

    @property
    def shared(self) -> bool:
        """Whether several machines can reach it."""
        return self._kind.shared

    @property
    def name(self) -> str:
        """The file, or the database with its server; never a password."""
        where = "" if not self.shared else f" on {self.url.host or 'this machine'}"
        return f"{self.url.database}{where}"

    @contextmanager
    def reading(self, action: str) -> Iterator[Connection]:
        """A connection for reads; each statement sees what is committed when it begins."""
        try:
            self._look_at_the_time(action)
            with self._engine.connect() as connection:
                yield connection
        except (DBAPIError, PoolTimeout) as error:
            raise self._unavailable(action, error) from error

    @contextmanager
    def writing(self, action: str) -> Iterator[Connection]:
        """A connection that holds the write lock: all that the block does happens, or nothing."""
        committing = False
        try:
            self._look_at_the_time(action)
            with self._engine.connect() as connection, connection.begin():
                self._kind.begin_write(connection)
                yield connection
                committing = True
        except (DBAPIError, PoolTimeout) as error:
            raise self._unavailable(action, error, committing=committing) from error

    @contextmanager
    def snapshot(self, action: str) -> Iterator[Connection]:
        """A connection whose reads all see one moment."""
        with self.reading(action) as connection, connection.begin():
            self._kind.begin_snapshot(connection)
            yield connection

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """A connection that changes the tables, while no other does."""
        with self.reading("migrate") as connection, self._kind.migration(connection):
            yield connection

    def grow_cache(self, connection: Connection) -> None:
        """See Kind; for a process that adds or deletes many, and not for one that serves pages."""
        self._kind.grow_cache(connection)

    def make_place(self) -> None:
        """Make the folder of a file."""
        try:
            self._kind.make_place(self.url)
        except OSError as error:
            raise self.unavailable("mkdir", str(error)) from error

    def close(self) -> None:
        """Give the connections back to the system."""
        self._engine.dispose()

    def unavailable(self, action: str, reason: str) -> StorageUnavailable:
        """The error for what a statement cannot tell by itself."""
        return StorageUnavailable("the database", f"sql:{action}", self._address(), reason)

    def _look_at_the_time(self, action: str) -> None:
        if deadline.remaining() <= 0:
            raise self.unavailable(action, "the request ran out of time")

    def _unavailable(
        self, action: str, error: DBAPIError | PoolTimeout, *, committing: bool = False
    ) -> StorageUnavailable:
        cause = error.orig if isinstance(error, DBAPIError) else error
        raised = RolledBack if self._kind.is_rollback(cause) else StorageUnavailable
        return raised(
            "the database",
            f"sql:{action}",
            self._address(),
            _words_of(cause),
            maybe_written=committing and self._kind.may_have_written(cause),
        )

    def _address(self) -> str:
        return self.url.render_as_string(hide_password=True)


def _words_of(error: BaseException | None) -> str:
    """What the driver says, without its numbers and its advice."""
    said = error.args[-1] if error is not None and error.args else error
    return str(said).partition("\n")[0].rstrip(".")


def _forget_in_child(engine: Engine) -> None:
    """A forked worker opens its own connections: none may be used on both sides of a fork."""
    known = weakref.ref(engine)

    def forget() -> None:
        if (alive := known()) is not None:
            alive.dispose(close=False)

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=forget)
