"""Add the tables of imports and their parts."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, String, Text

from app.storage.sql.tables import TABLE_OPTIONS

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "job",
        Column("id", String(40), primary_key=True),
        Column("revision", Integer, nullable=False),
        Column("created", BigInteger, nullable=False),
        Column("state", Text, nullable=False),
        **TABLE_OPTIONS,
    )
    op.create_table(
        "job_part",
        Column("job_id", String(40), primary_key=True),
        Column("kind", String(20), primary_key=True),
        Column("number", Integer, primary_key=True, autoincrement=False),
        Column("content", LargeBinary(1 << 20), nullable=False),
        **TABLE_OPTIONS,
    )
