"""Report the result of ``flask import``: rows with errors, counts, and the next command."""

from pathlib import Path

import click

from app.commands.writing import write_file
from app.contracts.import_jobs import NO_ROWS, Job, Phase
from app.contracts.line_counts import LineCounts
from app.exports.csv_file import csv_of_rows
from app.imports.files.rows import row_label
from app.imports.importer import Importer
from app.imports.planning.lines import ADDED, CHANGED, REJECTED, SKIPPED, UNCHANGED, UNDONE, Line

_MAX_LINES = 20
_LABELS = {
    ADDED: "added", CHANGED: "changed", UNCHANGED: "unchanged", REJECTED: "with errors",
    UNDONE: "undone", SKIPPED: "not undone",
}  # fmt: skip


def show_result(importer: Importer, job: Job, rejects: Path | None = None) -> None:
    """Show the result and the next command; write rows with errors to ``rejects`` if given.

    Exits with status 1 when a row was rejected or not undone.
    """
    if job.ignored_sheets_note:
        click.echo(job.ignored_sheets_note)
    for notice in job.notices:
        click.echo(notice)
    outcomes = (
        (UNDONE, SKIPPED) if job.phase is Phase.UNDONE else (ADDED, CHANGED, UNCHANGED, REJECTED)
    )
    failure = outcomes[-1]
    counts = importer.counts(job)
    for line in importer.lines(job, failure, 0, _MAX_LINES):
        click.echo(f"  {_describe(line, job)}")
    if (more := counts.of(failure) - _MAX_LINES) > 0:
        hint = "" if rejects or not counts.rejected else ", or write them to a file with --rejects"
        click.echo(f"  and {more:,} more: see /import/{job.id}{hint}")
    summary = ", ".join(f"{counts.of(outcome):,} {_LABELS[outcome]}" for outcome in outcomes)
    prefix = "Dry run: " if job.phase is Phase.READY else ""
    click.echo(f"{prefix}{summary}.")
    if job.ignored_columns:
        click.echo(f"Ignored columns: {', '.join(job.ignored_columns)}.")
    _show_next_command(job, counts)
    if rejects and counts.rejected:
        write_file(rejects, csv_of_rows(importer.rejected_rows(job)))
        click.echo(f"The rows with errors are in {rejects}. Fix them there, then import that file.")
    if counts.of(failure):
        raise SystemExit(1)


def _show_next_command(job: Job, counts: LineCounts) -> None:
    if job.has_no_rows:
        click.echo(NO_ROWS)
    elif job.phase is Phase.READY and not counts.added + counts.changed:
        click.echo("There is nothing to import.")
    elif job.phase is Phase.READY:
        click.echo(f"Run it with: flask import --resume {job.id}")
    elif job.phase is Phase.APPLIED and counts.added + counts.changed:
        click.echo(f"Undo it with: flask import --undo {job.id}")


def _describe(line: Line, job: Job) -> str:
    reasons = (
        f"{problem.text}: “{problem.typed}”" if problem.typed else problem.text
        for problem in line.problems
    )
    return (
        f"Row {row_label(line.number, job.sheets)}, {line.name or 'no name'}: {'; '.join(reasons)}"
    )
