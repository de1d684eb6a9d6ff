"""``flask import``: people from a file, by the same engine as the pages."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from threading import Event, Thread
from typing import BinaryIO, cast

import click
from flask import current_app

from app.commands.import_report import tell
from app.commands.options import RenamedOption
from app.commands.progress import progress
from app.commands.running import explained, the_directory, the_settings, told_to_stop
from app.contracts import MAX_BATCH
from app.contracts.import_jobs import Job, Phase
from app.imports.errors import ImportNotPossible
from app.imports.importer import Importer
from app.imports.running.job_lease import is_leased
from app.imports.running.upload_store import digest_of
from app.imports.scheduler import ImportScheduler
from app.model.employee import Employee
from app.model.errors import StorageUnavailable
from app.storage import open_course_table
from app.text.plurals import count_of, count_people

_LOOK_SECONDS = 1.0
_WORDS = {
    Phase.RECEIVING: "Uploading",
    Phase.VALIDATING: "Checking",
    Phase.READY: "Checked",
    Phase.APPLYING: "Importing",
    Phase.APPLIED: "Imported",
    Phase.UNDOING: "Undoing",
    Phase.UNDONE: "Undone",
    Phase.FAILED: "Failed",
}


@click.command("import")
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@click.option("--undo", metavar="IMPORT", help="Undo an import.")
@click.option("--stop", metavar="IMPORT", help="Stop an import, on whichever machine it runs.")
@click.option(
    *("--resume", "--go", "go"),
    cls=RenamedOption,
    metavar="IMPORT",
    help="Run an import after a dry run, or resume one that was stopped.",
)
@click.option(
    *("--rejects", "--refused", "refused"),
    cls=RenamedOption,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="CSV",
    help="Write the rows with errors to this file, to fix and import again.",
)
@click.option(
    "--from-course-mysql",
    "course",
    is_flag=True,
    help="Add the people from the course's MySQL table.",
)
@explained
def import_people(
    file: Path | None,
    dry_run: bool,
    undo: str | None,
    stop: str | None,
    go: str | None,
    refused: Path | None,
    course: bool,
) -> None:
    """Import people from a CSV file or an Excel workbook. Exit with 1 if a row has errors.

    Ctrl-C stops the import. Run the same command again to resume it.
    """
    importer = cast(Importer, current_app.extensions["importer"])
    if sum(map(bool, (file, undo, stop, go, course))) != 1:
        raise click.UsageError("Name a file, or an import with --undo, --stop or --resume.")
    _check_options(file, go, refused, dry_run=dry_run and not course)
    if course:
        _add_from_course(dry_run=dry_run)
        return
    if stop:
        importer.stop(stop)
        click.echo(f"The import {stop} will stop within a few seconds.")
        return
    if undo:
        _run(importer, importer.undo(undo))
    elif go:
        _run(importer, importer.resume(go), refused)
    elif file:
        _run(importer, _taken_in(importer, file, dry_run=dry_run), refused)


def _check_options(
    file: Path | None, go: str | None, refused: Path | None, *, dry_run: bool
) -> None:
    if dry_run and not file:
        raise click.UsageError("Use --dry-run only with a file or --from-course-mysql.")
    if refused and not (file or go):
        raise click.UsageError("Use --rejects only with a file or --resume.")
    if file and refused and refused.exists() and refused.samefile(file):
        raise click.UsageError(f"{refused} is the file to import. Name another file for --rejects.")


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
            line.tell(count_people(added))
    here = read - added
    click.echo(
        f"Added {count_people(added)} from the course's table."
        + (f" Already here: {here:,}." if here else "")
    )


def _tell_of_course() -> None:
    """How many people the course's table has, and how many of them are not here."""
    total = here = 0
    people = iter(open_course_table(the_settings()))
    while ids := {person.id for person in islice(people, MAX_BATCH)}:
        total += len(ids)
        here += len(the_directory().employees.get_many(ids))
    click.echo(
        f"The course's table has {count_people(total)}. Already here: {here:,}; to be added, "
        f"unless they were deleted here: {total - here:,}."
    )


def _taken_in(importer: Importer, file: Path, *, dry_run: bool) -> Job:
    with file.open("rb") as given, _rewound(given) as source:
        known = None if dry_run else importer.find_unfinished(digest_of(source))
        if known is None:
            return importer.receive(source, file.name, auto_apply=not dry_run)
    click.echo(f"Resuming the import {known.id} of this file.")
    return importer.resume(known.id)


@contextmanager
def _rewound(given: BinaryIO) -> Iterator[BinaryIO]:
    """A file that can be read twice; what comes through a pipe is written to one first."""
    if given.seekable():
        yield given
        return
    with tempfile.TemporaryFile() as kept:
        shutil.copyfileobj(given, kept)
        kept.seek(0)
        yield kept


def _run(importer: Importer, job: Job, refused: Path | None = None) -> None:
    with told_to_stop() as stop, progress() as line:
        for now in _until_it_rests(importer, job, stop):
            line.tell(_how_far(now))
        if stop.is_set():
            _rest(importer, job)
    job = importer.read(job.id)
    if job.phase is Phase.FAILED or (job.needs_work and job.error):
        raise click.ClickException(job.error)
    if job.paused:
        click.echo(f"Stopped. {job.error}".strip())
        click.echo(f"Resume it with: flask import --resume {job.id}")
        raise SystemExit(1)
    tell(importer, job, refused)


def _until_it_rests(importer: Importer, job: Job, stop: Event) -> Iterator[Job]:
    """Have it worked on, as the pages do, or watch a server that was faster; yield how far it is.

    The process that works has little else in memory, and this one none of the file.
    """
    while job.needs_work and not stop.is_set():
        before = job
        if is_leased(job):
            stop.wait(_LOOK_SECONDS)
        else:
            yield from _worked_on(importer, job, stop)
        job = importer.read(job.id)
        if job == before and not is_leased(job):
            raise click.ClickException("The import did not start. See the messages above.")
        if job.error and not is_leased(job):
            return
        yield job


def _worked_on(importer: Importer, job: Job, stop: Event) -> Iterator[Job]:
    """How far it is, every second while it is worked on."""
    watch = cast(ImportScheduler, current_app.extensions["import_watch"])
    worker = Thread(target=watch.launch, args=(job.id,))
    worker.start()
    while worker.is_alive():
        worker.join(_LOOK_SECONDS)
        if stop.is_set() and not job.paused:
            _rest(importer, job)
        with contextlib.suppress(StorageUnavailable):  # the worker knows whether to go on
            job = importer.read(job.id)
        yield job


def _how_far(job: Job) -> str:
    done, total = job.progress
    sorting = f", sorting {count_people(job.buffered)}" if job.buffered else ""
    return f"{_WORDS[job.phase]}: {done:,} of {count_of(total, 'row', 'rows')}{sorting}"


def _rest(importer: Importer, job: Job) -> None:
    """Else a server that runs would go on with it."""
    with contextlib.suppress(ImportNotPossible):
        importer.stop(job.id)
