"""``flask backup`` and ``flask restore``: the whole directory, from any store into any other."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from app.backups.backup import take_backup
from app.backups.parts import read_manifest
from app.backups.restoring import restore as bring_back
from app.commands.options import RenamedOption
from app.commands.progress import progress
from app.commands.running import explained, the_directory
from app.contracts import Progress
from app.text.plurals import count_of, count_people


@click.command("backup")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    *("--replace", "--anew", "anew"),
    cls=RenamedOption,
    is_flag=True,
    help="Replace the backup that is already in FOLDER.",
)
@explained
def backup(folder: Path, anew: bool) -> None:
    """Back up all people and photos to FOLDER. If interrupted, run it again to resume."""
    _tell(take_backup(the_directory(), folder, replace=anew))
    manifest = read_manifest(folder)
    click.echo(f"Backed up {count_people(manifest.count)} and {_files(manifest.photo_count)}.")
    if manifest.photos_missing:
        click.echo(f"Missing: {_files(manifest.photos_missing)} that records name.")


@click.command("restore")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--merge", is_flag=True, help="Add to a directory that already has other people.")
@explained
def restore(folder: Path, merge: bool) -> None:
    """Restore people and photos from the backup in FOLDER. If interrupted, run it again."""
    last = _tell(bring_back(the_directory(), folder, merge=merge))
    added = last.changed if last and last.what == "people restored" else 0
    click.echo(f"Restored {count_people(added)}.")
    left = read_manifest(folder).count - added
    if left:
        click.echo(f"Skipped, because already here or deleted here: {count_people(left)}.")


def _files(count: int) -> str:
    return count_of(count, "photo file", "photo files")


def _tell(steps: Iterable[Progress]) -> Progress | None:
    last: Progress | None = None
    with progress() as line:
        for step in steps:
            if last is not None and last.what != step.what:
                line.end()
            of_all = f" of {step.total:,}" if step.total else ""
            line.tell(f"{step.done:,}{of_all} {step.what}")
            last = step
    return last
