"""Move the photos of who leaves or comes back by a job: see leaver_photos.py of the contracts."""

from dataclasses import replace

from app.contracts import PhotoStore
from app.contracts.leaver_photos import copy_for_leaving, copy_photo, drop_photo
from app.imports.planning.lines import Line
from app.model.employee import Employee
from app.photos.keys import key_before_leaving


class MovedPhotos:
    """The photos of one job. A photo is copied before a record is written, and dropped after it."""

    def __init__(self, photos: PhotoStore | None) -> None:
        self._photos = photos

    def for_line(self, line: Line, stored: Employee) -> Line:
        """Return the line as it is written: with the new key of a photo that had to move."""
        if not _moves(line) or not stored.photo_key:
            return line
        key = self._key(line, stored)
        if key == stored.photo_key:
            return line
        new, old = {**line.new, "photo_key": key}, {**line.old, "photo_key": stored.photo_key}
        return replace(line, new=new, old=old)

    def as_written(self, line: Line, stored: Employee) -> Line:
        """Return the line that an earlier run wrote, before it was killed."""
        if not _moves(line) or "photo_key" in line.new or not stored.photo_key:
            return line
        before = key_before_leaving(stored.photo_key)
        if before == stored.photo_key:
            return line
        new, old = {**line.new, "photo_key": stored.photo_key}, {**line.old, "photo_key": before}
        return replace(line, new=new, old=old)

    def for_undo(self, line: Line, stored: Employee) -> Line:
        """Return the line with the key that a photo gets back, under which it is stored again."""
        if not _moves(line) or not stored.photo_key:
            return line
        key = line.old.get("photo_key")
        if key is None:
            key = stored.photo_key if line.old["left_on"] else key_before_leaving(stored.photo_key)
        copy_photo(self._photos, stored.photo_key, str(key))
        return replace(line, old={**line.old, "photo_key": key})

    def drop(self, key: str, current: str) -> None:
        """Delete the photo under the former key of a record, which has another one now."""
        if key != current and key_before_leaving(key) == key_before_leaving(current):
            drop_photo(self._photos, key)

    def _key(self, line: Line, stored: Employee) -> str:
        if left_on := str(line.new["left_on"]):
            return copy_for_leaving(self._photos, stored.photo_key, left_on)
        key = key_before_leaving(stored.photo_key)
        copy_photo(self._photos, stored.photo_key, key)
        return key


def _moves(line: Line) -> bool:
    return "left_on" in line.new and not line.has_new_photo
