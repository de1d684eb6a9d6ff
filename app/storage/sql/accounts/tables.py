"""The tables of accounts. Keys are those of app/contracts/stored_accounts.py; NULL is none."""

from sqlalchemy import Column, Index, Integer, String, Table, Text

from app.storage.sql.tables import KEYED_TABLE_OPTIONS, TABLE_OPTIONS, BytewiseText, metadata

_MAX_ID, _MAX_KEY, _MAX_LIST_KEY, _MAX_TIME, _MAX_WORD = 64, 64, 290, 32, 20

accounts = Table(
    "account",
    metadata,
    Column("id", BytewiseText(_MAX_ID), primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("role", String(_MAX_WORD), nullable=False),
    Column("role_origin", String(_MAX_WORD), nullable=False),
    Column("person_id", Text, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("is_disabled", Integer, nullable=False),
    Column("sessions_ended_at", String(_MAX_TIME), nullable=False),
    Column("failures", Integer, nullable=False),
    Column("locked_until", String(_MAX_TIME), nullable=False),
    Column("signed_in_at", String(_MAX_TIME), nullable=False),
    Column("version", Integer, nullable=False),
    Column("identity_key", BytewiseText(_MAX_KEY)),
    Column("login_key", BytewiseText(_MAX_KEY)),
    Column("person_key", BytewiseText(_MAX_KEY)),
    Column("list_key", BytewiseText(_MAX_LIST_KEY), nullable=False),
    Column("leaves_on", Text),
    Index("account_by_identity", "identity_key", unique=True),
    Index("account_by_login", "login_key", unique=True),
    Index("account_by_person", "person_key", unique=True),
    Index("account_by_name", "list_key"),
    Index("account_by_role", "role", "is_disabled"),
    **TABLE_OPTIONS,
)

sessions = Table(
    "session",
    metadata,
    Column("account_id", BytewiseText(_MAX_ID), primary_key=True),
    Column("digest", BytewiseText(_MAX_KEY), primary_key=True),
    Column("began_at", String(_MAX_TIME), nullable=False),
    Column("ends_at", String(_MAX_TIME), nullable=False),
    Column("description", Text, nullable=False),
    Index("session_by_end", "ends_at"),
    **KEYED_TABLE_OPTIONS,
)

invitations = Table(
    "invitation",
    metadata,
    Column("digest", BytewiseText(_MAX_KEY), primary_key=True),
    Column("account_id", BytewiseText(_MAX_ID), nullable=False),
    Column("ends_at", String(_MAX_TIME), nullable=False),
    Index("invitation_by_end", "ends_at"),
    **KEYED_TABLE_OPTIONS,
)

# One row.
access = Table(
    "access",
    metadata,
    Column("name", String(_MAX_WORD), primary_key=True),
    Column("claimed_by", BytewiseText(_MAX_ID), nullable=False),
    Column("mode", String(_MAX_WORD), nullable=False),
    Column("visibility", Text, nullable=False),
    Column("setup_generation", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("org_top", Text),
    **KEYED_TABLE_OPTIONS,
)
