"""Connections to the database, and its errors in our words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app import deadline
from app.errors import SettingsError, StorageUnavailable
from app.storage.sql import sqlite

_WRITE_ONE = "write one like sqlite:////srv/directory.db, or leave it out."


def read_url(text: str) -> URL:
    """The address of an SQLite file. Raises SettingsError, which never tells a password."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        raise SettingsError(f"DATABASE_URL cannot be read as an address: {_WRITE_ONE}") from error
    if url.drivername not in ("sqlite", "sqlite+pysqlite"):
        raise SettingsError(
            f"DATABASE_URL names a database of the kind {url.drivername!r}, which this release "
            f"does not know: {_WRITE_ONE}"
        )
    if url.database in (None, "", ":memory:"):
        raise SettingsError(f"DATABASE_URL names no file: {_WRITE_ONE}")
    return url


class Database:
    """Where the tables are. Opening it does nothing; a connection is taken for each call."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self._engine = sqlite.make_engine(url)

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
                sqlite.begin_write(connection)
                yield connection
                committing = True
        except (DBAPIError, PoolTimeout) as error:
            raise self._unavailable(action, error, committing=committing) from error

    @contextmanager
    def snapshot(self, action: str) -> Iterator[Connection]:
        """A connection whose reads all see one moment."""
        with self.reading(action) as connection, connection.begin():
            sqlite.begin_snapshot(connection)
            yield connection

    def close(self) -> None:
        """Give the connections back to the system."""
        self._engine.dispose()

    def unavailable(self, action: str, reason: str) -> StorageUnavailable:
        """The error for what a statement cannot tell by itself."""
        return StorageUnavailable("the database", f"sql:{action}", self._name(), reason)

    def _look_at_the_time(self, action: str) -> None:
        if deadline.remaining() <= 0:
            raise self.unavailable(action, "the time for this request is over")

    def _unavailable(
        self, action: str, error: DBAPIError | PoolTimeout, *, committing: bool = False
    ) -> StorageUnavailable:
        cause = error.orig if isinstance(error, DBAPIError) else error
        return StorageUnavailable(
            "the database",
            f"sql:{action}",
            self._name(),
            str(cause),
            maybe_written=committing and sqlite.may_have_written(cause),
        )

    def _name(self) -> str:
        return self.url.render_as_string(hide_password=True)
