"""Bringing a backup back: into an empty directory of any store; interrupted, it goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from app.backups.parts import Manifest, read_manifest, read_part, telling
from app.backups.photos import give_back, photos_in
from app.contracts import EmployeeStore, Progress
from app.contracts.batching import find_by_ids
from app.directory.service import Directory
from app.exports.json_lines import person_in
from app.model.employee import Employee
from app.model.errors import ExportRefused, PhotosOff

# So many parts without anyone who is there, and no interrupted run came as far.
_BARREN = 5


def restore(directory: Directory, folder: Path, *, merge: bool = False) -> Iterator[Progress]:
    """Add everyone of a backup, with their photos, versions and times.

    The whole backup is checked before anything is written. Who is there already, or was deleted
    here, is left as they are. A directory that holds anyone else is refused unless ``merge``.
    Raises ExportRefused, PhotosOff, and StorageUnavailable, after which it can be called again.
    """
    with telling(folder):
        manifest = read_manifest(folder)
        yield from _checked(folder, manifest)
        if manifest.photo_count and directory.photos is None:
            raise PhotosOff(directory.photos_off_because)
        empty = _nobody_is_in(directory.employees)
        if not (empty or merge or _came_from(folder, manifest, directory.employees)):
            raise ExportRefused(
                "The directory holds people who are not in this backup. Restore into an empty one, "
                "or say --merge to add those whom it does not hold."
            )
        way = _WayBack(directory, folder, manifest, empty=empty)
        for stored in directory.add_many(way.people(), keep_versions=True):
            yield Progress(way.seen, manifest.count, stored, "people restored")


class _WayBack:
    """The people of a backup whom the directory lacks, each after their photos."""

    def __init__(
        self, directory: Directory, folder: Path, manifest: Manifest, *, empty: bool
    ) -> None:
        self._directory = directory
        self._folder = folder
        self._manifest = manifest
        self._empty = empty
        self.seen = 0

    def people(self) -> Iterator[Employee]:
        """They are read a part at a time."""
        for of_people, of_photos in zip(self._manifest.people, self._manifest.photos, strict=True):
            people = [person_in(line) for line in read_part(self._folder, of_people)]
            self.seen += len(people)
            if not self._empty:
                there = find_by_ids(self._directory.employees, (person.id for person in people))
                people = [person for person in people if person.id not in there]
            photos = self._directory.photos
            if photos is not None and people and of_photos.lines:
                told = photos_in(read_part(self._folder, of_photos))
                give_back(photos, self._folder, people, told)
            yield from people


def _checked(folder: Path, manifest: Manifest) -> Iterator[Progress]:
    parts = (*manifest.people, *manifest.photos)
    for done, part in enumerate(parts, 1):
        read_part(folder, part)
        yield Progress(done, len(parts), 0, "parts checked")


def _nobody_is_in(store: EmployeeStore) -> bool:
    return not any(batch.people for batch in store.iter_batches())


def _came_from(folder: Path, manifest: Manifest, store: EmployeeStore) -> bool:
    """Whether an interrupted run brought everyone who is there: it brought them part by part."""
    # The records themselves: those that another program put there may be in no count yet.
    total = sum(len(batch.people) for batch in store.iter_batches())
    if total > manifest.count:
        return False
    found = barren = 0
    for part in manifest.people:
        ids = [person_in(line).id for line in read_part(folder, part)]
        there = len(find_by_ids(store, ids))
        found += there
        barren = 0 if there else barren + 1
        if found >= total or barren == _BARREN:
            break
    return found >= total
