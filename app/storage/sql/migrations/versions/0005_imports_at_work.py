"""Mark the imports that need work, so that an index finds them."""

from alembic import op
from sqlalchemy import Column, Integer, Text, column, or_, table

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("job", Column("needs_work", Integer, nullable=False, server_default="0"))
    state, job = column("state", Text), table("job", column("needs_work"))
    # Quotes within a JSON text are escaped, so these match fields of the state only.
    active_phases = (f'"phase":"{phase}"' for phase in ("planning", "doing", "undoing"))
    is_active = or_(*(state.contains(phase, autoescape=True) for phase in active_phases))
    is_not_paused = state.contains('"stopped":false', autoescape=True)
    op.execute(job.update().where(is_not_paused, is_active).values(needs_work=1))
    op.create_index("job_by_want", "job", ["needs_work", "id"])
