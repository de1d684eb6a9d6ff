"""Reads and writes of the settings of access, in the transaction of the caller."""

from sqlalchemy import Connection, select

from app.contracts.accounts import AccessSettings
from app.contracts.stored_accounts import settings_from, settings_values
from app.storage.sql.accounts.tables import access

_NAME = "access"
_READ = select(access).where(access.c.name == _NAME)


def read(connection: Connection) -> AccessSettings:
    """Return the settings, the defaults if there are none."""
    row = connection.execute(_READ).mappings().first()
    return settings_from({**row} if row else {})


def write(connection: Connection, settings: AccessSettings) -> None:
    """Replace the settings."""
    connection.execute(access.delete().where(access.c.name == _NAME))
    connection.execute(access.insert(), {"name": _NAME, **settings_values(settings)})
