"""Define ``flask setup``: create missing tables and folders."""

import click

from app.commands.running import current_directory, current_settings, report_errors


@click.command("setup")
@report_errors
def setup() -> None:
    """Create missing tables and folders. Does not change data, so it is safe to run again."""
    for problem in current_settings().problems:
        click.echo(f"Note: {problem}")
    directory = current_directory()
    for sentence in directory.employees.set_up():
        click.echo(sentence)
    for sentence in directory.photos.set_up() if directory.photos else ():
        click.echo(sentence)
