"""``flask backup`` and ``flask restore``: the whole directory, from any store into any other."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from app.backups.backup import take_backup
from app.backups.parts import read_manifest
from app.backups.restoring import restore as bring_back
from app.commands.running import explained, the_directory
from app.contracts import Progress


@click.command("backup")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--anew", is_flag=True, help="Take one in the place of the backup that is there.")
@explained
def backup(folder: Path, anew: bool) -> None:
    """Write everyone and every photo into FOLDER. Interrupted and run again, it goes on."""
    _tell(take_backup(the_directory(), folder, anew=anew))
    manifest = read_manifest(folder)
    click.echo(f"Backed up {manifest.count:,} people and {manifest.photo_count:,} photo files.")
    if manifest.photos_missing:
        click.echo(f"{manifest.photos_missing:,} photo files that records name are nowhere.")


@click.command("restore")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--merge", is_flag=True, help="Add to a directory that holds other people.")
@explained
def restore(folder: Path, merge: bool) -> None:
    """Add everyone of the backup in FOLDER, with photos. Interrupted and run again, it goes on."""
    last = _tell(bring_back(the_directory(), folder, merge=merge))
    added = last.changed if last and last.what == "people restored" else 0
    click.echo(f"Restored {added:,} people.")
    left = read_manifest(folder).count - added
    if left:
        click.echo(f"{left:,} were here already, or were deleted here, and are as they were.")


def _tell(steps: Iterable[Progress]) -> Progress | None:
    last: Progress | None = None
    for step in steps:
        if last is not None and last.what != step.what:
            click.echo()
        of_all = f" of {step.total:,}" if step.total else ""
        click.echo(f"\r{step.done:,}{of_all} {step.what}", nl=False)
        last = step
    if last is not None:
        click.echo()
    return last
