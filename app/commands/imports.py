"""Define ``flask import``: import people from a file with the importer of the pages."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from typing import Any, BinaryIO, cast

import click
from flask import current_app

from app.commands.course_import import add_from_course
from app.commands.import_options import choice_options
from app.commands.import_report import show_result
from app.commands.options import RenamedOption
from app.commands.progress import progress
from app.commands.running import current_operator, report_errors, stop_on_signals
from app.contracts.import_choices import Choices
from app.contracts.import_jobs import Job, Phase
from app.history.authors import author_of
from app.history.changes import Author
from app.imports.choices import was_read_with
from app.imports.errors import ImportNotPossible
from app.imports.importer import Importer
from app.imports.running.job_lease import is_leased
from app.imports.running.upload_store import digest_of
from app.imports.scheduler import ImportScheduler
from app.model.errors import StorageUnavailable
from app.text.plurals import count_of, count_people

_POLL_SECONDS = 1.0
_PHASE_LABELS = {
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
@choice_options
@click.option("--quiet", is_flag=True, help="Print the counts alone.")
@click.option("--undo", metavar="IMPORT", help="Undo an import.")
@click.option("--stop", metavar="IMPORT", help="Stop an import, on whichever machine it runs.")
@click.option("--discard", metavar="IMPORT", help="Delete an import that changed nobody.")
@click.option(
    *("--resume", "--go", "resume"),
    cls=RenamedOption,
    metavar="IMPORT",
    help="Run an import after a dry run, or resume one that was stopped.",
)
@click.option(
    *("--rejects", "--refused", "rejects"),
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
@report_errors
def import_people(
    file: Path | None,
    dry_run: bool,
    choices: Choices,
    leaving: dict[str, Any],
    quiet: bool,
    undo: str | None,
    stop: str | None,
    discard: str | None,
    resume: str | None,
    rejects: Path | None,
    course: bool,
) -> None:
    """Import people from a CSV file, an Excel workbook or contacts (vCard).

    Exits with 1 if a row has errors. Ctrl-C stops it, and the same command resumes it.
    """
    importer, author = _current_importer(), author_of(current_operator())
    if sum(map(bool, (file, undo, stop, discard, resume, course))) != 1:
        raise click.UsageError(
            "Name a file, or an import with --undo, --stop, --discard or --resume."
        )
    _check_options(file, resume, rejects, choices, leaving, dry_run=dry_run and not course)
    if course:
        add_from_course(dry_run=dry_run)
        return
    if stop:
        importer.stop(stop)
        click.echo(f"The import {stop} will stop within a few seconds.")
    elif discard:
        importer.discard(discard)
        click.echo("The import was discarded. Nobody was changed.")
    elif undo:
        run_job(importer, importer.undo(undo, author), quiet=quiet)
    elif resume:
        run_job(importer, importer.resume(resume, author, leaving), rejects, quiet=quiet)
    elif file:
        chosen = replace(choices, **leaving)
        job = _receive(importer, file, chosen, author, dry_run=dry_run)
        run_job(importer, job, rejects, quiet=quiet)


def _current_importer() -> Importer:
    return cast(Importer, current_app.extensions["importer"])


def _check_options(
    file: Path | None,
    resume: str | None,
    rejects: Path | None,
    choices: Choices,
    leaving: dict[str, Any],
    *,
    dry_run: bool,
) -> None:
    if dry_run and not file:
        raise click.UsageError("Use --dry-run only with a file or --from-course-mysql.")
    if choices != Choices() and not file:
        raise click.UsageError("Use the options that say how a file is read only with a file.")
    if leaving and not (file or resume):
        raise click.UsageError("Use --mark-left, --last-day and --max-left only with a file.")
    if file and not choices.is_complete and leaving.keys() & {"mark_left", "last_day"}:
        raise click.UsageError("Use --mark-left and --last-day only with --complete.")
    if rejects and not (file or resume):
        raise click.UsageError("Use --rejects only with a file or --resume.")
    if file and rejects and rejects.exists() and rejects.samefile(file):
        raise click.UsageError(f"{rejects} is the file to import. Name another file for --rejects.")


def _receive(
    importer: Importer, file: Path, choices: Choices, author: Author, *, dry_run: bool
) -> Job:
    with file.open("rb") as opened, _seekable(opened) as source:
        unfinished = None if dry_run else importer.find_unfinished(digest_of(source))
        if unfinished is None:
            return importer.receive(
                source, file.name, auto_apply=not dry_run, choices=choices, author=author
            )
    if not was_read_with(unfinished, choices):
        raise click.ClickException(
            f"The import {unfinished.id} of this file was begun with other options. Resume it "
            f"with: flask import --resume {unfinished.id}, or undo or discard it first."
        )
    click.echo(f"Resuming the import {unfinished.id} of this file.")
    return importer.resume(unfinished.id)


@contextmanager
def _seekable(file: BinaryIO) -> Iterator[BinaryIO]:
    """Return a file that can be read twice; a pipe is copied to a temporary file."""
    if file.seekable():
        yield file
        return
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(file, copy)
        copy.seek(0)
        yield copy


def run_job(
    importer: Importer, job: Job, rejects: Path | None = None, *, quiet: bool = False
) -> None:
    """Run a job to its end, or until Ctrl-C stops it, and show its result."""
    with stop_on_signals() as stop, progress() as line:
        for state in _follow(importer, job, stop):
            line.show(_describe_progress(state))
        if stop.is_set():
            _pause(importer, job)
    job = importer.read(job.id)
    if job.phase is Phase.FAILED or (job.needs_work and job.error):
        raise click.ClickException(job.error)
    if job.paused:
        click.echo(f"Stopped. {job.error}".strip())
        click.echo(f"Resume it with: flask import --resume {job.id}")
        raise SystemExit(1)
    show_result(importer, job, rejects, quiet=quiet)


def _follow(importer: Importer, job: Job, stop: Event) -> Iterator[Job]:
    """Run the job in a worker process, or watch a server that runs it; yield its state.

    A worker process keeps the file and its memory out of this one.
    """
    while job.needs_work and not stop.is_set():
        previous = job
        if is_leased(job):
            stop.wait(_POLL_SECONDS)
        else:
            yield from _run_worker(importer, job, stop)
        job = importer.read(job.id)
        if job == previous and not is_leased(job):
            raise click.ClickException("The import did not start. See the messages above.")
        if job.error and not is_leased(job):
            return
        yield job


def _run_worker(importer: Importer, job: Job, stop: Event) -> Iterator[Job]:
    """Start a worker process and yield the job every _POLL_SECONDS until the process ends."""
    scheduler = cast(ImportScheduler, current_app.extensions["import_scheduler"])
    worker = Thread(target=scheduler.launch, args=(job.id,))
    worker.start()
    while worker.is_alive():
        worker.join(_POLL_SECONDS)
        if stop.is_set() and not job.paused:
            _pause(importer, job)
        with contextlib.suppress(StorageUnavailable):  # the worker decides whether to continue
            job = importer.read(job.id)
        yield job


def _describe_progress(job: Job) -> str:
    done, total = job.progress
    sorting_note = f", sorting {count_people(job.buffered)}" if job.buffered else ""
    return f"{_PHASE_LABELS[job.phase]}: {done:,} of {count_of(total, 'row', 'rows')}{sorting_note}"


def _pause(importer: Importer, job: Job) -> None:
    """Pause the job; otherwise a running server would resume it."""
    with contextlib.suppress(ImportNotPossible):
        importer.stop(job.id)
