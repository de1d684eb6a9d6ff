"""The contract of every store of employees."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from threading import Event
from typing import Protocol

from app.contracts.answers import Batch, Deletion, Namesake, Progress, RecordCount
from app.contracts.counts import Facets, Matches
from app.contracts.following import UNOBSERVED, FollowObserver
from app.contracts.list_order import ListOrder
from app.contracts.queries import PAGE_SIZE, Page, Query
from app.history.changes import Write
from app.model.employee import Employee
from app.model.errors import DirectoryError
from app.runtime import strict_json

_MAX_SECRET_CHARACTERS = 1_000
# Of nobody, who leaves changes without an author.
UNSIGNED = Write("")


def usable_secret(stored: object) -> str:
    """Return a stored secret; "" if it is none: of another type, or absurdly long."""
    return strict_json.string(stored, _MAX_SECRET_CHARACTERS) or ""


class EmployeeStore(Protocol):
    """A store of employees.

    Every method raises StorageUnavailable when the store does not answer, refuses or does not
    exist, within ``deadline.remaining()`` seconds (at most 10 s if a deadline was started), and
    never reports a failure as an empty answer. A change is visible to every call that begins after
    the method has returned, on any machine. All methods may be called concurrently by any number
    of threads and machines.

    ``add``, ``update`` and ``add_many`` leave one Change for each new version of a record (see
    app/history/changes.py), and ``add`` and ``update`` one AuditEntry for each that is no part of a
    job, in the transaction of the record. If another program wrote a record since our last change,
    a change OUTSIDE comes before. ``delete`` and ``delete_many`` are permanent: the changes of the
    person go too, and the audit log keeps who deleted somebody, and when.

    ``add`` and ``update`` raise ReportingLoop where a new manager stands below the employee, as far
    up as MAX_CHECKED (app/contracts/reports.py), and leave nothing; of two that close a loop
    together at least one does (ReportingLoop.saved is what an ``add`` leaves then). A call whose
    look at the line failed raises StorageUnavailable with ``maybe_written``, and again looks again.

    Who has left (``leaving.has_left``) is found by ``get``, ``get_many``, ``find_by_email``,
    ``find_by_number``, ``iter_batches``, ``photo_keys`` and queries for those who left alone: in no
    other list, count or look-up. Whoever has a last day to come is listed until
    ``carry_out_leaving``, ``follow`` or ``reindex`` finds that it has come.
    """

    def get(self, employee_id: str) -> Employee:
        """Return the employee with this id, however odd the record. Raises EmployeeNotFound."""

    def add(self, employee: Employee, write: Write) -> Employee:
        """Store a new employee atomically as version 1; return the stored employee.

        A repeated call (same id, and the same ``write.id`` or the same content) changes nothing and
        returns the stored employee. ``version`` and ``updated_at`` of the argument are ignored.
        Raises EditConflict if the id has other content, EmployeeDeleted if an employee with this
        id was deleted (remembered for at least 30 days), and RecordTooLarge.
        """

    def update(self, employee: Employee, expected_revision: str, write: Write) -> Employee:
        """Change a stored employee to this content atomically; return the stored employee.

        Only fields that differ are written; unknown attributes of the record are kept. If nothing
        differs, nothing is written and the version stays. There is no conflict and no write if the
        last write had the same ``write.id`` or the content is stored already. Raises
        EmployeeNotFound, EditConflict (with the stored employee) if the record's revision is not
        ``expected_revision``, whichever program changed it, and RecordTooLarge.
        """

    def delete(self, employee_id: str, expected_revision: str | None, write: Write) -> Employee:
        """Delete an employee; return the deleted employee.

        ``expected_revision`` None deletes any revision. A repeated call with the same ``write.id``
        succeeds and returns an employee of which only the id is meaningful. Raises EmployeeNotFound
        if the id never existed, EmployeeDeleted if another write deleted it, and EditConflict like
        ``update``.
        """

    def browse(self, query: Query, cursor: str | None = None, limit: int = PAGE_SIZE) -> Page:
        """Return one page of cards; paging shows every employee with an unchanged name once.

        Order: ``(name_key, id_sort_key)`` as UTF-8 bytes, where the name key is
        ``person_names.sort_key`` in the order of ``list_order().stored``; for a search (but of
        those who left, or of a manager), first the smallest word of the employee that begins with
        ``query.search_words[0]``, then the same. The cost depends on the page, not on the
        directory: the page ends early after MAX_ROWS_EXAMINED rows (see Page.rows_examined). A
        cursor is valid for its own query, at any later time, even if the employee it points at is
        gone, or the order is another; any other cursor returns the first page. Paging backwards,
        the first page may be shorter than ``limit``; no employee is on two pages.
        """

    def facets(self) -> Facets:
        """Return exact counts, whatever was written concurrently, at a constant cost."""

    def count_matches(self, query: Query) -> Matches:
        """Return the counts of those who match, exact where at most MAX_COUNTED_MATCHES do.

        Unknown, rather than wrong or slow, where the read budget of the page does not suffice; the
        cost does not depend on the directory. See Matches.
        """

    def carry_out_leaving(self, today: str) -> int:
        """Take out of all lists those whose last day has come by ``today``; return how many.

        At most MAX_LEAVERS_AT_ONCE of those whom ``facets().leaving`` counts; call it again for the
        others. It repairs the index alone: no record changes, so no version and no history.
        ``today`` is ``leaving.today()``. May be called concurrently and at any time.
        """

    def find_leaving(self, days: Sequence[str], limit: int) -> list[str]:
        """Return the ids of at most ``limit`` employees in lists who have one of these last days.

        In the order of the days, which ``facets().leaving`` tells, and of names; at a cost that
        depends on the result.
        """

    def count_records(self) -> RecordCount:
        """Count the records themselves, about a hundred at most: of an empty list, those missing.

        Raises StorageUnavailable with advice if the store holds something else than records.
        """

    def check(self) -> None:
        """Make the cheapest call that proves the store works. Raises StorageUnavailable."""

    def maintain(self) -> None:
        """Do the pending small repairs (index rows, folding of counts), if any.

        Called after a response was sent. Logs a store that does not answer; never raises for it.
        """

    def set_up(self) -> list[str]:
        """Create missing tables; return sentences that say what was created, changed or found.

        Safe to repeat. Never changes data, keys or billing of existing tables. An index of nobody
        takes the order of the settings.
        """

    def list_order(self) -> ListOrder:
        """Return the order of names in lists, and the one that the settings ask for."""

    def reindex(self, *, force: bool = False) -> Iterator[Progress]:
        """Rebuild search, lists and counts from the records; resumable, in bounded memory.

        Puts lists in the order that the settings ask for; until then, they stay in theirs.

        Exact for concurrent writes of this program and for writes of other programs made before the
        start. ``force`` also rewrites entries that look right.
        """

    def follow(
        self, stop: Event, *, once: bool = False, observer: FollowObserver = UNOBSERVED
    ) -> Iterator[str]:
        """Index what other programs write, within seconds, until ``stop`` is set.

        Yields sentences that say what was indexed. The cost depends on the changes. Of all machines
        that follow, one works and the others wait. Begins with what was written while no machine
        followed, and waits for a store that does not answer. ``once`` ends when nothing is new, and
        raises StorageUnavailable. A store without a change stream says so and ends. The observer is
        told how far it is.
        """

    def add_many(
        self,
        employees: Iterable[Employee],
        write: Write = UNSIGNED,
        *,
        keep_versions: bool = False,
    ) -> Iterator[int]:
        """Add new employees in bulk, in bounded memory; yield the number added so far.

        Much faster than ``add`` for each. An id that exists, or was deleted, is left as it is and
        not counted. A run that was killed can be repeated; ``reindex`` removes what it left over.
        ``keep_versions`` stores ``version``, ``updated_at`` and ``history`` as given, to restore a
        backup, whose changes are restored by themselves (HistoryStore.restore_changes).
        Raises RecordTooLarge.
        """

    def delete_many(self, deletions: Sequence[Deletion]) -> list[Employee | DirectoryError]:
        """Delete at most MAX_DELETE_BATCH employees, each atomically and as ``delete`` does.

        Returns in order what ``delete`` would return or raise for each. Much faster than ``delete``
        for each where a store can do many in one transaction. Raises ValueError for more, and
        StorageUnavailable: then some may be deleted, and the same call can be repeated.
        """

    def get_many(self, employee_ids: Collection[str]) -> dict[str, Employee]:
        """Return the existing employees of at most MAX_BATCH ids. Raises ValueError for more."""

    def find_by_email(self, addresses: Collection[str]) -> dict[str, tuple[str, ...]]:
        """Return the ids of the employees, in order, for each of at most MAX_BATCH addresses.

        Addresses are equal if their ``search_keys.email_key`` is. The result has each address as
        given, and omits those that no employee has. Raises ValueError for more addresses.
        """

    def find_by_name(self, names: Collection[str]) -> dict[str, tuple[Namesake, ...]]:
        """Return at most MAX_NAMESAKES employees for each of at most MAX_BATCH full names.

        Names are equal if their ``person_names.sort_key`` is. The result has each name as given,
        and omits those that no employee has. It looks where lists have such a name, at a cost that
        depends on the number of names alone, and so misses those with *Sort as*. Raises ValueError
        for more names.
        """

    def find_by_number(self, numbers: Collection[str]) -> dict[str, tuple[str, ...]]:
        """Return the ids of the employees, in order, for each of at most MAX_BATCH numbers.

        Employee numbers are equal if their ``search_keys.number_key`` is. Otherwise this is like
        ``find_by_email``.
        """

    def iter_batches(self, bookmark: str = "") -> Iterator[Batch]:
        """Yield every employee in batches of at most 1,000, in the store's own order.

        For exports and backups only: the cost grows with the directory, memory does not. An
        employee that exists throughout is yielded exactly once. A bookmark continues after its
        batch, at any later time.
        """

    def vocabulary(self) -> Iterator[str]:
        """Yield the words of names, job titles, departments and locations, at most MAX_VOCABULARY.

        Words are folded, of 2 to 32 letters, in scripts that separate words by spaces, distinct, in
        any order. They are hints for the fuzzy search: the words of a save appear after
        ``maintain``, those of ``add_many`` and ``reindex`` at their end, and a word that no
        employee has any more may remain.
        """

    def forget_words(self, words: Collection[str]) -> None:
        """Delete words from the vocabulary; a word that somebody has comes back with a reindex."""

    def photo_keys(self) -> Iterator[str]:
        """Yield every photo key in a record, for the sweep; the cost grows with the directory."""

    def shared_secret(self, proposal: str) -> str | None:
        """Return the secret that all machines on this store share; store ``proposal`` if none is.

        Returns None if the store is not shared between machines.
        """
