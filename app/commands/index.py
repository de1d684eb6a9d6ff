"""``flask reindex`` and ``flask follow``: search, lists and counts agree with the records."""

from __future__ import annotations

import click

from app.commands.progress import progress
from app.commands.running import explained, the_directory, told_to_stop


@click.command("reindex")
@click.option("--force", is_flag=True, help="Rewrite also what looks right.")
@explained
def reindex(force: bool) -> None:
    """Make search, lists and counts agree with the records. Goes on where it was stopped."""
    what, mended = "", 0
    with progress() as line:
        for step in the_directory().employees.reindex(force=force):
            if step.what != what:
                line.end()
            what, mended = step.what, step.changed
            of_all = f" of about {step.total:,}" if step.total else ""
            line.tell(f"{what}: {step.done:,}{of_all}, {mended:,} mended")
    click.echo(f"The index agrees with the records; {mended:,} mended.")


@click.command("follow")
@click.option("--once", is_flag=True, help="End when nothing more is new.")
@explained
def follow(once: bool) -> None:
    """Bring what other programs write into lists and search, until it is stopped."""
    with told_to_stop() as stop:
        for sentence in the_directory().employees.follow(stop, once=once):
            click.echo(sentence)
