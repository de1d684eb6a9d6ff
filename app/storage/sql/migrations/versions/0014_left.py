"""Add the last day of who leaves or has left."""

from alembic import op
from sqlalchemy import Column, Text

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("person", Column("left_on", Text))
