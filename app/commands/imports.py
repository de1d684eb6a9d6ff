"""``flask import``: people from a file, by the same engine as the pages."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from threading import Event, Thread
from typing import cast

import click
from flask import current_app

from app.commands.progress import progress
from app.commands.running import explained, the_directory, the_settings, told_to_stop
from app.contracts import MOST_AT_ONCE
from app.counting import counted, people_counted
from app.employee import Employee
from app.errors import StorageUnavailable
from app.import_watch import ImportWatch
from app.imports.file_parts import digest_of
from app.imports.hold import is_held
from app.imports.importer import Importer
from app.imports.jobs import NO_ROWS, Job, Phase
from app.imports.lines import ADDED, CHANGED, KEPT, REFUSED, SAME, UNDONE, Line, LineCounts
from app.imports.problems import NotNow
from app.imports.rows import row_words
from app.storage import open_course_table

_MOST_TOLD = 20
_LOOK_SECONDS = 1.0
_WORDS = {
    ADDED: "added", CHANGED: "changed", SAME: "left alone", REFUSED: "refused",
    UNDONE: "undone", KEPT: "not undone",
}  # fmt: skip


@click.command("import")
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option("--undo", metavar="IMPORT", help="Take an import back.")
@click.option("--stop", metavar="IMPORT", help="Stop an import, wherever it is worked on.")
@click.option("--go", metavar="IMPORT", help="Carry out a dry run, or go on with what was stopped.")
@click.option(
    "--from-course-mysql",
    "course",
    is_flag=True,
    help="Add the people of the course's MySQL table.",
)
@explained
def import_people(
    file: Path | None,
    dry_run: bool,
    undo: str | None,
    stop: str | None,
    go: str | None,
    course: bool,
) -> None:
    """Import people from a CSV file or an Excel workbook. Status 1 when a line was refused.

    Ctrl-C stops it; the same command goes on where it was.
    """
    importer = cast(Importer, current_app.extensions["importer"])
    if sum(map(bool, (file, undo, stop, go, course))) != 1:
        raise click.UsageError("Name a file, or an import with --undo, --stop or --go.")
    if course:
        _add_from_course(dry_run=dry_run)
        return
    if stop:
        importer.stop(stop)
        click.echo(f"The import {stop} stops within a few seconds.")
        return
    if undo:
        _run(importer, importer.undo(undo))
    elif go:
        _run(importer, importer.go(go))
    elif file:
        _run(importer, _taken_in(importer, file, dry_run=dry_run))


def _add_from_course(*, dry_run: bool) -> None:
    """Add who is in the course's table and not yet here; nobody who is here is changed."""
    if dry_run:
        _tell_of_course()
        return
    read = 0

    def everyone() -> Iterator[Employee]:
        nonlocal read
        for person in open_course_table(the_settings()):
            read += 1
            yield person

    added = 0
    with progress() as line:
        for added in the_directory().add_many(everyone()):
            line.tell(people_counted(added))
    here = read - added
    click.echo(
        f"Added {people_counted(added)} of the course's table."
        + (f" Here before: {here:,}." if here else "")
    )


def _tell_of_course() -> None:
    """How many people the course's table has, and how many of them are not here."""
    total = here = 0
    people = iter(open_course_table(the_settings()))
    while ids := {person.id for person in islice(people, MOST_AT_ONCE)}:
        total += len(ids)
        here += len(the_directory().employees.get_many(ids))
    click.echo(
        f"The course's table has {people_counted(total)}. Here before: {here:,}; to be added, "
        f"unless they were deleted here: {total - here:,}."
    )


def _taken_in(importer: Importer, file: Path, *, dry_run: bool) -> Job:
    with file.open("rb") as source:
        known = None if dry_run else importer.find(digest_of(source))
        if known is None:
            return importer.take_in(source, file.name, go=not dry_run)
    click.echo(f"Going on with the import {known.id} of this file.")
    return importer.go(known.id)


