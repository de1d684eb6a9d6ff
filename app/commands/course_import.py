"""Add the people of the course's MySQL table for ``flask import --from-course-mysql``."""

from collections.abc import Iterator
from itertools import islice

import click

from app.commands.additions import note_added
from app.commands.progress import progress
from app.commands.running import current_directory, current_operator, current_settings
from app.contracts import MAX_BATCH
from app.history.changes import Through, Via
from app.model.employee import Employee
from app.storage import open_course_table
from app.text.plurals import count_people

_THROUGH = Through(Via.COMMAND, source="the course's table")


def add_from_course(*, dry_run: bool) -> None:
    """Add the people of the course's table who are not here; change nobody who is."""
    if dry_run:
        _show_course_counts()
        return
    read = 0

    def everyone() -> Iterator[Employee]:
        nonlocal read
        for person in open_course_table(current_settings()):
            read += 1
            yield person

    added = 0
    with progress() as line:
        for added in current_directory().add_many(current_operator(), everyone(), _THROUGH):
            line.show(count_people(added))
    note_added(added, _THROUGH)
    existing = read - added
    click.echo(
        f"Added {count_people(added)} from the course's table."
        + (f" Already here: {existing:,}." if existing else "")
    )


def _show_course_counts() -> None:
    """Show how many people the course's table has and how many are missing here."""
    total = existing = 0
    people = iter(open_course_table(current_settings()))
    while ids := {person.id for person in islice(people, MAX_BATCH)}:
        total += len(ids)
        existing += len(current_directory().employees.get_many(ids))
    click.echo(
        f"The course's table has {count_people(total)}. Already here: {existing:,}; to be added, "
        f"unless they were deleted here: {total - existing:,}."
    )
