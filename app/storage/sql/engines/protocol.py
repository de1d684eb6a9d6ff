"""DatabaseEngine: the operations that differ between databases."""

from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy import URL, Connection, Engine


class DatabaseEngine(Protocol):
    """A database system.

    ``shared`` says whether several machines can use one database, ``holds_nul`` whether a text may
    have the character NUL.
    """

    shared: bool
    holds_nul: bool

    def open_engine(self, url: URL) -> Engine:
        """Return an SQLAlchemy engine without opening it; its driver starts no transactions."""

    def forget_connections(self) -> None:
        """Use none of the present connections again: neither the idle ones nor those in use."""

    def keep_no_connection(self) -> None:
        """Close each connection as soon as it is given back, from now on."""

    def create_folder(self, url: URL) -> None:
        """Create the folder of a database file, if there is one. Raises OSError."""

    def begin_write(self, connection: Connection) -> None:
        """Start a transaction with the write lock, waiting for it within the deadline."""

    def grow_cache(self, connection: Connection) -> None:
        """Enlarge the page cache of this connection before a bulk write."""

    def overwrite_deleted(self, connection: Connection) -> bool:
        """Overwrite what committed deletions have left in files; False if others still read it."""

    def begin_snapshot(self, connection: Connection) -> None:
        """Start a transaction whose reads all see one snapshot."""

    def migration(self, connection: Connection) -> AbstractContextManager[None]:
        """Return a context in which tables may change; only one migration runs at a time."""

    def may_have_written(self, error: BaseException | None) -> bool:
        """Return whether a commit that failed so may have succeeded: the server did not answer."""

    def is_rollback(self, error: BaseException | None) -> bool:
        """Return whether a conflicting transaction was rolled back, and may be retried."""
