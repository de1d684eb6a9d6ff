"""The tables of changes and of the audit log.

Neither has the name of an author, only its number in ``author``, so that it can be erased.
"""

from sqlalchemy import Column, Index, Integer, String, Table, Text

from app.storage.sql.tables import (
    KEYED_TABLE_OPTIONS,
    TABLE_OPTIONS,
    BytewiseText,
    LongText,
    metadata,
)

_MAX_ID_KEY, _MAX_MOMENT, _MAX_WORD = 64, 32, 20

# In SQLite rows are in the order in which they are added, since ids are random.
changes = Table(
    "history",
    metadata,
    Column("tie", BytewiseText(_MAX_ID_KEY), primary_key=True, key="id_key"),
    Column("moment", BytewiseText(_MAX_MOMENT), primary_key=True),
    Column("employee_id", Text),  # NULL where it is the id key
    Column("version", Integer, nullable=False),
    Column("kind", String(_MAX_WORD), nullable=False),
    Column("author", Integer, nullable=False),
    Column("through", LongText()),
    Column("full_name", Text),  # NULL where ``now`` has it
    Column("was", LongText()),
    Column("now", LongText(), nullable=False),
    Column("base", LongText()),
    **TABLE_OPTIONS,
)

audit = Table(
    "audit",
    metadata,
    Column("moment", BytewiseText(_MAX_MOMENT), primary_key=True),
    Column("tie", BytewiseText(_MAX_ID_KEY), primary_key=True, key="id_key"),  # "" of nobody
    Column("author", Integer, nullable=False),
    Column("content", LongText(), nullable=False),
    Index("audit_by_tie", "id_key"),
    **KEYED_TABLE_OPTIONS,
)

authors = Table(
    "author",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("account_id", Text, nullable=False),
    Column("person_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    **TABLE_OPTIONS,
)
