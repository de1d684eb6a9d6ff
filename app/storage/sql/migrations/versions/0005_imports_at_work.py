"""Which imports want work, so that they are found however many came after them."""

from alembic import op
from sqlalchemy import Column, Integer, Text, column, or_, table

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("job", Column("needs_work", Integer, nullable=False, server_default="0"))
    state, job = column("state", Text), table("job", column("needs_work"))
    # Marks that stand in a text have a backslash before them, so these are fields of the state.
    at_work = (f'"phase":"{phase}"' for phase in ("planning", "doing", "undoing"))
    wanting = or_(*(state.contains(each, autoescape=True) for each in at_work))
    running = state.contains('"stopped":false', autoescape=True)
    op.execute(job.update().where(running, wanting).values(needs_work=1))
    op.create_index("job_by_want", "job", ["needs_work", "id"])
