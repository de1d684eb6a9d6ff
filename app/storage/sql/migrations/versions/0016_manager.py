"""Add the manager, the desk, working hours and the name in a chat, and counts of reports."""

from alembic import op
from sqlalchemy import Column, Integer, String, Text

from app.storage.sql.tables import KEYED_TABLE_OPTIONS, BytewiseText

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    for name in ("manager", "desk", "working_hours", "chat"):
        op.add_column("person", Column(name, Text))
    op.create_table(
        "report_count",
        Column("tie", BytewiseText(64), primary_key=True),
        Column("below", Integer, nullable=False),
        Column("counted_at", String(32), nullable=False),
        **KEYED_TABLE_OPTIONS,
    )
