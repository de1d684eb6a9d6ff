"""Add the table of the secret that machines on one server share."""

from alembic import op
from sqlalchemy import Column, String, Text

from app.storage.sql.tables import KEYED_TABLE_OPTIONS

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "secret",
        Column("name", String(20), primary_key=True),
        Column("content", Text, nullable=False),
        **KEYED_TABLE_OPTIONS,
    )
