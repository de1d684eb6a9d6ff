"""Directory: the operations of a page or a command, the photo's life, what happens first."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import BinaryIO

from app.contracts import PAGE_SIZE, EmployeeStore, Facets, Page, PhotoStore, Query
from app.directory.fuzzy import Cost, FuzzySearch, Suggestions
from app.model.employee import Employee
from app.model.errors import EditConflict, EmployeeNotFound, PhotosOff, StorageUnavailable
from app.photos import processing
from app.runtime import read_budget
from app.runtime.ttl import TtlValue

log = logging.getLogger(__name__)

FACETS_SECONDS = 3.0
_SWEEP_AGE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PhotoChange:
    """What a form asks of the photo: a new image, its removal, or (both unset) nothing."""

    upload: BinaryIO | None = None
    remove: bool = False


NO_PHOTO_CHANGE = PhotoChange()


class Directory:
    """The directory of one company, over one store of employees and one of photos (or none)."""

    def __init__(
        self, employees: EmployeeStore, photos: PhotoStore | None, photos_off_because: str = ""
    ) -> None:
        self.employees = employees
        self.photos = photos
        self.photos_off_because = photos_off_because
        self._near = FuzzySearch(employees)
        self._facets: TtlValue[Facets] = TtlValue(FACETS_SECONDS)

    def browse(self, query: Query, cursor: str | None = None, limit: int = PAGE_SIZE) -> Page:
        """One page of cards; see EmployeeStore.browse."""
        return self.employees.browse(query, cursor, limit)

    def search(self, query: Query, cursor: str | None = None) -> tuple[Page, Suggestions]:
        """One page of cards, and who is close to the words typed where they find few."""
        with read_budget.limit():
            began = Cost.now()
            page = self.browse(query, cursor)
            return page, self._near.suggest(query, page, began.since())

    def facets(self) -> Facets:
        """The counts, at most 3 seconds old (so that a list page is one Query, not two)."""
        return self._facets.get(self._count)

    def _count(self, last: Facets | None) -> Facets:
        facets = self.employees.facets()
        # The same object if nothing changed: what was rendered from it is used again.
        return last if last == facets else facets

    def get(self, employee_id: str) -> Employee:
        """The employee. Raises EmployeeNotFound."""
        return self.employees.get(employee_id)

    def add(
        self, employee: Employee, write_id: str, photo: PhotoChange = NO_PHOTO_CHANGE
    ) -> Employee:
        """Add a new employee with their photo; see EmployeeStore.add. PhotoRejected, PhotosOff."""
        photo_key = self._put_photo(photo)
        with self._cleaning_up(photo_key):
            stored = self.employees.add(replace(employee, photo_key=photo_key), write_id)
        if photo_key and stored.photo_key != photo_key:
            self._drop_photo(photo_key)  # the same form was sent before, with its photo
        self._facets.expire()
        return stored

    def add_many(
        self, employees: Iterable[Employee], *, keep_versions: bool = False
    ) -> Iterator[int]:
        """Add new employees in bulk, their photos being stored; see EmployeeStore.add_many."""
        for stored in self.employees.add_many(employees, keep_versions=keep_versions):
            self._facets.expire()
            yield stored

    def update(
        self,
        employee: Employee,
        expected_revision: str,
        write_id: str,
        photo: PhotoChange = NO_PHOTO_CHANGE,
    ) -> Employee:
        """Change an employee; see EmployeeStore.update, and PhotoRejected, PhotosOff.

        ``employee`` holds the whole new content; its ``photo_key`` is the one that was shown in the
        form, and badges that we do not know are kept. The old photo goes when the new record is in.
        """
        before = self.employees.get(employee.id)
        new_key = self._put_photo(photo)
        wanted = replace(
            employee,
            badges=before.badges_with(employee.badges),
            photo_key=new_key or ("" if photo.remove else before.photo_key),
        )
        with self._cleaning_up(new_key):
            stored = self.employees.update(wanted, expected_revision, write_id)
        if new_key and stored.photo_key != new_key:
            self._drop_photo(new_key)
        if before.photo_key and stored.photo_key != before.photo_key:
            self._drop_photo(before.photo_key)
        self._facets.expire()
        return stored

    def delete(self, employee_id: str, expected_revision: str | None, write_id: str) -> Employee:
        """Delete an employee and their photo; see EmployeeStore.delete."""
        gone = self.employees.delete(employee_id, expected_revision, write_id)
        if gone.photo_key:
            self._drop_photo(gone.photo_key)
        self._facets.expire()
        return gone

    def sweep_photos(self, *, really: bool) -> Iterator[str]:
        """The keys of photos that no record names and that are older than a day; removed if really.

        Raises PhotosOff. Holds some 200 bytes a photo in memory.
        """
        if self.photos is None:
            raise PhotosOff(self.photos_off_because)
        before = datetime.now(UTC) - _SWEEP_AGE
        # Listed first: a photo that is named after this moment was put after it, or is young.
        old = [key for key, stored_at in self.photos.iter_keys() if stored_at < before]
        named = {hash(processing.base_of(key)) for key in self.employees.photo_keys()}
        for key in old:
            if hash(processing.base_of(key)) not in named:
                if really:
                    self.photos.delete([key])
                yield key

    def _put_photo(self, photo: PhotoChange) -> str:
        if photo.upload is None:
            return ""
        if self.photos is None:
            raise PhotosOff(self.photos_off_because)
        images = processing.make(photo.upload)
        key = f"employee_pic/{secrets.token_hex(16)}.jpg"
        try:
            self.photos.put(processing.thumbnail_key(key), images.thumbnail)
            self.photos.put(key, images.portrait)
        except StorageUnavailable:
            self._drop_photo(key)
            raise
        return key

    @contextmanager
    def _cleaning_up(self, new_key: str) -> Iterator[None]:
        """Remove the new photo when the record was certainly not written with it."""
        try:
            yield
        except (EditConflict, EmployeeNotFound, StorageUnavailable) as error:
            maybe_written = isinstance(error, StorageUnavailable) and error.maybe_written
            if new_key and not maybe_written:
                self._drop_photo(new_key)
            raise

    def _drop_photo(self, key: str) -> None:
        """Remove a photo that nothing names any more; what fails is left to the sweep."""
        if self.photos is None:
            return
        try:
            self.photos.delete({key, processing.thumbnail_key(key)})
        except StorageUnavailable as error:
            log.warning("an unused photo remains until the next sweep: %s", error)
