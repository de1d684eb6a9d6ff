"""Add the last day of the employee to whom an account is linked."""

from alembic import op
from sqlalchemy import Column, Text

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("account", Column("leaves_on", Text))
