"""The version of the tables, brought up to date at start; Alembic is loaded only if it must."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from app.model.errors import StorageUnavailable
from app.storage.sql.engines.database import Database

# The newest file in migrations/versions; asking Alembic for it would cost every start 100 ms.
VERSION = "0005"
_STORED_IN = "alembic_version"
_STORED = text("SELECT version_num FROM alembic_version")


def is_current(database: Database) -> bool:
    """Whether the tables are there, in this version. Raises StorageUnavailable."""
    with database.reading("connect") as connection:
        return _stored_version(connection) == VERSION


def bring_up_to_date(database: Database) -> list[str]:
    """Make or change the tables; any number of processes may do it at once."""
    database.make_place()
    if is_current(database):
        return []
    with database.migrating() as connection:
        # To ask for a table that is not there would end the transaction.
        known = inspect(connection).has_table(_STORED_IN)
        before = _stored_version(connection) if known else None
        if before == VERSION:
            return []  # another process was quicker
        _migrate(database, connection, before)
    made = "were created" if before is None else f"were upgraded from version {before} to {VERSION}"
    return [f"The tables in {database.name} {made}."]


def require_current(database: Database) -> None:
    """Raise StorageUnavailable unless the tables are there."""
    if not is_current(database):
        raise database.unavailable("check", "the tables are missing or old: run `flask setup`")


def _stored_version(connection: Connection) -> str | None:
    try:
        return connection.execute(_STORED).scalar()
    except DBAPIError as error:
        if _STORED_IN in str(error.orig):
            return None  # no such table
        raise


def _migrate(database: Database, connection: Connection, before: str | None) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StorageUnavailable(
            "the database",
            "sql:migrate",
            database.name,
            f"its version {before} is unknown: a newer release has used it",
        ) from error
