"""What ``flask import`` tells of an import that rests: its lines, its counts, what comes next."""

from __future__ import annotations

from pathlib import Path

import click

from app.commands.writing import write_file
from app.contracts.import_jobs import NO_ROWS, Job, LineCounts, Phase
from app.exports.csv_file import csv_of_rows
from app.imports.files.rows import row_label
from app.imports.importer import Importer
from app.imports.planning.lines import ADDED, CHANGED, REJECTED, SKIPPED, UNCHANGED, UNDONE, Line

_MOST_TOLD = 20
_WORDS = {
    ADDED: "added", CHANGED: "changed", UNCHANGED: "unchanged", REJECTED: "with errors",
    UNDONE: "undone", SKIPPED: "not undone",
}  # fmt: skip


def tell(importer: Importer, job: Job, refused: Path | None = None) -> None:
    """What came of it, and what may be done next; refused lines go into a file, if one is named.

    Ends the command with status 1 when a line was refused, or not undone.
    """
    if job.ignored_sheets_note:
        click.echo(job.ignored_sheets_note)
    outcomes = (
        (UNDONE, SKIPPED) if job.phase is Phase.UNDONE else (ADDED, CHANGED, UNCHANGED, REJECTED)
    )
    bad = outcomes[-1]
    counts = importer.counts(job)
    for line in importer.lines(job, bad, 0, _MOST_TOLD):
        click.echo(f"  {_reasons(line, job)}")
    if (more := counts.of(bad) - _MOST_TOLD) > 0:
        all_of_them = (
            "" if refused or not counts.rejected else ", or write them to a file with --rejects"
        )
        click.echo(f"  and {more:,} more: see /import/{job.id}{all_of_them}")
    told = ", ".join(f"{counts.of(outcome):,} {_WORDS[outcome]}" for outcome in outcomes)
    planned = "Dry run: " if job.phase is Phase.READY else ""
    click.echo(f"{planned}{told}.")
    if job.ignored_columns:
        click.echo(f"Ignored columns: {', '.join(job.ignored_columns)}.")
    _tell_what_next(job, counts)
    if refused and counts.rejected:
        write_file(refused, csv_of_rows(importer.rejected_rows(job)))
        click.echo(f"The rows with errors are in {refused}. Fix them there, then import that file.")
    if counts.of(bad):
        raise SystemExit(1)


def _tell_what_next(job: Job, counts: LineCounts) -> None:
    if job.has_no_rows:
        click.echo(NO_ROWS)
    elif job.phase is Phase.READY and not counts.added + counts.changed:
        click.echo("There is nothing to import.")
    elif job.phase is Phase.READY:
        click.echo(f"Run it with: flask import --resume {job.id}")
    elif job.phase is Phase.APPLIED and counts.added + counts.changed:
        click.echo(f"Undo it with: flask import --undo {job.id}")


def _reasons(line: Line, job: Job) -> str:
    reasons = (
        f"{each.text}: “{each.typed}”" if each.typed else each.text for each in line.problems
    )
    return (
        f"Row {row_label(line.number, job.sheets)}, {line.name or 'no name'}: {'; '.join(reasons)}"
    )
