"""Add the state of the counting of reports, and who is at the top of the org chart."""

from alembic import op
from sqlalchemy import Column, String, Text

from app.storage.sql.tables import KEYED_TABLE_OPTIONS

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "report_counting",
        Column("name", String(20), primary_key=True),
        Column("content", Text, nullable=False),
        **KEYED_TABLE_OPTIONS,
    )
    op.add_column("access", Column("org_top", Text))
