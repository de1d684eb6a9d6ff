"""EmployeeStore: the promises that every store of employees keeps."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from threading import Event
from typing import Protocol

from app.contracts.queries import PAGE_SIZE, Batch, Deletion, Facets, Page, Progress, Query
from app.model.employee import Employee
from app.model.errors import DirectoryError


class EmployeeStore(Protocol):
    """Where employees are kept.

    Every method raises StorageUnavailable when the store does not answer, refuses, or is not there,
    within ``deadline.remaining()`` seconds (10 s at most where a deadline was started), and never
    reports a failure as an empty answer. What a method has returned is seen by the very next call,
    from any machine. Any number of threads and machines may call at once.
    """

    def get(self, employee_id: str) -> Employee:
        """The employee with this id; odd records are read too. Raises EmployeeNotFound."""

    def add(self, employee: Employee, write_id: str) -> Employee:
        """Store a new employee, all or nothing, as version 1; return what is stored.

        Sent again (same id, and the same ``write_id`` or the same content) it changes nothing and
        returns what is stored. Raises EditConflict when the id is taken by other content, and
        EmployeeDeleted when an employee of this id was deleted (remembered for at least 30 days).
        ``version`` and ``updated_at`` of the argument are ignored.
        """

    def update(self, employee: Employee, expected_revision: str, write_id: str) -> Employee:
        """Change a stored employee to this content, all or nothing; return what is stored.

        Only what differs is written; what we do not know in a record stays. When nothing differs,
        nothing is written and the version stays. Raises EmployeeNotFound, and EditConflict (with
        what is stored now) when the record's revision is no longer ``expected_revision``, whoever
        changed it. There is no conflict, and no write, when the last write was this very one (same
        ``write_id``) or the stored content is already what is wanted.
        """

    def delete(self, employee_id: str, expected_revision: str | None, write_id: str) -> Employee:
        """Delete an employee and return what was deleted.

        ``None`` deletes whatever is stored. Raises EmployeeNotFound when there never was one,
        EmployeeDeleted when it was deleted by another ``write_id``, EditConflict like update. Sent
        again with the same ``write_id`` it succeeds and returns an employee with the same id and
        nothing else that matters.
        """

    def browse(self, query: Query, cursor: str | None = None, limit: int = PAGE_SIZE) -> Page:
        """One page of cards: everyone who stays under the same name exactly once.

        Order: ``(name_key, id_sort_key)`` as UTF-8 bytes; when words are typed, first the
        smallest word of the person that begins with ``terms.query_words(...)[0]``, then the same.
        The cost follows the page, not the directory: at most 4,000 rows are looked at, then the
        page ends early (see Page.looked_through). A cursor works for the query that it
        came from, at any later time, also when the person it points at is gone; any other gives
        the first page. The previous page is the one that came before, as far as nobody moved; the
        first may hold fewer, and nobody who is on the page after it.
        """

    def facets(self) -> Facets:
        """The counts, exact, after any number of concurrent writes. Read at a flat cost."""

    def check(self) -> None:
        """Ask the store for as little as proves that it works. Raises StorageUnavailable."""

    def tidy(self) -> None:
        """Do the small upkeep that earlier reads noted (heal index rows, fold counts), if any.

        Called after the response was sent. Never raises for a store that does not answer: it logs.
        """

    def set_up(self) -> list[str]:
        """Make what is missing; say in sentences what was made, changed or found. Safe to repeat.

        Never changes data, keys or billing of what is there.
        """

    def reindex(self, *, force: bool = False) -> Iterator[Progress]:
        """Make search, lists and counts agree with the records; resumable, in bounded memory.

        Exact for all that our code writes meanwhile, and for every outside write made before it
        began. ``force`` rewrites also what looks right.
        """

    def follow(self, stop: Event, *, once: bool = False) -> Iterator[str]:
        """Bring what other programs write into lists, search and counts, until ``stop`` is set.

        Tells in sentences what was brought in. It happens within seconds of the write, at a cost
        that follows the changes; of all machines that follow, one works and the others wait. What
        was written while nobody followed is brought in first. A store that does not answer is
        waited for. ``once`` ends when nothing more is new, and raises StorageUnavailable. A store
        that is told of no changes says so and ends.
        """

    def add_many(
        self, employees: Iterable[Employee], *, keep_versions: bool = False
    ) -> Iterator[int]:
        """Add new employees in bulk, in bounded memory; yield how many were added so far.

        An id that is there already, or was deleted, is left as it is and not counted. Killed at
        any point and run again, it goes on; ``reindex`` removes what a killed run left. Much faster
        than ``add`` for each. ``keep_versions`` stores ``version`` and ``updated_at`` as they are
        given, for a backup that comes back.
        """

    def delete_many(self, deletions: Sequence[Deletion]) -> list[Employee | DirectoryError]:
        """Delete at most 500 employees (ValueError), each all or nothing and as ``delete`` does.

        Answers, in their order, what ``delete`` would return of each or raise, but for
        StorageUnavailable: then some may be deleted, and to ask for all of them again is right.
        Much faster than ``delete`` for each where a store can do many in one transaction.
        """

    def get_many(self, employee_ids: Collection[str]) -> dict[str, Employee]:
        """The employees with these ids, at most 100 (ValueError); who is not there is left out."""

    def find_by_email(self, addresses: Collection[str]) -> dict[str, tuple[str, ...]]:
        """Who has one of these addresses, at most 100 (ValueError): the ids in order, by address.

        Addresses are the same when ``terms.email_key`` is; the answer holds each address as it was
        asked for, without those that nobody has.
        """

    def each(self, bookmark: str = "") -> Iterator[Batch]:
        """Every employee, in batches of at most 1,000, in the store's own order, in bounded memory.

        For exports and backups only, since it costs what the directory holds. Whoever is there
        from beginning to end comes exactly once. A bookmark, at any later time, goes on behind its
        batch.
        """

    def vocabulary(self) -> Iterator[str]:
        """Words that people have in name, title, department or place: hints, at most 200,000.

        Folded, of two to 32 letters, in scripts that have spaces between words, each once, in
        any order. What a save brings is there after ``tidy``, what ``add_many`` and ``reindex``
        bring when they end; a word that nobody has any more may stay.
        """

    def photo_keys(self) -> Iterator[str]:
        """Every photo key that a record names: for the sweep only, at the cost of the directory."""

    def shared_secret(self, proposal: str) -> str | None:
        """The secret that all machines on this store share: the proposal, if there is none yet.

        None where the store is not shared between machines.
        """
