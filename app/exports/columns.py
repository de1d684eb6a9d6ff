"""The columns of exported tables; an import reads the same headings."""

from typing import NamedTuple

from app.model.employee import Employee
from app.model.fields import FIELD, FIELDS


class Column(NamedTuple):
    """A column: its heading, the field of an Employee, and its width in characters."""

    heading: str
    field: str
    width: int


COLUMNS = (
    Column("Id", "id", 38),
    *(
        Column(field.label, field.name, field.export_width)
        for field in FIELDS
        if field.export_width
    ),
)
HEADINGS = tuple(column.heading for column in COLUMNS)
# Of those who have left, in an export of their own.
LEAVER_COLUMNS = (*COLUMNS, Column(FIELD["left_on"].label, "left_on", 12))


def row_of(person: Employee, columns: tuple[Column, ...] = COLUMNS) -> list[str]:
    """Return the cells of an employee; badge keys are joined by a comma and a space."""
    return [
        ", ".join(person.badges) if column.field == "badges" else getattr(person, column.field)
        for column in columns
    ]
