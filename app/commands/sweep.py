"""Define ``flask sweep-photos``: find photos that no record names."""

from typing import cast

import click
from flask import current_app

from app.commands.options import RenamedOption
from app.commands.running import (
    current_directory,
    current_job_records,
    current_operator,
    report_errors,
)
from app.imports.importer import Importer
from app.metrics.jobs import JobName
from app.model.errors import PhotosOff
from app.text.plurals import count_of


@click.command("sweep-photos")
@click.option(
    *("--delete", "--really", "delete"),
    cls=RenamedOption,
    is_flag=True,
    help="Delete the photos. Without it, they are only listed.",
)
@report_errors
def sweep_photos(delete: bool) -> None:
    """List photos older than a day that no person and no import uses; delete them with --delete."""
    count = 0
    needed = cast(Importer, current_app.extensions["importer"]).photos_in_use()
    swept = current_directory().sweep_photos(current_operator(), delete=delete, needed=needed)
    with current_job_records().run(JobName.SWEEP, no_failure=(PhotosOff,)):
        for key in swept:
            count += 1
            click.echo(f"{'Deleted' if delete else 'Would delete'} {key}")
    click.echo(f"{'Deleted' if delete else 'Would delete'} {count_of(count, 'photo', 'photos')}.")
