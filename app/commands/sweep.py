"""``flask sweep-photos``: photos that no record names."""

from __future__ import annotations

import click

from app.commands.options import RenamedOption
from app.commands.running import explained, the_directory
from app.text.plurals import count_of


@click.command("sweep-photos")
@click.option(
    *("--delete", "--really", "really"),
    cls=RenamedOption,
    is_flag=True,
    help="Delete the photos. Without it, they are only listed.",
)
@explained
def sweep_photos(really: bool) -> None:
    """List photos older than a day that no person uses; delete them with --delete."""
    count = 0
    for key in the_directory().sweep_photos(really=really):
        count += 1
        click.echo(f"{'Deleted' if really else 'Would delete'} {key}")
    click.echo(f"{'Deleted' if really else 'Would delete'} {count_of(count, 'photo', 'photos')}.")
