"""Taking a backup: everyone and every photo into a folder; interrupted, it goes on."""

from __future__ import annotations

import fcntl
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
    remove_parts_behind,
    telling,
    write_manifest,
    write_part,
)
from app.backups.photos import fetch, photos_in
from app.contracts import Progress
from app.directory import Directory
from app.employee import Employee
from app.errors import ExportRefused
from app.exports.json_lines import line_of

_UNFINISHED = "unfinished"


def take_backup(directory: Directory, folder: Path, *, anew: bool = False) -> Iterator[Progress]:
    """Take a backup into an empty folder, or go on with the one that was begun there.

    ``anew`` takes one in the place of a whole one that is there; photos that it has are not fetched
    again. Whoever is there from beginning to end is in it; it is no picture of one moment. Raises
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
    (folder / MANIFEST).unlink(missing_ok=True)
    of_people: list[Part] = []
    of_photos: list[Part] = []
    missing = done = 0
    for number, some in enumerate(gathered(unfinished), 1):
        lines = (line_of(person) for person in some)
        of_people.append(write_part(folder, part_name("people", number), lines))
        photos, not_there = _photos_of(directory, folder, some, number)
        of_photos.append(photos)
        missing += not_there
        done += len(some)
        count = sum(part.lines for part in of_photos)
        yield Progress(done, max(people, done), count, "people written")
    remove_parts_behind(folder, len(of_people))
    os.sync()  # the manifest stands for all of them, also after a power cut
    write_manifest(folder, Manifest(tuple(of_people), tuple(of_photos), missing))
    shutil.rmtree(unfinished)


def _photos_of(
    directory: Directory, folder: Path, people: list[Employee], number: int
) -> tuple[Part, int]:
    """Bring the photos of a part, and tell of them; how many were nowhere."""
    name = part_name("photos", number)
    found = list(fetch(directory.photos, folder, people, photos_in(peek(folder / name))))
    there = [photo for photo in found if photo is not None]
    part = write_part(folder, name, (photo.line() for photo in there))
    return part, len(found) - len(there)


def _begin(folder: Path, *, anew: bool) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    there = {path.name for path in folder.iterdir()}
    if _UNFINISHED not in there and there:
        if MANIFEST not in there:
            raise ExportRefused(f"{folder} holds other files. Name an empty folder.")
        if not anew:
            raise ExportRefused(
                f"{folder} holds a whole backup. Name an empty folder, or say --anew to take "
                "one in its place."
            )
    (folder / _UNFINISHED).mkdir(exist_ok=True)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / _UNFINISHED / "lock").open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ExportRefused(
                f"Another backup is being taken into {folder}. Let it end, or name another folder."
            ) from error
        yield
