"""The version of the tables, and their migration; Alembic is imported only if needed."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from app.model.errors import StorageUnavailable
from app.storage.sql.engines.database import Database

# The newest file in migrations/versions; reading it by Alembic would cost 100 ms at every start.
VERSION = "0005"
_VERSION_TABLE = "alembic_version"
_READ_VERSION = text("SELECT version_num FROM alembic_version")


def is_current(database: Database) -> bool:
    """Return whether the tables exist in this version. Raises StorageUnavailable."""
    with database.reading("connect") as connection:
        return _stored_version(connection) == VERSION


def migrate(database: Database) -> list[str]:
    """Create or migrate the tables; return what was done. Concurrent calls are safe."""
    database.create_folder()
    if is_current(database):
        return []
    with database.migrating() as connection:
        # A query of a missing table would end the transaction.
        exists = inspect(connection).has_table(_VERSION_TABLE)
        before = _stored_version(connection) if exists else None
        if before == VERSION:
            return []  # another process has migrated them
        _migrate(database, connection, before)
    upgraded = f"were upgraded from version {before} to {VERSION}"
    return [f"The tables in {database.name} {'were created' if before is None else upgraded}."]


def check_current(database: Database) -> None:
    """Raise StorageUnavailable unless the tables exist in this version."""
    if not is_current(database):
        raise database.unavailable("check", "the tables are missing or old: run `flask setup`")


def _stored_version(connection: Connection) -> str | None:
    try:
        return connection.execute(_READ_VERSION).scalar()
    except DBAPIError as error:
        if _VERSION_TABLE in str(error.orig):
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
