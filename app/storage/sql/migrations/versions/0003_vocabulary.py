"""Add the table of the vocabulary."""

from alembic import op
from sqlalchemy import Column

from app.storage.sql.tables import KEYED_TABLE_OPTIONS, BytewiseText

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "vocabulary", Column("word", BytewiseText(64), primary_key=True), **KEYED_TABLE_OPTIONS
    )
