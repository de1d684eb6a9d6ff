"""``flask reindex`` and ``flask follow``: search, lists and counts agree with the records."""

from __future__ import annotations

import click

from app.commands.running import explained, the_directory, told_to_stop


@click.command("reindex")
@click.option("--force", is_flag=True, help="Rewrite also what looks right.")
@explained
def reindex(force: bool) -> None:
    """Make search, lists and counts agree with the records. Goes on where it was stopped."""
    done = changed = 0
    what = ""
    for progress in the_directory().employees.reindex(force=force):
        if progress.what != what and what:
            click.echo()
        what, done, changed = progress.what, progress.done, progress.changed
        of_all = f" of about {progress.total:,}" if progress.total else ""
        click.echo(f"\r{what}: {done:,}{of_all}, {changed:,} mended", nl=False)
    click.echo("\nThe index agrees with the records.")


@click.command("follow")
@click.option("--once", is_flag=True, help="End when nothing more is new.")
@explained
def follow(once: bool) -> None:
    """Bring what other programs write into lists and search, until it is stopped."""
    with told_to_stop() as stop:
        for sentence in the_directory().employees.follow(stop, once=once):
            click.echo(sentence)
