"""Check a whole backup before anything of it is restored."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.backups.accounts import Line, parse_accounts
from app.backups.changes import parse_changes, parse_entries
from app.backups.parts import Manifest, Part, read_part, refuse_content
from app.backups.people import parse_people
from app.backups.photos import Photo, check_photos, parse_photos, photo_keys
from app.contracts import Progress
from app.contracts.history import AuditEntry
from app.history.changes import Change
from app.model.employee import Employee
from app.runtime.compact_map import CompactMap


@dataclass(slots=True)
class Backup:
    """A backup in a folder; ``left_out`` are keys of photos that are not restored."""

    folder: Path
    manifest: Manifest
    left_out: set[str] = field(default_factory=set)

    def people_of(self, part: Part) -> list[Employee]:
        """Return the people of a part. Raises ExportRefused if it is not as it was written."""
        return self._parsed(part, parse_people)

    def changes_of(self, part: Part) -> list[Change]:
        """Return the changes of a part. Raises ExportRefused like ``people_of``."""
        return self._parsed(part, parse_changes)

    def entries_of(self, part: Part) -> list[AuditEntry]:
        """Return the audit entries of a part. Raises ExportRefused like ``people_of``."""
        return self._parsed(part, parse_entries)

    def accounts_of(self, part: Part) -> list[Line]:
        """Return accounts and settings of access. Raises ExportRefused like ``people_of``."""
        return self._parsed(part, parse_accounts)

    def _parsed(self, part: Part, parse: Callable[[list[bytes]], Iterable[Any]]) -> list[Any]:
        lines = read_part(self.folder, part)
        try:
            return list(parse(lines))
        except ValueError as error:
            raise refuse_content(self.folder / part.file, str(error)) from error

    def photos_of(self, part: Part) -> dict[str, Photo]:
        """Return the photos of a part by key. Raises ExportRefused like ``people_of``."""
        lines = read_part(self.folder, part)
        try:
            return parse_photos(lines)
        except ValueError as error:
            raise refuse_content(self.folder / part.file, str(error)) from error

    def check(self, *, skip_photos: bool) -> Iterator[Progress]:
        """Read every part, person and photo; with ``skip_photos`` note bad photos in ``left_out``.

        Raises ExportRefused for anything that no backup has, whether its hash agrees or not.
        Yields the number of parts checked. Takes 36 bytes of memory per person.
        """
        self._check_other_parts()
        ids = CompactMap()
        total = len(self.manifest.people)
        for number, people_part in enumerate(self.manifest.people):
            people = self.people_of(people_part)
            path = self.folder / people_part.file
            for person in people:
                if not ids.add(person.id, 1):
                    raise refuse_content(path, "someone is in it twice")
            photo_part = self.manifest.photos[number]
            photos = self.photos_of(photo_part)
            if not photos.keys() <= set(photo_keys(people)):
                raise refuse_content(self.folder / photo_part.file, "it has a photo of nobody")
            for refused in check_photos(self.folder, photos.values()):
                if not skip_photos:
                    raise refused.error
                self.left_out.add(refused.key)
            yield Progress(2 * (number + 1), 2 * total, 0, "parts checked")

    def _check_other_parts(self) -> None:
        for part in self.manifest.history:
            self.changes_of(part)
        for part in self.manifest.audit:
            self.entries_of(part)
        for part in self.manifest.accounts:
            self.accounts_of(part)
