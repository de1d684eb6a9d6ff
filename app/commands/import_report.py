"""What ``flask import`` tells of an import that rests: its lines, its counts, what comes next."""

from __future__ import annotations

from pathlib import Path

import click

from app.commands.writing import write_file
from app.contracts.import_jobs import NO_ROWS, Job, LineCounts, Phase
from app.exports.csv_file import csv_of_rows
from app.imports.files.rows import row_words
from app.imports.importer import Importer
from app.imports.planning.lines import ADDED, CHANGED, KEPT, REFUSED, SAME, UNDONE, Line

_MOST_TOLD = 20
_WORDS = {
    ADDED: "added", CHANGED: "changed", SAME: "left alone", REFUSED: "refused",
    UNDONE: "undone", KEPT: "not undone",
}  # fmt: skip


def tell(importer: Importer, job: Job, refused: Path | None = None) -> None:
    """What came of it, and what may be done next; refused lines go into a file, if one is named.

    Ends the command with status 1 when a line was refused, or not undone.
    """
    if job.what_was_left_out:
        click.echo(job.what_was_left_out)
    outcomes = (UNDONE, KEPT) if job.phase is Phase.UNDONE else (ADDED, CHANGED, SAME, REFUSED)
    bad = outcomes[-1]
    counts = importer.counts(job)
    for line in importer.lines(job, bad, 0, _MOST_TOLD):
        click.echo(f"  {_reasons(line, job)}")
    if (more := counts.of(bad) - _MOST_TOLD) > 0:
        all_of_them = "" if refused or not counts.refused else ", or write them out with --refused"
        click.echo(f"  and {more:,} more: see /import/{job.id}{all_of_them}")
    told = ", ".join(f"{counts.of(outcome):,} {_WORDS[outcome]}" for outcome in outcomes)
    planned = "Would be " if job.phase is Phase.PLANNED else ""
    click.echo(f"{planned}{told}. Not read: {', '.join(job.left_out)}." if job.left_out
               else f"{planned}{told}.")  # fmt: skip
    _tell_what_next(job, counts)
    if refused and counts.refused:
        write_file(refused, csv_of_rows(importer.refused_rows(job)))
        click.echo(f"The refused lines are in {refused}: mend them there, and import that file.")
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
        f"{each.words}: “{each.typed}”" if each.typed else each.words for each in line.problems
    )
    return (
        f"Line {row_words(line.number, job.sheets)}, {line.name or 'no name'}: {'; '.join(reasons)}"
    )
