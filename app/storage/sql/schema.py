"""The version of the tables, and their migration; Alembic is imported only if needed."""

from functools import cache
from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from app.model.errors import StorageUnavailable
from app.storage.sql.engines.database import Database

_MIGRATIONS = Path(__file__).with_name("migrations")
_VERSION_TABLE = "alembic_version"
_READ_VERSION = text("SELECT version_num FROM alembic_version")


@cache
def newest_version() -> str:
    """Return the version of the newest migration; to ask Alembic would cost 100 ms at a start."""
    return max(path.name for path in (_MIGRATIONS / "versions").glob("[0-9]*.py"))[:4]


def is_current(database: Database) -> bool:
    """Return whether the tables exist in this version. Raises StorageUnavailable."""
    with database.reading("connect") as connection:
        return _stored_version(connection) == newest_version()


def migrate(database: Database) -> list[str]:
    """Create or migrate the tables; return what was done. Concurrent calls are safe."""
    database.create_folder()
    if is_current(database):
        return []
    with database.migrating() as connection:
        # A query of a missing table would end the transaction.
        exists = inspect(connection).has_table(_VERSION_TABLE)
        before = _stored_version(connection) if exists else None
        if before == newest_version():
            return []  # another process has migrated them
        _migrate(database, connection, before)
    upgraded = f"were upgraded from version {before} to {newest_version()}"
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
    config.set_main_option("script_location", str(_MIGRATIONS))
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
