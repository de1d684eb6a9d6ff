"""Add the tables of accounts, and the one that tells older releases what they can use."""

from alembic import op
from sqlalchemy import Column, Integer, String, Text

from app.storage.sql.tables import KEYED_TABLE_OPTIONS, TABLE_OPTIONS, BytewiseText

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    _add_accounts()
    _add_sessions()


def _add_accounts() -> None:
    op.create_table(
        "account",
        Column("id", BytewiseText(64), primary_key=True),
        Column("name", Text, nullable=False),
        Column("email", Text, nullable=False),
        Column("role", String(20), nullable=False),
        Column("role_origin", String(20), nullable=False),
        Column("person_id", Text, nullable=False),
        Column("issuer", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("password_hash", Text, nullable=False),
        Column("is_disabled", Integer, nullable=False),
        Column("sessions_ended_at", String(32), nullable=False),
        Column("failures", Integer, nullable=False),
        Column("locked_until", String(32), nullable=False),
        Column("signed_in_at", String(32), nullable=False),
        Column("version", Integer, nullable=False),
        Column("identity_key", BytewiseText(64)),
        Column("login_key", BytewiseText(64)),
        Column("person_key", BytewiseText(64)),
        Column("list_key", BytewiseText(290), nullable=False),
        **TABLE_OPTIONS,
    )
    op.create_index("account_by_identity", "account", ["identity_key"], unique=True)
    op.create_index("account_by_login", "account", ["login_key"], unique=True)
    op.create_index("account_by_person", "account", ["person_key"], unique=True)
    op.create_index("account_by_name", "account", ["list_key"])
    op.create_index("account_by_role", "account", ["role", "is_disabled"])


def _add_sessions() -> None:
    op.create_table(
        "session",
        Column("account_id", BytewiseText(64), primary_key=True),
        Column("digest", BytewiseText(64), primary_key=True),
        Column("began_at", String(32), nullable=False),
        Column("ends_at", String(32), nullable=False),
        Column("description", Text, nullable=False),
        **KEYED_TABLE_OPTIONS,
    )
    op.create_index("session_by_end", "session", ["ends_at"])
    op.create_table(
        "invitation",
        Column("digest", BytewiseText(64), primary_key=True),
        Column("account_id", BytewiseText(64), nullable=False),
        Column("ends_at", String(32), nullable=False),
        **KEYED_TABLE_OPTIONS,
    )
    op.create_index("invitation_by_end", "invitation", ["ends_at"])
    op.create_table(
        "access",
        Column("name", String(20), primary_key=True),
        Column("claimed_by", BytewiseText(64), nullable=False),
        Column("mode", String(20), nullable=False),
        Column("visibility", Text, nullable=False),
        Column("setup_generation", Integer, nullable=False),
        Column("version", Integer, nullable=False),
        **KEYED_TABLE_OPTIONS,
    )
    op.create_table(
        "schema_state",
        Column("name", String(20), primary_key=True),
        Column("content", String(100), nullable=False),
        **KEYED_TABLE_OPTIONS,
    )
