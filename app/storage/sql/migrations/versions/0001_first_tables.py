"""Create the first tables."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, String, Text

from app.storage.sql.tables import KEYED_TABLE_OPTIONS, TABLE_OPTIONS, BytewiseText

revision = "0001"
down_revision = None


def upgrade() -> None:
    _create_person()
    op.create_table(
        "entry",
        Column("view", BytewiseText(80), primary_key=True),
        Column("at", BytewiseText(290), primary_key=True),
        Column("number", Integer, nullable=False),
        Column("lead", Integer, nullable=False),
        Column("start", Integer, nullable=False),
        **KEYED_TABLE_OPTIONS,
    )
    op.create_table(
        "facet",
        Column("view", BytewiseText(80), primary_key=True),
        Column("spelling", BytewiseText(200), primary_key=True),
        Column("people", BigInteger, nullable=False),
        **KEYED_TABLE_OPTIONS,
    )
    op.create_table(
        "gone",
        Column("tie", BytewiseText(64), primary_key=True),
        Column("write_id", String(100), nullable=False),
        Column("deleted_at", String(32), nullable=False),
        **KEYED_TABLE_OPTIONS,
    )
    op.create_index("gone_by_time", "gone", ["deleted_at"])


def _create_person() -> None:
    op.create_table(
        "person",
        Column("number", Integer, primary_key=True),
        Column("tie", BytewiseText(64)),
        Column("version", Integer),
        Column("updated_at", String(32)),
        Column("write_id", String(100)),
        Column("id", BytewiseText(2_048), nullable=False),
        Column("full_name", Text),
        Column("job_title", Text),
        Column("location", Text),
        Column("department", Text),
        Column("email", Text),
        Column("phone", Text),
        Column("badges", Text),
        Column("photo_key", Text),
        Column("place", BytewiseText(290)),
        Column("words", Text),
        Column("listed", Text),
        Column("preferred_name", Text),
        Column("pronouns", Text),
        Column("start_date", Text),
        Column("about", Text),
        Column("email_key", BytewiseText(600)),
        **TABLE_OPTIONS,
    )
    op.create_index("person_by_tie", "person", ["tie"], unique=True)
    op.create_index("person_by_email", "person", ["email_key"])
