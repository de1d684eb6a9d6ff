"""What a kind of database is asked that SQL does not say the same way everywhere."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy import URL, Connection, Engine


class DatabaseEngine(Protocol):
    """One kind of database. ``shared`` says whether several machines can reach the same one."""

    shared: bool

    def make_engine(self, url: URL) -> Engine:
        """An engine for this address; nothing is opened yet, and no driver begins transactions."""

    def make_place(self, url: URL) -> None:
        """Make what the database itself needs, where it can be made. Raises OSError."""

    def begin_write(self, connection: Connection) -> None:
        """Wait for the write lock, as long as the request may; what follows is one transaction."""

    def grow_cache(self, connection: Connection) -> None:
        """Keep more of the tables in memory on this connection, which many rows are put into."""

    def begin_snapshot(self, connection: Connection) -> None:
        """All reads from now on see one moment."""

    def migration(self, connection: Connection) -> AbstractContextManager[None]:
        """A block that changes tables; no other migration begins before it ends."""

    def may_have_written(self, error: BaseException | None) -> bool:
        """Whether a commit that failed with this error may be found done after all."""

    def is_rollback(self, error: BaseException | None) -> bool:
        """Whether the transaction was undone for the sake of another, and can be tried again."""
