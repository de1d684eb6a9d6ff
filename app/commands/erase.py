"""Define ``flask erase``: delete people permanently, those who left long ago or those named."""

import uuid
from collections.abc import Iterator
from datetime import datetime

import click

from app.commands.options import RenamedOption
from app.commands.progress import progress
from app.commands.running import (
    current_directory,
    current_operator,
    report_errors,
    stop_on_signals,
)
from app.contracts import MAX_BATCH, Query
from app.contracts.accounts import LastAdmin
from app.contracts.traces import ErasureBlocked
from app.directory.lost_people import erase_lost, find_lost
from app.history.changes import Through, Via
from app.model import leaving
from app.model.employee import Employee
from app.model.errors import EditConflict, EmployeeNotFound
from app.model.revision import revision_of
from app.text.plurals import count_of
from app.text.sanitizing import visible

_THROUGH = Through(Via.COMMAND, source="flask erase")


@click.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option(
    "--left-before",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DAY",
    help="Those whose last day was before this day, such as 2024-01-01.",
)
@click.option(
    *("--delete", "--really", "delete"),
    cls=RenamedOption,
    is_flag=True,
    help="Delete them. Without it, they are only listed.",
)
@report_errors
def erase(ids: tuple[str, ...], left_before: datetime | None, delete: bool) -> None:
    """Delete people permanently: those with these ids, or who left before a day.

    Nothing of them stays but a line in the audit log, without their name; it cannot be undone.
    The id of somebody whose record another program has deleted erases what their history tells.
    Ctrl-C stops after the current person, and the same command goes on.
    """
    if bool(ids) == (left_before is not None):
        raise click.UsageError("Name people by their ids, or give --left-before a day.")
    people = _named(ids) if left_before is None else _left_before(f"{left_before:%Y-%m-%d}")
    if not delete:
        count = 0
        for person in people:
            count += 1
            click.echo(f"Would delete {_described(person)}")
        click.echo(f"Would delete {count_of(count, 'person', 'people')}. Nobody was deleted yet.")
        return
    _delete(people)


def _delete(people: Iterator[Employee]) -> None:
    """Delete people one by one, with progress; say who had to stay, and why."""
    deleted, kept = 0, []
    with stop_on_signals() as stop, progress(err=True) as line:
        for person in people:
            try:
                _delete_one(person)
            except (EditConflict, EmployeeNotFound):
                kept.append(f"Not deleted, because they were changed meanwhile: {person.id}")
            except (ErasureBlocked, LastAdmin) as error:
                kept.append(f"Not deleted: {person.id}. {error}")
            else:
                deleted += 1
                line.show(f"Deleted {count_of(deleted, 'person', 'people')}")
            if stop.is_set():
                break
    for sentence in kept:
        click.echo(sentence, err=True)
    click.echo(f"Deleted {count_of(deleted, 'person', 'people')} permanently.")
    if kept or stop.is_set():
        raise SystemExit(1)


def _delete_one(person: Employee) -> None:
    directory, viewer, write_id = current_directory(), current_operator(), uuid.uuid4().hex
    try:
        directory.delete(viewer, person.id, revision_of(person), write_id, _THROUGH)
    except EmployeeNotFound:
        lost = find_lost(directory, viewer, person.id)
        erase_lost(directory, viewer, lost, write_id, _THROUGH)


def _named(ids: tuple[str, ...]) -> Iterator[Employee]:
    people = [_find(each) for each in dict.fromkeys(ids)]
    yield from people


def _find(employee_id: str) -> Employee:
    directory, viewer = current_directory(), current_operator()
    try:
        return directory.get(viewer, employee_id)
    except EmployeeNotFound:
        return find_lost(directory, viewer, employee_id)


def _left_before(day: str) -> Iterator[Employee]:
    """Yield those who left before this day, in order of names, also while they are deleted."""
    directory, viewer, cursor = current_directory(), current_operator(), None
    while True:
        page = directory.browse(viewer, Query(left=True), cursor, MAX_BATCH)
        ids = [card.id for card in page.cards]
        people = directory.get_many(viewer, ids, left=True)
        yield from (
            people[each] for each in ids if each in people and leaving.last_day(people[each]) < day
        )
        cursor = page.next
        if cursor is None:
            return


def _described(person: Employee) -> str:
    last_day = leaving.last_day(person)
    left = f", whose last day is {last_day}" if last_day else ""
    return f"{visible(person.full_name) or 'No name'} ({visible(person.id)}){left}"
