"""Directory: the operations of pages and commands on employees and their photos."""

import logging
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import BinaryIO

from app.contracts import PAGE_SIZE, EmployeeStore, Facets, Page, PhotoStore, Query, RecordCount
from app.contracts.list_order import ListOrder
from app.directory.fuzzy import FuzzySearch, Suggestions
from app.directory.list_pages import ListPage, ListPages
from app.directory.match_counts import ListCounts
from app.directory.sorting import Sort, read_whole, sorted_cards
from app.model.employee import Employee
from app.model.errors import (
    EditConflict,
    EmployeeNotFound,
    PhotosOff,
    RecordTooLarge,
    StorageUnavailable,
)
from app.photos import keys, processing
from app.runtime.ttl import TtlValue

log = logging.getLogger(__name__)

FACETS_SECONDS = 3.0
_ORDER_SECONDS = 30.0
_SWEEP_AGE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PhotoChange:
    """A change of the photo: a new image, its removal, or (both unset) none."""

    upload: BinaryIO | None = None
    remove: bool = False


NO_PHOTO_CHANGE = PhotoChange()


class Directory:
    """The directory of a company, on a store of employees and a store of photos (or none)."""

    def __init__(
        self, employees: EmployeeStore, photos: PhotoStore | None, photos_off_because: str = ""
    ) -> None:
        self.employees = employees
        self.photos = photos
        self.photos_off_because = photos_off_because
        self._fuzzy_search = FuzzySearch(employees)
        self._facets: TtlValue[Facets] = TtlValue(FACETS_SECONDS)
        self._lists = ListPages(employees, self._fuzzy_search, self.facets)
        self._order: TtlValue[ListOrder] = TtlValue(_ORDER_SECONDS)

    def browse(self, query: Query, cursor: str | None = None, limit: int = PAGE_SIZE) -> Page:
        """Return one page of cards; see EmployeeStore.browse."""
        return self.employees.browse(query, cursor, limit)

    def search(self, query: Query, cursor: str | None = None) -> tuple[Page, Suggestions]:
        """Return one page of cards and, if the search has few results, similar employees."""
        return self._lists.search(query, cursor)

    def list_page(
        self, query: Query, cursor: str | None = None, sort: Sort | None = None, number: int = 1
    ) -> ListPage:
        """Return what ``search`` returns, with the counts of everyone and of those who match.

        Counts share the read budget of the page, and are at most a few seconds old. With ``sort``
        it returns the page of this number in that order, if at most MAX_SORTED people match.
        """
        return self._lists.page(query, cursor, sort, number)

    def sorted_ids(self, query: Query, sort: Sort) -> list[str] | None:
        """Return the ids of everyone who matches in this order; None if they are too many."""
        whole = read_whole(self.employees, query)
        return None if whole is None else [card.id for card in sorted_cards(whole, sort)]

    def count_matches(self, query: Query) -> ListCounts:
        """Return the counts beside a list, without a page of it."""
        return self._lists.count_matches(query)

    def facets(self) -> Facets:
        """Return the counts, at most FACETS_SECONDS old, so that a list page needs one query."""
        return self._facets.get(self._count)

    def _count(self, last: Facets | None) -> Facets:
        facets = self.employees.facets()
        # The same object if nothing changed: caches of rendered menus and charts depend on it.
        return last if last == facets and last.stamp == facets.stamp else facets

    def _expire_counts(self) -> None:
        self._facets.expire()
        self._lists.expire_counts()

    def list_order(self) -> ListOrder:
        """Return the order of names in lists, at most half a minute old."""
        return self._order.get(lambda _: self.employees.list_order())

    def lists_nobody(self, query: Query, shown: ListPage) -> bool:
        """Return whether lists show nobody; for a search, only where records are not listed."""
        page = shown.page
        if page.cards or page.next is not None or page.previous is not None:
            return False
        return query.is_empty or (not shown.everyone.total and self.count_unlisted().number > 0)

    def count_unlisted(self) -> RecordCount:
        """Count the records that no list shows, where lists show nobody; see count_records."""
        records = self.employees.count_records()
        if records.number and self.browse(Query(), limit=1).cards:
            return RecordCount(0)  # somebody was added meanwhile
        return records

    def get(self, employee_id: str) -> Employee:
        """Return the employee. Raises EmployeeNotFound."""
        return self.employees.get(employee_id)

    def add(
        self, employee: Employee, write_id: str, photo: PhotoChange = NO_PHOTO_CHANGE
    ) -> Employee:
        """Add an employee with a photo; see EmployeeStore.add. Raises PhotoRejected, PhotosOff."""
        photo_key = self._put_photo(photo)
        with self._cleaning_up(photo_key):
            stored = self.employees.add(replace(employee, photo_key=photo_key), write_id)
        if photo_key and stored.photo_key != photo_key:
            self._drop_photo(photo_key)  # the same form was sent before, with the photo
        self._fuzzy_search.learn(stored)
        self._expire_counts()
        return stored

    def add_many(
        self, employees: Iterable[Employee], *, keep_versions: bool = False
    ) -> Iterator[int]:
        """Add new employees, whose photos are stored, in bulk; see EmployeeStore.add_many."""
        learned = self._fuzzy_search.learning(employees)
        for stored in self.employees.add_many(learned, keep_versions=keep_versions):
            self._expire_counts()
            yield stored

    def update(
        self,
        employee: Employee,
        expected_revision: str,
        write_id: str,
        photo: PhotoChange = NO_PHOTO_CHANGE,
    ) -> Employee:
        """Change an employee; see EmployeeStore.update. Raises PhotoRejected, PhotosOff.

        ``employee`` has the complete new content, but ``photo`` decides on the photo. Unknown
        badges are kept. The old photo is deleted after the new record is stored.
        """
        before = self.employees.get(employee.id)
        new_key = self._put_photo(photo)
        changed = replace(
            employee,
            badges=before.badges_with(employee.badges),
            photo_key=new_key or ("" if photo.remove else before.photo_key),
        )
        with self._cleaning_up(new_key):
            stored = self.employees.update(changed, expected_revision, write_id)
        if new_key and stored.photo_key != new_key:
            self._drop_photo(new_key)
        if before.photo_key and stored.photo_key != before.photo_key:
            self._drop_photo(before.photo_key)
        self._fuzzy_search.learn(stored)
        self._expire_counts()
        return stored

    def delete(self, employee_id: str, expected_revision: str | None, write_id: str) -> Employee:
        """Delete an employee and the photo; see EmployeeStore.delete."""
        deleted = self.employees.delete(employee_id, expected_revision, write_id)
        if deleted.photo_key:
            self._drop_photo(deleted.photo_key)
        self._expire_counts()
        return deleted

    def sweep_photos(self, *, delete: bool, needed: Iterable[str] = ()) -> Iterator[str]:
        """Yield the keys of unused photos that are older than a day; delete them if ``delete``.

        Imports need the ``needed`` ones, which are read after those of records. Takes about 200
        bytes of memory per photo. Raises PhotosOff.
        """
        if self.photos is None:
            raise PhotosOff(self.photos_off_because)
        before = datetime.now(UTC) - _SWEEP_AGE
        # Photos are listed before records are read: one that a record gets meanwhile is new.
        old = [key for key, stored_at in self.photos.iter_keys() if stored_at < before]
        used = {hash(keys.base_of(key)) for key in chain(self.employees.photo_keys(), needed)}
        for key in old:
            if hash(keys.base_of(key)) not in used:
                if delete:
                    self.photos.delete([key])
                yield key

    def _put_photo(self, photo: PhotoChange) -> str:
        if photo.upload is None:
            return ""
        if self.photos is None:
            raise PhotosOff(self.photos_off_because)
        images = processing.make(photo.upload)
        key = keys.our_key(secrets.token_hex(16))
        try:
            self.photos.put(keys.thumbnail_key(key), images.thumbnail)
            self.photos.put(key, images.portrait)
        except StorageUnavailable:
            self._drop_photo(key)
            raise
        return key

    @contextmanager
    def _cleaning_up(self, new_key: str) -> Iterator[None]:
        """Delete the new photo if the block fails and the record was certainly not written."""
        try:
            yield
        except (EditConflict, EmployeeNotFound, RecordTooLarge, StorageUnavailable) as error:
            maybe_written = isinstance(error, StorageUnavailable) and error.maybe_written
            if new_key and not maybe_written:
                self._drop_photo(new_key)
            raise

    def _drop_photo(self, key: str) -> None:
        """Delete an unused photo; if that fails, log it and leave it to the sweep."""
        if self.photos is None:
            return
        try:
            self.photos.delete({key, keys.thumbnail_key(key)})
        except StorageUnavailable as error:
            log.warning("an unused photo remains until the next sweep: %s", error)
