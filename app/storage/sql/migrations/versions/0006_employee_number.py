"""The number of an employee in other systems."""

from alembic import op
from sqlalchemy import Column, Text

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("person", Column("employee_number", Text))
