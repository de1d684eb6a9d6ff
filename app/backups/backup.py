"""Take a backup: everyone and every photo into a folder; an interrupted run can be resumed."""

import dataclasses
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.backups.gathering import gather, read_gathered
from app.backups.parts import (
    MANIFEST,
    Manifest,
    Part,
    find_series,
    part_name,
    read_leftover_part,
    read_manifest,
    remove_other_parts,
    translate_os_errors,
    write_manifest,
    write_part,
)
from app.backups.photos import Photo, fetch_photos, parse_photos, photo_keys
from app.contracts import Progress
from app.contracts.batching import find_by_ids
from app.directory.service import Directory
from app.exports.json_lines import to_json_line
from app.model.employee import Employee
from app.model.errors import ExportRefused
from app.photos.keys import copy_key
from app.runtime.file_lock import try_lock

_UNFINISHED, _FINISHED = "unfinished", "finished"


def take_backup(directory: Directory, folder: Path, *, replace: bool = False) -> Iterator[Progress]:
    """Take a backup into an empty folder, or resume the one that was begun there.

    ``replace`` replaces a complete backup, which stays complete until the new one is; photos that
    it has are not fetched again. Whoever exists during the whole run is in it; it is not a snapshot
    of one moment, and lacks attributes that other programs keep in a record. Raises ExportRefused,
    and StorageUnavailable, after which it can be called again.
    """
    with translate_os_errors(folder):
        _prepare(folder, replace=replace)
        with _lock(folder):
            yield from _write_backup(directory, folder)


def _write_backup(directory: Directory, folder: Path) -> Iterator[Progress]:
    unfinished = folder / _UNFINISHED
    gathered_count = 0
    for gathered_count in gather(directory.employees, unfinished):
        yield Progress(gathered_count, 0, gathered_count, "people read")
    old_series, series = find_series(folder)
    people_parts: list[Part] = []
    photo_parts: list[Part] = []
    missing = done = 0
    for number, batch in enumerate(read_gathered(unfinished), 1):
        names = [part_name("photos", number, name) for name in (old_series, series)]
        known = _known_photos([folder / name for name in names])
        people, photos = _fetch_batch_photos(directory, folder, batch, known)
        # Photos that other programs keep elsewhere are in the backup as copies of our own.
        copies = (dataclasses.replace(p, photo_key=copy_key(p.photo_key)) for p in people)
        lines = (to_json_line(person, for_backup=True) for person in copies)
        people_parts.append(write_part(folder, part_name("people", number, series), lines))
        stored = [photo for photo in photos if photo is not None]
        photo_parts.append(write_part(folder, names[1], (photo.line() for photo in stored)))
        missing += len(photos) - len(stored)
        done += len(batch)
        count = sum(part.lines for part in photo_parts)
        yield Progress(done, max(gathered_count, done), count, "people written")
    manifest = Manifest(tuple(people_parts), tuple(photo_parts), missing)
    os.sync()  # before the manifest, which vouches for all parts after a power cut
    write_manifest(folder, manifest)
    # The backup is complete: what remains is removed now or by the next run.
    unfinished.rename(folder / _FINISHED)
    _tidy(folder, manifest)


def _known_photos(paths: list[Path]) -> dict[str, Photo]:
    """Return the photos of parts that a run before left; of a damaged part, none."""
    known: dict[str, Photo] = {}
    for path in paths:
        with suppress(ValueError):
            known |= parse_photos(read_leftover_part(path))
    return known


def _fetch_batch_photos(
    directory: Directory, folder: Path, batch: list[Employee], known: dict[str, Photo]
) -> tuple[list[Employee], list[Photo | None]]:
    """Fetch the photos of a batch; people whose photo changed meanwhile are read again."""
    photos = {
        photo.key: photo for photo in fetch_photos(directory.photos, folder, batch, known) if photo
    }
    incomplete = [person for person in batch if not photos.keys() >= set(photo_keys([person]))]
    current = find_by_ids(directory.employees, (person.id for person in incomplete))
    changed = [current[p.id] for p in incomplete if current.get(p.id, p) != p]
    for photo in fetch_photos(directory.photos, folder, changed, known):
        if photo:
            photos[photo.key] = photo
    people = [current.get(person.id, person) for person in batch]
    return people, [photos.get(key) for key in photo_keys(people)]


def _tidy(folder: Path, manifest: Manifest) -> None:
    """Remove the files that a complete backup does not need."""
    if (folder / _FINISHED).exists():
        remove_other_parts(folder, manifest)
        shutil.rmtree(folder / _FINISHED, ignore_errors=True)


def _prepare(folder: Path, *, replace: bool) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / _FINISHED).exists():
        _tidy(folder, read_manifest(folder))
    names = {path.name for path in folder.iterdir()}
    if _UNFINISHED not in names and names:
        if MANIFEST not in names:
            raise ExportRefused(f"{folder} has other files in it. Name an empty folder.")
        if not replace:
            raise ExportRefused(
                f"{folder} already has a backup. Name an empty folder, or use --replace to take "
                "one in its place."
            )
    (folder / _UNFINISHED).mkdir(exist_ok=True)


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    with (folder / _UNFINISHED / "lock").open("wb") as lock:
        if not try_lock(lock):
            raise ExportRefused(
                f"Another backup to {folder} is running. Wait for it, or name another folder."
            )
        yield
