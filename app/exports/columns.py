"""The columns of a table of people, named as people say them and as an import understands them."""

from __future__ import annotations

from typing import NamedTuple

from app.model.employee import Employee
from app.model.fields import FIELDS


class Column(NamedTuple):
    """A column: its heading, the field of an Employee, and how many characters it shows at once."""

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


def row_of(person: Employee) -> list[str]:
    """The cells of a person; badges by their keys, joined by a comma and a space."""
    return [
        ", ".join(person.badges) if column.field == "badges" else getattr(person, column.field)
        for column in COLUMNS
    ]
