"""Add the table of what the index knows of itself."""

from alembic import op
from sqlalchemy import Column, String

from app.storage.sql.tables import KEYED_TABLE_OPTIONS

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "index_state",
        Column("name", String(20), primary_key=True),
        Column("content", String(100), nullable=False),
        **KEYED_TABLE_OPTIONS,
    )
