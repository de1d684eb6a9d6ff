"""Add the manager, the desk, working hours and the name in a chat."""

from alembic import op
from sqlalchemy import Column, Text

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    for name in ("manager", "desk", "working_hours", "chat"):
        op.add_column("person", Column(name, Text))
