"""Taking a backup: everyone and every photo into a folder; interrupted, it goes on."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.backups.gathering import gather, gathered
from app.backups.parts import (
    MANIFEST,
    Manifest,
    Part,
    part_name,
    peek,
    read_manifest,
    remove_other_parts,
    series_in,
    telling,
    write_manifest,
    write_part,
)
from app.backups.photos import Photo, fetch, keys_of, photos_in
from app.contracts import Progress
from app.contracts.batching import find_by_ids
from app.directory.service import Directory
from app.exports.json_lines import line_of
from app.model.employee import Employee
from app.model.errors import ExportRefused
from app.runtime.file_lock import try_lock

_UNFINISHED, _FINISHED = "unfinished", "finished"


def take_backup(directory: Directory, folder: Path, *, anew: bool = False) -> Iterator[Progress]:
    """Take a backup into an empty folder, or go on with the one that was begun there.

    ``anew`` takes one in the place of a whole one that is there, which stays whole until the new
    one is; photos that it has are not fetched again. Whoever is there from beginning to end is in
    it; it is no picture of one moment. What other programs keep in a record is not in it. Raises
    ExportRefused, and StorageUnavailable, after which it can be called again.
    """
    with telling(folder):
        _begin(folder, anew=anew)
        with _alone(folder):
            yield from _taken(directory, folder)


def _taken(directory: Directory, folder: Path) -> Iterator[Progress]:
    unfinished = folder / _UNFINISHED
    people = 0
    for people in gather(directory.employees, unfinished):
        yield Progress(people, 0, people, "people gathered")
    before, series = series_in(folder)
    of_people: list[Part] = []
    of_photos: list[Part] = []
    missing = done = 0
    for number, some in enumerate(gathered(unfinished), 1):
        names = [part_name("photos", number, each) for each in (before, series)]
        known = photos_in(line for name in names for line in peek(folder / name))
        now, photos = _with_photos(directory, folder, some, known)
        lines = (line_of(person) for person in now)
        of_people.append(write_part(folder, part_name("people", number, series), lines))
        there = [photo for photo in photos if photo is not None]
        of_photos.append(write_part(folder, names[1], (photo.line() for photo in there)))
        missing += len(photos) - len(there)
        done += len(some)
        count = sum(part.lines for part in of_photos)
        yield Progress(done, max(people, done), count, "people written")
    manifest = Manifest(tuple(of_people), tuple(of_photos), missing)
    os.sync()  # the manifest stands for all of them, also after a power cut
    write_manifest(folder, manifest)
    # From here on nothing goes on: what is left of it is removed, now or by the next run.
    unfinished.rename(folder / _FINISHED)
    _tidy(folder, manifest)


def _with_photos(
    directory: Directory, folder: Path, people: list[Employee], known: dict[str, Photo]
) -> tuple[list[Employee], list[Photo | None]]:
    """Bring the photos of these people; who got another one meanwhile is read anew."""
    photos = {each.key: each for each in fetch(directory.photos, folder, people, known) if each}
    lacking = [each for each in people if not photos.keys() >= set(keys_of([each]))]
    newer = find_by_ids(directory.employees, (each.id for each in lacking))
    changed = [newer[each.id] for each in lacking if newer.get(each.id, each) != each]
    for photo in fetch(directory.photos, folder, changed, known):
        if photo:
            photos[photo.key] = photo
    now = [newer.get(each.id, each) for each in people]
    return now, [photos.get(key) for key in keys_of(now)]


def _tidy(folder: Path, manifest: Manifest) -> None:
    """Remove what a backup that became whole does not need."""
    if (folder / _FINISHED).exists():
        remove_other_parts(folder, manifest)
        shutil.rmtree(folder / _FINISHED, ignore_errors=True)


def _begin(folder: Path, *, anew: bool) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / _FINISHED).exists():
        _tidy(folder, read_manifest(folder))
    there = {path.name for path in folder.iterdir()}
    if _UNFINISHED not in there and there:
        if MANIFEST not in there:
            raise ExportRefused(f"{folder} has other files in it. Name an empty folder.")
        if not anew:
            raise ExportRefused(
                f"{folder} already has a backup. Name an empty folder, or use --replace to take "
                "one in its place."
            )
    (folder / _UNFINISHED).mkdir(exist_ok=True)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / _UNFINISHED / "lock").open("wb") as lock:
        if not try_lock(lock):
            raise ExportRefused(
                f"Another backup to {folder} is running. Wait for it, or name another folder."
            )
        yield
