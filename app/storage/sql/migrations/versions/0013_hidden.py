"""Add what an employee hides, and the origins of search words."""

from alembic import op
from sqlalchemy import Column, Text

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("person", Column("hidden", Text))
    op.add_column("person", Column("origins", Text))
