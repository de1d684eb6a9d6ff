"""The version of the tables, and their migration; Alembic is imported only if needed.

A migration that only adds leaves the tables to older releases too, which run beside newer ones, or
after them when one was refused: it stores ``READABLE_BY``, the version whose release can still use
them. One that does more raises it, and is made of tables only whose version is at least that: so a
release never takes the tables from the one before it. app/storage/sql/rehearsal.py sees to it.
"""

from functools import cache
from pathlib import Path

from sqlalchemy import Column, Connection, String, Table, inspect, select, text
from sqlalchemy.exc import DBAPIError

from app.storage.sql.engines.database import Database
from app.storage.sql.tables import KEYED_TABLE_OPTIONS, metadata

_MIGRATIONS = Path(__file__).with_name("migrations")
_VERSION_TABLE = "alembic_version"
_READ_VERSION = text("SELECT version_num FROM alembic_version")
_WRITE_VERSION = text("UPDATE alembic_version SET version_num = :version")
# The release with this newest migration, and every later one, can use the tables.
READABLE_BY = "0005"
# Older releases compare the version in ``alembic_version`` with their own and take no other.
_FIRST_TO_READ_NEWER = "0012"

schema_state = Table(
    "schema_state",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("content", String(100), nullable=False),
    **KEYED_TABLE_OPTIONS,
)
_READABLE_BY, _VERSION = "readable_by", "version"


@cache
def _versions() -> frozenset[str]:
    """Return the versions of all migrations; to ask Alembic would cost 100 ms at a start."""
    return frozenset(path.name[:4] for path in (_MIGRATIONS / "versions").glob("[0-9]*.py"))


@cache
def newest_version() -> str:
    """Return the version of the newest migration."""
    return max(_versions())


def is_current(database: Database) -> bool:
    """Return whether this release can use the tables: they are its own, or newer and only added to.

    Raises StorageUnavailable.
    """
    return not _find_fault(database)


def migrate(database: Database) -> list[str]:
    """Create or migrate the tables; return what was done. Concurrent calls are safe.

    Raises StorageUnavailable, also for a migration that would take the tables from the release that
    has used them so far; then nothing was changed.
    """
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
    """Return the version of the tables; None where there are none."""
    try:
        told = connection.execute(_READ_VERSION).scalar()
    except DBAPIError as error:
        if _VERSION_TABLE in str(error.orig):
            return None  # no such table
        raise
    if told is None:
        return None
    version = str(told)
    return (
        version
        if version == newest_version()
        else max(version, _read_state(connection, _VERSION) or "")
    )


def _read_state(connection: Connection, name: str) -> str | None:
    """Return what the tables tell about themselves; None if they are too old to."""
    if not inspect(connection).has_table(schema_state.name):
        return None
    row = select(schema_state.c.content).where(schema_state.c.name == name)
    content = connection.execute(row).scalar()
    return content if isinstance(content, str) else None


def _is_readable(connection: Connection) -> bool:
    """Return whether the release that made newer tables has left them to this one."""
    return "" < (_read_state(connection, _READABLE_BY) or "") <= newest_version()


def _migrate(database: Database, connection: Connection, before: str | None) -> None:
    told = connection.execute(_READ_VERSION).scalar() if before else None
    if before:
        _rehearse(database, before)
        connection.execute(_WRITE_VERSION, {"version": before})
    upgrade_tables(connection, "head")
    state = {_READABLE_BY: READABLE_BY, _VERSION: newest_version()}
    connection.execute(schema_state.delete().where(schema_state.c.name.in_(state)))
    rows = [{"name": name, "content": content} for name, content in state.items()]
    connection.execute(schema_state.insert(), rows)
    if told and READABLE_BY <= told < _FIRST_TO_READ_NEWER:
        connection.execute(_WRITE_VERSION, {"version": told})  # what its release looks for


def _rehearse(database: Database, before: str) -> None:
    """Raise StorageUnavailable if the migration fails, or takes the tables from older releases."""
    from app.storage.sql.rehearsal import find_loss

    if before not in _versions():
        raise database.unavailable(
            "migrate", f"its version {before} is unknown: a newer release has used it"
        )
    if before < READABLE_BY:
        loss = f"its tables are for releases from version {READABLE_BY} on"
    else:
        loss = find_loss(upgrade_tables, before)
    if loss:
        raise database.unavailable(
            "migrate",
            f"nothing was changed: this release would take the tables from those that use them, "
            f"of version {before}: {loss}. Install a release between the two first",
        )


def upgrade_tables(connection: Connection, version: str) -> None:
    """Migrate the tables of this connection to a version, ``head`` for the newest."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, version)
