"""``flask sweep-photos``: photos that no record names."""

from __future__ import annotations

import click

from app.commands.running import explained, the_directory
from app.text.plurals import count_of


@click.command("sweep-photos")
@click.option("--really", is_flag=True, help="Remove them; without it they are only listed.")
@explained
def sweep_photos(really: bool) -> None:
    """List (or remove) photos older than a day that no record names."""
    count = 0
    for key in the_directory().sweep_photos(really=really):
        count += 1
        click.echo(f"{'Removed' if really else 'Would remove'} {key}")
    click.echo(f"{'Removed' if really else 'Would remove'} {count_of(count, 'photo', 'photos')}.")
