"""Directory: the operations of pages and commands on employees and their photos.

Every operation takes the viewer who asks for it. Here, and nowhere else, is checked what a viewer
may do: a refused one raises NotAllowed, before anything is read or written. Here, too, is masked
what they may not see: it is absent from every card, record, count and search.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace

from app.access.rights import OWN_FIELDS, Right, may, require, require_edit
from app.access.viewer import Viewer
from app.access.visibility import DEFAULT_VISIBILITY, Sight, Visibility
from app.contracts import PAGE_SIZE, EmployeeStore, Facets, Page, PhotoStore, Query
from app.contracts.history import HistoryStore
from app.contracts.list_order import ListOrder
from app.directory.erasing import Erasure
from app.directory.fuzzy import FuzzySearch, Suggestions
from app.directory.list_pages import ListPage, ListPages
from app.directory.match_counts import ListCounts
from app.directory.seen_people import CountsOfEveryone, SeenPeople
from app.directory.seen_records import SeenRecords
from app.directory.sorting import Sort, read_whole, sorted_cards
from app.directory.stored_photos import NO_PHOTO_CHANGE, PhotoChange, StoredPhotos
from app.history.authors import written_by
from app.history.changes import ON_THE_PAGE, Through, Write
from app.model.employee import Employee
from app.runtime.ttl import TtlValue

__all__ = ["NO_PHOTO_CHANGE", "Directory", "PhotoChange"]

_ORDER_SECONDS = 30.0


class Directory:
    """The directory of a company; ``photos`` may be None, ``visibility`` says who sees what."""

    def __init__(
        self,
        employees: EmployeeStore,
        photos: PhotoStore | None,
        photos_off_because: str = "",
        visibility: Callable[[], Visibility] = lambda: DEFAULT_VISIBILITY,
        history: HistoryStore | None = None,
    ) -> None:
        self.employees = employees
        self.history = history
        self.photos = photos
        self.photos_off_because = photos_off_because
        self.erasure = Erasure(employees, history)
        self._stored_photos = StoredPhotos(photos, photos_off_because)
        self.visibility = visibility
        self._records, self._people = SeenRecords(employees), SeenPeople(employees)
        self._fuzzy_search = FuzzySearch(self._people)
        self._counts = CountsOfEveryone(employees)
        self._lists = ListPages(self._people, self._fuzzy_search, self._counts.seen_with)
        self._order: TtlValue[ListOrder] = TtlValue(_ORDER_SECONDS)

    def browse(
        self, viewer: Viewer, query: Query, cursor: str | None = None, limit: int = PAGE_SIZE
    ) -> Page:
        """Return one page of cards; see EmployeeStore.browse."""
        return self._people.browse(self._seen(viewer, query), cursor, limit)

    def _seen(self, viewer: Viewer, query: Query) -> Query:
        """Return the query as the viewer asks it, when lists are of today. Raises NotAllowed."""
        require(viewer, Right.LEAVE if query.left else Right.SEE_PEOPLE)
        self._counts.read()
        return query.seen_with(self.sight_of(viewer))

    def sight_of(self, viewer: Viewer) -> Sight:
        """Return what the viewer sees of employees."""
        return self.visibility().sight_of(viewer)

    def search(
        self, viewer: Viewer, query: Query, cursor: str | None = None
    ) -> tuple[Page, Suggestions]:
        """Return one page of cards and, if the search has few results, similar employees."""
        return self._lists.search(self._seen(viewer, query), cursor)

    def list_page(
        self,
        viewer: Viewer,
        query: Query,
        cursor: str | None = None,
        sort: Sort | None = None,
        number: int = 1,
    ) -> ListPage:
        """Return what ``search`` returns, with the counts of everyone and of those who match.

        Counts share the read budget of the page, and are at most a few seconds old. With ``sort``
        it returns the page of this number in that order, if at most MAX_SORTED people match.
        """
        return self._lists.page(self._seen(viewer, query), cursor, sort, number)

    def sorted_ids(self, viewer: Viewer, query: Query, sort: Sort) -> list[str] | None:
        """Return the ids of everyone who matches in this order; None if they are too many."""
        whole = read_whole(self._people, self._seen(viewer, query))
        return None if whole is None else [card.id for card in sorted_cards(whole, sort)]

    def count_matches(self, viewer: Viewer, query: Query) -> ListCounts:
        """Return the counts beside a list, without a page of it."""
        return self._lists.count_matches(self._seen(viewer, query))

    def facets(self, viewer: Viewer) -> Facets:
        """Return the counts, at most FACETS_SECONDS old, so that a list page needs one query."""
        require(viewer, Right.SEE_PEOPLE)
        return self._counts.seen_with(self.sight_of(viewer))

    def list_order(self) -> ListOrder:
        """Return the order of names in lists, at most half a minute old."""
        return self._order.get(lambda _: self.employees.list_order())

    def get(self, viewer: Viewer, employee_id: str) -> Employee:
        """Return the employee as the viewer sees them. Raises EmployeeNotFound."""
        require(viewer, Right.SEE_PEOPLE)
        return self._records.get(viewer, employee_id, self.sight_of(viewer))

    def get_many(
        self, viewer: Viewer, employee_ids: Collection[str], *, left: bool = False
    ) -> dict[str, Employee]:
        """Return those of at most MAX_BATCH ids who work here, or who left, for an export."""
        require(viewer, Right.EXPORT)
        return self._records.many(viewer, employee_ids, self.sight_of(viewer), left=left)

    def iter_batches(self, viewer: Viewer) -> Iterator[tuple[Employee, ...]]:
        """Yield all who work here in batches, for an export; see EmployeeStore.iter_batches."""
        require(viewer, Right.EXPORT)
        return self._records.batches(self.sight_of(viewer))

    def add(
        self,
        viewer: Viewer,
        employee: Employee,
        write_id: str,
        photo: PhotoChange = NO_PHOTO_CHANGE,
        through: Through = ON_THE_PAGE,
    ) -> Employee:
        """Add an employee with a photo; see EmployeeStore.add. Raises PhotoRejected, PhotosOff."""
        require(viewer, Right.EDIT_PEOPLE)
        write = written_by(viewer, write_id, through)
        photo_key = self._stored_photos.put(photo)
        with self._stored_photos.cleaning_up(photo_key):
            stored = self.employees.add(replace(employee, photo_key=photo_key), write)
        if photo_key and stored.photo_key != photo_key:  # the same form was sent before
            self._stored_photos.drop(photo_key)
        self.note_change(stored)
        return stored

    def add_many(
        self,
        viewer: Viewer,
        employees: Iterable[Employee],
        through: Through = ON_THE_PAGE,
        *,
        keep_versions: bool = False,
    ) -> Iterator[int]:
        """Add new employees, whose photos are stored, in bulk; see EmployeeStore.add_many."""
        require(viewer, Right.IMPORT)
        return self._add_many(employees, written_by(viewer, "", through), keep_versions)

    def _add_many(
        self, employees: Iterable[Employee], write: Write, keep_versions: bool
    ) -> Iterator[int]:
        learned = self._fuzzy_search.learning(employees)
        for stored in self.employees.add_many(learned, write, keep_versions=keep_versions):
            self.note_change()
            yield stored

    def update(
        self,
        viewer: Viewer,
        employee: Employee,
        expected_revision: str,
        write_id: str,
        photo: PhotoChange = NO_PHOTO_CHANGE,
        through: Through = ON_THE_PAGE,
    ) -> Employee:
        """Change an employee; see EmployeeStore.update. Raises PhotoRejected, PhotosOff.

        ``employee`` has the complete new content, but ``photo`` decides on the photo. Unknown
        badges are kept. Of their own record, a colleague changes the OWN_FIELDS; the others are
        kept as they are. The old photo is deleted after the new record is stored.
        """
        require_edit(viewer, employee.id)
        before = self._records.stored(viewer, employee.id)
        if not may(viewer, Right.EDIT_PEOPLE):
            employee = replace(before, **{name: getattr(employee, name) for name in OWN_FIELDS})
        new_key = self._stored_photos.put_for(photo, before, employee)
        changed = replace(
            employee,
            badges=before.badges_with(employee.badges),
            photo_key=new_key or ("" if photo.remove else before.photo_key),
        )
        with self._stored_photos.cleaning_up(new_key):
            write = written_by(viewer, write_id, through)
            stored = self.employees.update(changed, expected_revision, write)
        if new_key and stored.photo_key != new_key:
            self._stored_photos.drop(new_key)
        if before.photo_key and stored.photo_key != before.photo_key:
            self._stored_photos.drop(before.photo_key)
        self.note_change(stored)
        return stored

    def delete(
        self,
        viewer: Viewer,
        employee_id: str,
        expected_revision: str | None,
        write_id: str,
        through: Through = ON_THE_PAGE,
    ) -> Employee:
        """Delete an employee permanently, with all traces; see EmployeeStore.delete.

        Raises ErasureBlocked and LastAdmin too.
        """
        require(viewer, Right.DELETE)
        write = self.erasure.write_of(viewer, employee_id, write_id, through)
        gone_words = self.erasure.before(viewer, employee_id, expected_revision)
        deleted = self.employees.delete(employee_id, expected_revision, write)
        if deleted.photo_key:
            self._stored_photos.drop(deleted.photo_key)
        self._fuzzy_search.forget(gone_words)
        self.note_change()
        return deleted

    def note_change(self, stored: Employee | None = None) -> None:
        """Count anew after a change by this process, and know the words of who was stored."""
        if stored is not None:
            self._fuzzy_search.learn(stored)
        self._counts.expire()
        self._lists.expire_counts()

    def sweep_photos(
        self, viewer: Viewer, *, delete: bool, needed: Iterable[str] = ()
    ) -> Iterator[str]:
        """Yield the keys of unused photos that are older than a day; delete them if ``delete``.

        Imports need the ``needed`` ones, which are read after those of records. Raises PhotosOff.
        """
        require(viewer, Right.ADMINISTER)
        yield from self._stored_photos.sweep((self.employees.photo_keys(), needed), delete=delete)

    def check(self) -> None:
        """Make the cheapest call that proves the store works. Raises StorageUnavailable."""
        self.employees.check()

    def maintain(self) -> None:
        """Do the pending small repairs of the store; see EmployeeStore.maintain."""
        self.employees.maintain()
