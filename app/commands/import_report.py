"""Report the result of ``flask import``: rows, counts, and the next command."""

from pathlib import Path

import click

from app.commands.import_lines import describe_absent, describe_columns, describe_line
from app.commands.writing import write_file
from app.contracts.import_jobs import NO_ROWS, Job, Phase
from app.contracts.line_counts import LineCounts
from app.exports.csv_file import csv_of_rows
from app.imports.choices import missing_fields
from app.imports.files.notices import ignored_sheets_note
from app.imports.importer import Importer
from app.imports.planning.lines import (
    ADDED,
    CHANGED,
    DUPLICATE,
    INACTIVE,
    LEFT,
    REJECTED,
    RESTORED,
    SKIPPED,
    UNCHANGED,
    UNDONE,
)
from app.imports.running.share import leaving, share_of, share_refusal
from app.model import validation
from app.text.plurals import count_of, count_people

_MAX_LINES = 20
_LABELS = {
    ADDED: "added", CHANGED: "changed", UNCHANGED: "unchanged", DUPLICATE: "possible duplicates",
    LEFT: "left", RESTORED: "restored", INACTIVE: "left before", REJECTED: "with errors",
    UNDONE: "undone", SKIPPED: "not undone",
}  # fmt: skip
_SINGULAR = {DUPLICATE: "possible duplicate"}
# Counted only where there are some.
_UNUSUAL = frozenset({DUPLICATE, INACTIVE, LEFT, RESTORED})


def show_result(
    importer: Importer, job: Job, rejects: Path | None = None, *, quiet: bool = False
) -> None:
    """Show the result and the next command; write rows with errors to ``rejects`` if given.

    A dry run shows the columns and every row that is not unchanged; ``quiet`` shows counts alone.
    Exits with status 1 when a row was rejected or not undone.
    """
    failure = SKIPPED if job.phase is Phase.UNDONE else REJECTED
    counts = importer.counts(job)
    if not quiet:
        _show_rows(importer, job, counts, failure, hint=not rejects and job.file_parts > 0)
    click.echo(_summary(job, counts))
    if not quiet:
        _show_notes(importer, job)
        _show_next_command(job, counts)
    if rejects and counts.rejected and job.file_parts:
        write_file(rejects, csv_of_rows(importer.rejected_rows(job)))
        if not quiet:
            click.echo(
                f"The rows with errors are in {rejects}. Fix them there, then import that file."
            )
    is_refused = job.phase is Phase.READY and job.auto_apply
    if counts.of(failure) or is_refused:
        raise SystemExit(1)


def _show_rows(
    importer: Importer, job: Job, counts: LineCounts, failure: str, *, hint: bool
) -> None:
    if note := ignored_sheets_note(job):
        click.echo(note)
    for notice in job.notices:
        click.echo(notice)
    if job.phase is Phase.READY:
        _show_plan(importer, job)
        return
    for outcome in (DUPLICATE, INACTIVE, failure):
        for line in importer.lines(job, outcome, 0, _MAX_LINES):
            click.echo(f"  {describe_line(line, job)}")
        if (more := counts.of(outcome) - _MAX_LINES) > 0:
            is_rejected = hint and outcome == REJECTED
            note = ", or write them to a file with --rejects" if is_rejected else ""
            click.echo(f"  and {more:,} more: see /import/{job.id}{note}")
    if job.phase is not Phase.UNDONE:
        _show_absent(importer, job, _MAX_LINES)


def _show_plan(importer: Importer, job: Job) -> None:
    """Show all that a dry run found, one part of the rows in memory at a time."""
    click.echo(f"{job.name if job.edit.is_set else job.source_description}.")
    for text in describe_columns(importer.columns(job)):
        click.echo(f"  {text}")
    for line in importer.all_lines(job):
        if line.outcome != UNCHANGED:
            click.echo(f"  {describe_line(line, job)}")
    _show_absent(importer, job, job.absent)


def _show_absent(importer: Importer, job: Job, most: int) -> None:
    absent = importer.counts(job).absent
    if not absent:
        return
    click.echo(f"Here, and not in this file: {count_people(absent)}.")
    for number, line in enumerate(importer.all_absent(job)):
        if number == most:
            click.echo(f"  and {absent - most:,} more: see /import/{job.id}?show=absent")
            return
        click.echo(f"  {describe_absent(line)}")


def _summary(job: Job, counts: LineCounts) -> str:
    outcomes = (
        (UNDONE, SKIPPED)
        if job.phase is Phase.UNDONE
        else (ADDED, CHANGED, LEFT, RESTORED, UNCHANGED, DUPLICATE, INACTIVE, REJECTED)
    )
    figures = [
        count_of(counts.of(outcome), _SINGULAR.get(outcome, _LABELS[outcome]), _LABELS[outcome])
        for outcome in outcomes
        if counts.of(outcome) or outcome not in _UNUSUAL
    ]
    if job.choices.is_complete and job.phase is not Phase.UNDONE:
        figures.append(f"{counts.absent:,} not in the file")
    prefix = "Dry run: " if job.phase is Phase.READY else ""
    return f"{prefix}{', '.join(figures)}."


def _show_notes(importer: Importer, job: Job) -> None:
    if job.ignored_columns:
        click.echo(f"Ignored columns: {', '.join(job.ignored_columns)}.")
    for name in missing_fields(job, importer.columns(job)):
        label = validation.LABELS[name].lower()
        click.echo(f"No column has the {label}. To give one for all new people: --set {name}=…")
    if job.emptied and job.phase is not Phase.UNDONE:
        emptied = (
            f"{validation.LABELS.get(name, name)} of {count_people(number)}"
            for name, number in job.emptied
        )
        verb = "empties" if job.phase is Phase.READY else "emptied"
        click.echo(f"This import {verb} {', '.join(emptied)}: the cells are empty.")
    if job.planned.duplicate and job.phase is not Phase.UNDONE:
        click.echo(
            "Possible duplicates are not added. To add them, import the file with "
            "--add-possible-duplicates."
        )


def _show_next_command(job: Job, counts: LineCounts) -> None:
    if job.has_no_rows:
        click.echo(NO_ROWS)
    elif refusal := share_refusal(job) if job.phase is Phase.READY else "":
        percent = share_of(leaving(job), job)
        click.echo(
            f"{refusal} Nothing was changed. Run it with: "
            f"flask import --resume {job.id} --max-left {percent}%"
        )
    elif job.phase is Phase.READY and not counts.added + counts.updated + job.departing:
        click.echo("There is nothing to import.")
    elif job.phase is Phase.READY:
        click.echo(f"Run it with: flask import --resume {job.id}")
    if job.phase is Phase.READY and job.absent and not job.choices.mark_left:
        click.echo(
            "To mark those who are not in the file as left: "
            f"flask import --resume {job.id} --mark-left"
        )
    elif job.phase is Phase.APPLIED and counts.added + counts.updated:
        click.echo(f"Undo it with: flask import --undo {job.id}")
