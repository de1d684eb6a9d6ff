"""Restore a backup into an empty directory of any store; an interrupted run can be resumed."""

from collections.abc import Iterator
from pathlib import Path

from app.access.viewer import operator
from app.backups.accounts import restore_accounts
from app.backups.checking import Backup
from app.backups.parts import read_manifest, translate_os_errors
from app.backups.photos import restore_photos
from app.contracts import EmployeeStore, Progress
from app.contracts.accounts import AccountStore
from app.contracts.batching import find_by_ids
from app.directory.service import Directory
from app.history.changes import Change
from app.model.employee import Employee
from app.model.errors import ExportRefused, PhotosOff

# After this many parts in a row without a stored employee, no interrupted run came further.
_MAX_EMPTY_PARTS = 5


def restore(
    directory: Directory,
    folder: Path,
    accounts: AccountStore | None = None,
    *,
    merge: bool = False,
    skip_photos: bool = False,
) -> Iterator[Progress]:
    """Add everyone of a backup with their photos, versions, times and histories.

    The audit log and, where ``accounts`` are given, the accounts that are missing come too.

    The whole backup is checked before anything is written: each person, and each photo by decoding
    it. A photo that is damaged or no image refuses the backup, unless ``skip_photos`` leaves it
    out. People who exist or were deleted here are left as they are. A directory with anyone else is
    refused unless ``merge``. Raises ExportRefused, PhotosOff, and StorageUnavailable, after which
    it can be called again.
    """
    with translate_os_errors(folder):
        backup = Backup(folder, read_manifest(folder))
        yield from backup.check(skip_photos=skip_photos)
        manifest = backup.manifest
        if manifest.photo_count and directory.photos is None:
            raise PhotosOff(directory.photos_off_because)
        is_empty = _is_empty(directory.employees)
        if not (is_empty or merge or _was_restored_from(backup, directory.employees)):
            raise ExportRefused(
                "The directory has people who are not in this backup. Restore into an empty "
                "directory, or use --merge to add the people who are missing."
            )
        missing = _MissingPeople(directory, backup, is_empty=is_empty)
        for stored in directory.add_many(operator(), missing.people(), keep_versions=True):
            yield Progress(missing.done, manifest.count, stored, "people restored")
        yield from _restore_the_rest(directory, backup, accounts)


def _restore_the_rest(
    directory: Directory, backup: Backup, accounts: AccountStore | None
) -> Iterator[Progress]:
    """Restore histories, the audit log and accounts; what is here stays as it is."""
    history, manifest = directory.history, backup.manifest
    if history is not None:
        restored = 0
        for number, part in enumerate(manifest.history, 1):
            restored += history.restore_changes(_of_people_here(directory, backup.changes_of(part)))
            yield Progress(number, len(manifest.history), restored, "parts of changes restored")
        for part in manifest.audit:
            for entry in backup.entries_of(part):
                history.note(entry)
    if accounts is not None:
        for part in manifest.accounts:
            added = restore_accounts(accounts, backup.accounts_of(part))
            yield Progress(part.lines, part.lines, added, "accounts restored")


def _of_people_here(directory: Directory, changes: list[Change]) -> list[Change]:
    """Return the changes of people who exist: who was deleted here has no history."""
    here = find_by_ids(directory.employees, dict.fromkeys(each.employee_id for each in changes))
    return [change for change in changes if change.employee_id in here]


class _MissingPeople:
    """The people of a backup that the directory lacks; photos are stored before their people."""

    def __init__(self, directory: Directory, backup: Backup, *, is_empty: bool) -> None:
        self._directory = directory
        self._backup = backup
        self._empty = is_empty
        self.done = 0

    def people(self) -> Iterator[Employee]:
        """Yield the people, read one part at a time."""
        backup = self._backup
        parts = zip(backup.manifest.people, backup.manifest.photos, strict=True)
        for people_part, photo_part in parts:
            people = backup.people_of(people_part)
            self.done += len(people)
            if not self._empty:
                stored = find_by_ids(self._directory.employees, (person.id for person in people))
                people = [person for person in people if person.id not in stored]
            photos = self._directory.photos
            if photos is not None and people and photo_part.lines:
                known = backup.photos_of(photo_part)
                wanted = {key: known[key] for key in known.keys() - backup.left_out}
                restore_photos(photos, backup.folder, people, wanted)
            yield from people


def _is_empty(store: EmployeeStore) -> bool:
    return not any(batch.people for batch in store.iter_batches())


def _was_restored_from(backup: Backup, store: EmployeeStore) -> bool:
    """Return whether an interrupted run restored everyone who is stored, part by part."""
    # Count the records: those of other programs may not be in any counter yet.
    total = sum(len(batch.people) for batch in store.iter_batches())
    if total > backup.manifest.count:
        return False
    restored = empty_parts = 0
    for part in backup.manifest.people:
        stored = len(find_by_ids(store, (person.id for person in backup.people_of(part))))
        restored += stored
        empty_parts = 0 if stored else empty_parts + 1
        if restored >= total or empty_parts == _MAX_EMPTY_PARTS:
            break
    return restored >= total
