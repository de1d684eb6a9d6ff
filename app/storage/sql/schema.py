"""The version of the tables, and their migration; Alembic is imported only if needed.

A migration that only adds leaves the tables to older releases too, which may run beside newer ones
or after them: it stores ``READABLE_BY``, the version whose release can still use them. One that
does more raises it.
"""

from functools import cache
from pathlib import Path

from sqlalchemy import Column, Connection, String, Table, inspect, select, text
from sqlalchemy.exc import DBAPIError

from app.model.errors import StorageUnavailable
from app.storage.sql.engines.database import Database
from app.storage.sql.tables import KEYED_TABLE_OPTIONS, metadata

_MIGRATIONS = Path(__file__).with_name("migrations")
_VERSION_TABLE = "alembic_version"
_READ_VERSION = text("SELECT version_num FROM alembic_version")
# The release with this newest migration, and every later one, can use the tables.
READABLE_BY = "0012"

schema_state = Table(
    "schema_state",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("content", String(100), nullable=False),
    **KEYED_TABLE_OPTIONS,
)
_READABLE_BY = "readable_by"
_READ_READABLE_BY = select(schema_state.c.content).where(schema_state.c.name == _READABLE_BY)


@cache
def newest_version() -> str:
    """Return the version of the newest migration; to ask Alembic would cost 100 ms at a start."""
    return max(path.name for path in (_MIGRATIONS / "versions").glob("[0-9]*.py"))[:4]


def is_current(database: Database) -> bool:
    """Return whether this release can use the tables: they are its own, or newer and only added to.

    Raises StorageUnavailable.
    """
    return not _find_fault(database)


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
        connection.execute(schema_state.delete().where(schema_state.c.name == _READABLE_BY))
        mark = {"name": _READABLE_BY, "content": READABLE_BY}
        connection.execute(schema_state.insert(), mark)
    upgraded = f"were upgraded from version {before} to {newest_version()}"
    return [f"The tables in {database.name} {'were created' if before is None else upgraded}."]


def check_current(database: Database) -> None:
    """Raise StorageUnavailable unless ``is_current``."""
    if fault := _find_fault(database):
        raise database.unavailable("check", fault)


def _find_fault(database: Database) -> str:
    """Return why this release cannot use the tables, and what to do; "" if it can."""
    with database.reading("connect") as connection:
        version = _stored_version(connection)
        if version is None or version < newest_version():
            return "the tables are missing or old: run `flask setup`"
        if version > newest_version() and not _is_readable(connection):
            return f"a newer release has changed the tables ({version}): install that release"
        return ""


def _stored_version(connection: Connection) -> str | None:
    try:
        return connection.execute(_READ_VERSION).scalar()
    except DBAPIError as error:
        if _VERSION_TABLE in str(error.orig):
            return None  # no such table
        raise


def _is_readable(connection: Connection) -> bool:
    """Return whether the release that made newer tables has left them to this one."""
    readable_by = connection.execute(_READ_READABLE_BY).scalar()
    return isinstance(readable_by, str) and "" < readable_by <= newest_version()


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
