"""Define ``flask setup``: create missing tables and folders."""

import click

from app.commands.running import (
    current_directory,
    current_operator,
    current_settings,
    report_errors,
)
from app.directory.service import Directory
from app.directory.unlisted import count_unlisted
from app.model.errors import StorageUnavailable


@click.command("setup")
@report_errors
def setup() -> None:
    """Create missing tables and folders. Does not change data, so it is safe to run again.

    Ends with status 1 if the directory cannot work with what is there.
    """
    for problem in current_settings().problems:
        click.echo(f"Note: {problem}")
    directory = current_directory()
    sentences = directory.employees.set_up()
    for sentence in sentences:
        click.echo(sentence)
    for sentence in directory.photos.set_up() if directory.photos else ():
        click.echo(sentence)
    _report_records(directory, sentences)


def _report_records(directory: Directory, sentences: list[str]) -> None:
    """Say what the first page of the list would say of records that it cannot show."""
    try:
        unlisted = count_unlisted(directory, current_operator())
    except StorageUnavailable as error:
        if error.advice in sentences:
            raise click.ClickException("The directory cannot work like this: see above.") from error
        raise click.ClickException(error.advice or str(error)) from error
    if unlisted.number:
        click.echo(f"{unlisted.not_listed}: run flask reindex.")
