"""Define ``flask import-photos``: import photos that are named after people."""

import os
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click

from app.commands.imports import import_people
from app.commands.running import current_settings, report_errors
from app.imports.files.photo_archive import is_photo_archive
from app.text.plurals import count_of

# The same files give the same archive, by which an interrupted import is found again.
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)


@click.command("import-photos")
@click.argument("source", type=click.Path(exists=True, path_type=Path), metavar="FOLDER|ZIP")
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@click.pass_context
@report_errors
def import_photos(context: click.Context, source: Path, dry_run: bool) -> None:
    """Import photos named after people: 1001.jpg, ada@example.com.png.

    A name is an id, an employee number or an email; subfolders do not matter. Undo it with flask
    import --undo. Exits with 1 if a photo has an error. Ctrl-C stops the import. Run the same
    command again to resume it.
    """
    with _archive_of(source) as archive:
        with archive.open("rb") as file:
            has_photos = is_photo_archive(file)
        if not has_photos:
            raise click.UsageError(
                f"{source} has no photos. Name photos after people, such as 1001.jpg."
            )
        context.invoke(import_people, file=archive, dry_run=dry_run)


@contextmanager
def _archive_of(source: Path) -> Iterator[Path]:
    """Return the archive, or a temporary one of the files in a folder, named after it."""
    if source.is_file():
        yield source
        return
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder, f"{source.absolute().name or 'photos'}.zip")
        with archive.open("wb") as file:
            _pack(source, file)
        yield archive


def _pack(folder: Path, target: BinaryIO) -> None:
    """Put the files of a folder into an archive; tell those that are links or too large."""
    max_bytes = current_settings().photo_max_mb << 20
    left_out = 0
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for path in _files_in(folder):
            name = path.relative_to(folder).as_posix()
            if path.is_symlink() or not path.is_file() or path.stat().st_size > max_bytes:
                left_out += 1
                click.echo(f"  {name}: a link, or over {max_bytes >> 20} MB: left out", err=True)
                continue
            entry = zipfile.ZipInfo(name, _FIRST_DAY)
            with path.open("rb") as photo, archive.open(entry, "w") as part:
                while piece := photo.read(1 << 20):
                    part.write(piece)
    if left_out:
        click.echo(f"Left out {count_of(left_out, 'file', 'files')}.", err=True)


def _files_in(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder and its subfolders in order, following no link."""
    for parent, folders, names in os.walk(folder):
        folders.sort()
        yield from (Path(parent, name) for name in sorted(names))