def _run(importer: Importer, job: Job) -> None:
    with told_to_stop() as stop, progress() as line:
        for now in _until_it_rests(importer, job, stop):
            line.tell(_how_far(now))
        if stop.is_set():
            _rest(importer, job)
    job = importer.read(job.id)
    if job.phase is Phase.FAILED or (job.wants_work and job.trouble):
        raise click.ClickException(job.trouble)
    if job.stopped:
        click.echo(f"Stopped. {job.trouble}".strip())
        click.echo(f"Go on with: flask import --go {job.id}")
        raise SystemExit(1)
    _tell(importer, job)


def _until_it_rests(importer: Importer, job: Job, stop: Event) -> Iterator[Job]:
    """Have it worked on, as the pages do, or watch a server that was faster; yield how far it is.

    The process that works has little else in memory, and this one none of the file.
    """
    while job.wants_work and not stop.is_set():
        before = job
        if is_held(job):
            stop.wait(_LOOK_SECONDS)
        else:
            yield from _worked_on(importer, job, stop)
        job = importer.read(job.id)
        if job == before and not is_held(job):
            raise click.ClickException("The work did not begin. What it wrote above says why.")
        if job.trouble and not is_held(job):
            return
        yield job


def _worked_on(importer: Importer, job: Job, stop: Event) -> Iterator[Job]:
    """How far it is, every second while it is worked on."""
    watch = cast(ImportWatch, current_app.extensions["import_watch"])
    worker = Thread(target=watch.launch, args=(job.id,))
    worker.start()
    while worker.is_alive():
        worker.join(_LOOK_SECONDS)
        if stop.is_set() and not job.stopped:
            _rest(importer, job)
        with contextlib.suppress(StorageUnavailable):  # the worker knows whether to go on
            job = importer.read(job.id)
        yield job


def _how_far(job: Job) -> str:
    done, total = job.progress
    sorting = f", {people_counted(job.sorting)} being put in order" if job.sorting else ""
    return f"{job.phase.capitalize()}: {done:,} of {counted(total, 'line', 'lines')}{sorting}"


def _rest(importer: Importer, job: Job) -> None:
    """Else a server that runs would go on with it."""
    with contextlib.suppress(NotNow):
        importer.stop(job.id)


def _tell(importer: Importer, job: Job) -> None:
    if job.what_was_left_out:
        click.echo(job.what_was_left_out)
    outcomes = (UNDONE, KEPT) if job.phase is Phase.UNDONE else (ADDED, CHANGED, SAME, REFUSED)
    bad = outcomes[-1]
    counts = importer.counts(job)
    for line in importer.lines(job, bad, 0, _MOST_TOLD):
        click.echo(f"  {_reasons(line, job)}")
    if (more := counts.of(bad) - _MOST_TOLD) > 0:
        click.echo(f"  and {more:,} more: see /import/{job.id}")
    told = ", ".join(f"{counts.of(outcome):,} {_WORDS[outcome]}" for outcome in outcomes)
    planned = "Would be " if job.phase is Phase.PLANNED else ""
    click.echo(f"{planned}{told}. Not read: {', '.join(job.left_out)}." if job.left_out
               else f"{planned}{told}.")  # fmt: skip
    _tell_what_next(job, counts)
    if counts.of(bad):
        raise SystemExit(1)


def _tell_what_next(job: Job, counts: LineCounts) -> None:
    if job.has_no_rows:
        click.echo(NO_ROWS)
    elif job.phase is Phase.PLANNED and not counts.added + counts.changed:
        click.echo("There is nothing to carry out.")
    elif job.phase is Phase.PLANNED:
        click.echo(f"Carry it out with: flask import --go {job.id}")
    elif job.phase is Phase.DONE and counts.added + counts.changed:
        click.echo(f"Undo it with: flask import --undo {job.id}")


def _reasons(line: Line, job: Job) -> str:
    reasons = (
        ": ".join(filter(None, (each.column, each.reason, each.typed and f"“{each.typed}”")))
        for each in line.problems
    )
    return (
        f"Line {row_words(line.number, job.sheets)}, {line.name or 'no name'}: {'; '.join(reasons)}"
    )
