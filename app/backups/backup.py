"""Take a backup: everyone and every photo into a folder; an interrupted run can be resumed."""

import dataclasses
import os
import shutil
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from app.backups.accounts import account_lines
from app.backups.changes import audit_of, changes_of
from app.backups.gathering import Source, gather, read_gathered
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
from app.contracts import EmployeeStore, Progress
from app.contracts.accounts import AccountStore
from app.contracts.batching import find_by_ids
from app.directory.service import Directory
from app.exports.json_lines import from_json_line, to_json_line
from app.model.employee import Employee
from app.model.errors import ExportRefused
from app.photos.keys import copy_key
from app.runtime.file_lock import try_lock

_UNFINISHED, _FINISHED = "unfinished", "finished"


def take_backup(
    directory: Directory,
    folder: Path,
    accounts: AccountStore | None = None,
    *,
    replace: bool = False,
) -> Iterator[Progress]:
    """Take a backup into an empty folder, or resume the one that was begun there.

    It has everyone, their photos and histories, the audit log, and ``accounts`` without secrets.
    ``replace`` replaces a complete backup, which stays complete until the new one is; photos that
    it has are not fetched again. Whoever exists during the whole run is in it; it is not a snapshot
    of one moment, and lacks attributes that other programs keep in a record. Raises ExportRefused,
    and StorageUnavailable, after which it can be called again.
    """
    with translate_os_errors(folder):
        _prepare(folder, replace=replace)
        with _lock(folder):
            yield from _write_backup(directory, folder, accounts)


def _write_backup(
    directory: Directory, folder: Path, accounts: AccountStore | None
) -> Iterator[Progress]:
    old_series, series = find_series(folder)
    manifest = yield from _write_people(directory, folder, old_series, series)
    if directory.history is not None:
        changes, audit = changes_of(directory.history), audit_of(directory.history)
        history = yield from _write_lines(changes, folder, series, "changes")
        entries = yield from _write_lines(audit, folder, series, "entries of the audit log")
        manifest = dataclasses.replace(manifest, history=history, audit=entries)
    if accounts is not None:
        part = write_part(folder, part_name("accounts", 1, series), account_lines(accounts))
        manifest = dataclasses.replace(manifest, accounts=(part,))
    os.sync()  # before the manifest, which vouches for all parts after a power cut
    write_manifest(folder, manifest)
    # The backup is complete: what remains is removed now or by the next run.
    (folder / _UNFINISHED).rename(folder / _FINISHED)
    _tidy(folder, manifest)


def _write_lines(
    source: Source[Any], folder: Path, series: str, what: str
) -> Generator[Progress, None, tuple[Part, ...]]:
    """Write all parts of one kind; return them."""
    for count in gather(source, folder / _UNFINISHED):
        yield Progress(count, 0, count, f"{what} read")
    parts: list[Part] = []
    for number, batch in enumerate(read_gathered(source, folder / _UNFINISHED), 1):
        name = part_name(source.kind, number, series)
        parts.append(write_part(folder, name, map(source.to_line, batch)))
        done = sum(part.lines for part in parts)
        yield Progress(done, 0, done, f"{what} written")
    return tuple(parts)


def _people_of(store: EmployeeStore) -> Source[Employee]:
    return Source(
        "people",
        lambda bookmark: ((each.bookmark, each.people) for each in store.iter_batches(bookmark)),
        lambda person: (person.id, ""),
        partial(to_json_line, for_backup=True),
        from_json_line,
    )


def _write_people(
    directory: Directory, folder: Path, old_series: str, series: str
) -> Generator[Progress, None, Manifest]:
    """Write everyone and their photos; return the manifest of these parts."""
    unfinished = folder / _UNFINISHED
    everyone = _people_of(directory.employees)
    gathered_count = 0
    for gathered_count in gather(everyone, unfinished):
        yield Progress(gathered_count, 0, gathered_count, "people read")
    people_parts: list[Part] = []
    photo_parts: list[Part] = []
    missing = done = 0
    for number, batch in enumerate(read_gathered(everyone, unfinished), 1):
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
    return Manifest(tuple(people_parts), tuple(photo_parts), missing)


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
