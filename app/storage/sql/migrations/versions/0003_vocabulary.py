"""The directory's own words."""

from alembic import op
from sqlalchemy import Column

from app.storage.sql.tables import KEPT_BY_KEY, Ordered

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table("vocabulary", Column("word", Ordered(64), primary_key=True), **KEPT_BY_KEY)
