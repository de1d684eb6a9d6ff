"""Restore a backup into an empty directory of any store; an interrupted run can be resumed."""

from collections.abc import Iterator
from pathlib import Path

from app.backups.parts import Manifest, read_manifest, read_part, translate_os_errors
from app.backups.photos import parse_photos, restore_photos
from app.contracts import EmployeeStore, Progress
from app.contracts.batching import find_by_ids
from app.directory.service import Directory
from app.exports.json_lines import from_json_line
from app.model.employee import Employee
from app.model.errors import ExportRefused, PhotosOff

# After this many parts in a row without a stored employee, no interrupted run came further.
_MAX_EMPTY_PARTS = 5


def restore(directory: Directory, folder: Path, *, merge: bool = False) -> Iterator[Progress]:
    """Add everyone of a backup with their photos, versions and times.

    The whole backup is checked before anything is written. People who exist or were deleted here
    are left as they are. A directory with anyone else is refused unless ``merge``. Raises
    ExportRefused, PhotosOff, and StorageUnavailable, after which it can be called again.
    """
    with translate_os_errors(folder):
        manifest = read_manifest(folder)
        yield from _check_parts(folder, manifest)
        if manifest.photo_count and directory.photos is None:
            raise PhotosOff(directory.photos_off_because)
        is_empty = _is_empty(directory.employees)
        if not (is_empty or merge or _was_restored_from(folder, manifest, directory.employees)):
            raise ExportRefused(
                "The directory has people who are not in this backup. Restore into an empty "
                "directory, or use --merge to add the people who are missing."
            )
        missing = _MissingPeople(directory, folder, manifest, is_empty=is_empty)
        for stored in directory.add_many(missing.people(), keep_versions=True):
            yield Progress(missing.done, manifest.count, stored, "people restored")


class _MissingPeople:
    """The people of a backup that the directory lacks; photos are stored before their people."""

    def __init__(
        self, directory: Directory, folder: Path, manifest: Manifest, *, is_empty: bool
    ) -> None:
        self._directory = directory
        self._folder = folder
        self._manifest = manifest
        self._empty = is_empty
        self.done = 0

    def people(self) -> Iterator[Employee]:
        """Yield the people, read one part at a time."""
        manifest = self._manifest
        for people_part, photo_part in zip(manifest.people, manifest.photos, strict=True):
            people = [from_json_line(line) for line in read_part(self._folder, people_part)]
            self.done += len(people)
            if not self._empty:
                stored = find_by_ids(self._directory.employees, (person.id for person in people))
                people = [person for person in people if person.id not in stored]
            photos = self._directory.photos
            if photos is not None and people and photo_part.lines:
                known = parse_photos(read_part(self._folder, photo_part))
                restore_photos(photos, self._folder, people, known)
            yield from people


def _check_parts(folder: Path, manifest: Manifest) -> Iterator[Progress]:
    parts = (*manifest.people, *manifest.photos)
    for done, part in enumerate(parts, 1):
        read_part(folder, part)
        yield Progress(done, len(parts), 0, "parts checked")


def _is_empty(store: EmployeeStore) -> bool:
    return not any(batch.people for batch in store.iter_batches())


def _was_restored_from(folder: Path, manifest: Manifest, store: EmployeeStore) -> bool:
    """Return whether an interrupted run restored everyone who is stored, part by part."""
    # Count the records: those of other programs may not be in any counter yet.
    total = sum(len(batch.people) for batch in store.iter_batches())
    if total > manifest.count:
        return False
    restored = empty_parts = 0
    for part in manifest.people:
        ids = [from_json_line(line).id for line in read_part(folder, part)]
        stored = len(find_by_ids(store, ids))
        restored += stored
        empty_parts = 0 if stored else empty_parts + 1
        if restored >= total or empty_parts == _MAX_EMPTY_PARTS:
            break
    return restored >= total
