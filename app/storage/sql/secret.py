"""The secret that all machines on one server share: the first one that is stored wins."""

from sqlalchemy import Column, String, Table, Text, select

from app.contracts.employees import usable_secret
from app.storage.sql.engines.database import Database
from app.storage.sql.tables import KEYED_TABLE_OPTIONS, metadata

_NAME = "key"

secret = Table(
    "secret",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("content", Text, nullable=False),
    **KEYED_TABLE_OPTIONS,
)
_STORED = select(secret.c.content).where(secret.c.name == _NAME)


def shared_secret(database: Database, proposal: str) -> str:
    """Return the stored secret; store the proposal if there was none, or one that is none."""
    with database.reading("secret") as connection:
        stored = usable_secret(connection.execute(_STORED).scalar())
    if not stored:
        with database.writing("secret") as connection:
            content = connection.execute(_STORED).scalar()
            stored = usable_secret(content)  # another machine may have stored one
            if not stored:
                connection.execute(secret.delete().where(secret.c.name == _NAME))
                connection.execute(secret.insert(), {"name": _NAME, "content": proposal})
                stored = proposal
    return stored
