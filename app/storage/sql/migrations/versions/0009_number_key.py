"""Find people by their employee number."""

from alembic import op
from sqlalchemy import Column, Text, column, func, table

from app.storage.sql.tables import BytewiseText

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("person", Column("number_key", BytewiseText(600)))
    op.create_index("person_by_number", "person", ["number_key"])
    person = table("person", column("employee_number", Text), column("number_key", Text))
    # As search_keys.number_key, but for letters outside ASCII and spaces: those take a reindex.
    op.execute(
        person.update()
        .where(person.c.employee_number != "")
        .values(number_key=func.lower(func.substr(person.c.employee_number, 1, 200)))
    )
