"""The columns of a table of people, named as people say them and as an import understands them."""

from __future__ import annotations

from typing import NamedTuple

from app.model.employee import Employee


class Column(NamedTuple):
    """A column: its heading, the field of an Employee, and how many characters it shows at once."""

    heading: str
    field: str
    width: int


COLUMNS = (
    Column("Id", "id", 38),
    Column("Full name", "full_name", 28),
    Column("Preferred name", "preferred_name", 16),
    Column("Pronouns", "pronouns", 12),
    Column("Job title", "job_title", 28),
    Column("Department", "department", 20),
    Column("Location", "location", 18),
    Column("Email", "email", 34),
    Column("Phone", "phone", 20),
    Column("Start date", "start_date", 12),
    Column("Badges", "badges", 24),
    Column("About", "about", 60),
)
HEADINGS = tuple(column.heading for column in COLUMNS)


def row_of(person: Employee) -> list[str]:
    """The cells of a person; badges by their keys, joined by a comma and a space."""
    return [
        ", ".join(person.badges) if column.field == "badges" else getattr(person, column.field)
        for column in COLUMNS
    ]
