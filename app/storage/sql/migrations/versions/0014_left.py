"""Add the last day of who leaves or has left, and the history of all people."""

from alembic import op
from sqlalchemy import Column, Integer, String, Text

from app.storage.sql.tables import KEYED_TABLE_OPTIONS, TABLE_OPTIONS, BytewiseText, LongText

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("person", Column("left_on", Text))
    op.add_column("person", Column("history", Text))
    op.create_table(
        "history",
        Column("tie", BytewiseText(64), primary_key=True),
        Column("moment", BytewiseText(32), primary_key=True),
        Column("employee_id", Text),
        Column("version", Integer, nullable=False),
        Column("kind", String(20), nullable=False),
        Column("author", Integer, nullable=False),
        Column("through", LongText()),
        Column("full_name", Text),
        Column("was", LongText()),
        Column("now", LongText(), nullable=False),
        Column("base", LongText()),
        **TABLE_OPTIONS,
    )
    op.create_table(
        "audit",
        Column("moment", BytewiseText(32), primary_key=True),
        Column("tie", BytewiseText(64), primary_key=True),
        Column("author", Integer, nullable=False),
        Column("content", LongText(), nullable=False),
        **KEYED_TABLE_OPTIONS,
    )
    op.create_index("audit_by_tie", "audit", ["tie"])
    op.create_table(
        "author",
        Column("number", Integer, primary_key=True),
        Column("account_id", Text, nullable=False),
        Column("person_id", Text, nullable=False),
        Column("name", Text, nullable=False),
        **TABLE_OPTIONS,
    )
