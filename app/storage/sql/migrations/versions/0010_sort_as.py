"""The text by which an employee is in order."""

from alembic import op
from sqlalchemy import Column, Text

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("person", Column("sort_as", Text))
