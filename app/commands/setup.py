"""``flask setup``: the tables and folders that are missing."""

from __future__ import annotations

import click

from app.commands.running import explained, the_directory, the_settings


@click.command("setup")
@explained
def setup() -> None:
    """Create missing tables and folders. Does not change data, so it is safe to run again."""
    for problem in the_settings().problems:
        click.echo(f"Note: {problem}")
    directory = the_directory()
    for sentence in directory.employees.set_up():
        click.echo(sentence)
    for sentence in directory.photos.set_up() if directory.photos else ():
        click.echo(sentence)
