"""``flask reindex`` and ``flask follow``: search, lists and counts agree with the records."""

from __future__ import annotations

import click

from app.commands.progress import progress
from app.commands.running import explained, the_directory, told_to_stop


@click.command("reindex")
@click.option("--force", is_flag=True, help="Also rewrite entries that are correct.")
@explained
def reindex(force: bool) -> None:
    """Bring search, lists and counts up to date with the records. Resumes where it stopped."""
    what, mended = "", 0
    with progress() as line:
        for step in the_directory().employees.reindex(force=force):
            if step.what != what:
                line.end()
            what, mended = step.what, step.changed
            of_all = f" of about {step.total:,}" if step.total else ""
            line.tell(f"{what}: {step.done:,}{of_all}, {mended:,} repaired")
    click.echo(f"The index matches the records; {mended:,} repaired.")


@click.command("follow")
@click.option("--once", is_flag=True, help="Stop when there are no more changes.")
@explained
def follow(once: bool) -> None:
    """Add the changes of other programs to lists and search, until stopped."""
    with told_to_stop() as stop:
        for sentence in the_directory().employees.follow(stop, once=once):
            click.echo(sentence)
