"""ModelStore: the contract of an EmployeeStore in its plainest form, in one dictionary.

It is the oracle of the contract and property tests, and the store of tests that are about something
else. It sorts everybody for every page, and knows nothing of budgets.
"""

import threading
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from operator import attrgetter

from app.access.visibility import Sight
from app.contracts import (
    MAX_BATCH,
    MAX_COUNTED_MATCHES,
    MAX_DELETE_BATCH,
    MAX_LEAVERS_AT_ONCE,
    MAX_NAMESAKES,
    PAGE_SIZE,
    Batch,
    Deletion,
    Facets,
    Matches,
    Namesake,
    Page,
    Progress,
    Query,
    RecordCount,
)
from app.contracts.cursors import SEPARATOR, Cursor, name_key_in, read_cursor
from app.contracts.employees import UNSIGNED
from app.contracts.list_order import ListOrder, StoredOrder
from app.contracts.queries import CONDITIONS, MANAGER
from app.contracts.reports import (
    MAX_CHAIN,
    MAX_CHECKED,
    MAX_COUNTED_REPORTS,
    Chain,
    ChainEnd,
    RecordPage,
    ReportCount,
    check_batch,
)
from app.history.changes import Write
from app.history.difference import last_moment, next_moment
from app.history.recording import change_of, marked, outside_change
from app.model import leaving
from app.model.employee import BADGE_KEYS, Card, Employee, badges_from, card_of, hidden_from
from app.model.errors import (
    DirectoryError,
    EditConflict,
    EmployeeDeleted,
    EmployeeNotFound,
    ReportingLoop,
)
from app.model.field_types import Searched
from app.model.fields import FIELDS
from app.model.revision import revision_of
from app.model.search_words import search_words
from app.photos.keys import photo_key
from app.text import person_names, search_keys, search_terms
from app.text.folding import one_line
from app.text.person_names import SortBy
from app.text.search_terms import Term
from app.text.tokens import is_spelled, words_of
from tests.support.history_in_memory import HistoryInMemory

EVERYONE = Query()
PLACES = {"location": "locations", "department": "departments", "job_title": "job_titles"}
BATCH_SIZE = 1_000


class ModelStore:
    """Employees in a dictionary; any number of threads may call."""

    def __init__(self, sort_by: SortBy = SortBy.GIVEN) -> None:
        self.order = [sort_by]  # shared by all who see these people
        self.wanted = sort_by
        self.people: dict[str, Employee] = {}
        self._last_write: dict[str, str] = {}
        self._deleted_by: dict[str, str] = {}
        # Whom the index has among those who left: whoever has a last day to come stays in lists
        # until somebody looks whether it has come.
        self._leavers: set[str] = set()
        self.history = HistoryInMemory()
        self._secret: str | None = None
        self._below: dict[str, ReportCount] = {}
        self._counting = ""
        self._lock = threading.RLock()

    def get(self, employee_id: str) -> Employee:
        with self._lock:
            return self._stored(employee_id)

    def add(self, employee: Employee, write: Write) -> Employee:
        wanted = _as_stored(employee)
        with self._lock:
            stored = self.people.get(wanted.id)
            if stored is not None:
                if self._last_write[wanted.id] == write.id or stored.same_content(wanted):
                    return stored
                raise EditConflict(stored)
            if wanted.id in self._deleted_by:
                raise EmployeeDeleted(wanted.id)
            self._refuse_loop(wanted, "")
            return self._write(replace(wanted, version=1), write)

    def update(self, employee: Employee, expected_revision: str, write: Write) -> Employee:
        wanted = _as_stored(employee)
        with self._lock:
            stored = self._stored(wanted.id)
            if self._last_write[wanted.id] == write.id or stored.same_content(wanted):
                return stored
            if revision_of(stored) != expected_revision:
                raise EditConflict(stored)
            self._refuse_loop(wanted, stored.manager)
            return self._write(replace(wanted, version=stored.version + 1), write)

    def delete(self, employee_id: str, expected_revision: str | None, write: Write) -> Employee:
        with self._lock:
            if self._deleted_by.get(employee_id) == write.id:
                return Employee(id=employee_id, full_name="")
            stored = self._stored(employee_id)
            if expected_revision not in (None, revision_of(stored)):
                raise EditConflict(stored)
            self._deleted_by[employee_id] = write.id
            self._leavers.discard(employee_id)
            self.history.record_erasure(employee_id, write, datetime.now(UTC))
            return self.people.pop(employee_id)

    def delete_many(self, deletions: Sequence[Deletion]) -> list[Employee | DirectoryError]:
        if len(deletions) > MAX_DELETE_BATCH:
            raise ValueError(f"at most {MAX_DELETE_BATCH} deletions at once")
        outcomes: list[Employee | DirectoryError] = []
        for each in deletions:
            try:
                outcomes.append(self.delete(*each))
            except (EditConflict, EmployeeNotFound) as error:
                outcomes.append(error)
        return outcomes

    def browse(self, query: Query, cursor: str | None = None, limit: int = PAGE_SIZE) -> Page:
        everyone = self._people_of(query)
        rows = sorted((order_key(person, query, self.sort_by), card_of(person))
                      for person in everyone if meets(person, query, self.sort_by))  # fmt: skip
        start = read_cursor(cursor, query)
        if start is not None and start.backwards:
            before = [row for row in rows if row[0] < start.key][-limit - 1 :]
            if len(before) > limit:
                shown = before[1:]
                return _page(query, shown, shown[-1][0], shown[0][0])
            shown = before or rows[:limit]
            following = shown[-1][0] if len(shown) < len(rows) else None
            return _page(query, shown, following, None)
        after = [row for row in rows if start is None or row[0] > start.key]
        shown = after[:limit]
        following = shown[-1][0] if len(after) > limit else None
        if start is None:
            return _page(query, shown, following, None)
        # Where the page is empty, the neighbour before it ends with the row that the cursor names.
        return _page(query, shown, following, shown[0][0] if shown else start.key + "\x01")

    def _people_of(self, query: Query = EVERYONE) -> list[Employee]:
        """Those whom a query may find: who works here, or who has left."""
        with self._lock:
            return [
                each for each in self.people.values() if (each.id in self._leavers) is query.left
            ]

    def facets(self) -> Facets:
        everyone = self._people_of()
        days = Counter(filter(None, map(leaving.last_day, everyone)))
        facets = self._facets_of(everyone)
        left = len(self.people) - len(everyone)
        return replace(facets, left=left, leaving=dict(sorted(days.items())))

    def carry_out_leaving(self, today: str) -> int:
        with self._lock:
            due = [each for each in self._people_of() if leaving.has_left(each, today)]
            self._leavers.update(each.id for each in due[:MAX_LEAVERS_AT_ONCE])
        return min(len(due), MAX_LEAVERS_AT_ONCE)

    def find_leaving(self, days: Sequence[str], limit: int) -> list[str]:
        rows = sorted(
            (leaving.last_day(each), order_key(each, EVERYONE, self.sort_by), each.id)
            for each in self._people_of()
        )
        return [each for day, _, each in rows if day in days][:limit]

    def _index(self, *people: Employee) -> None:
        today = leaving.today()
        for each in people:
            note = self._leavers.add if leaving.has_left(each, today) else self._leavers.discard
            note(each.id)

    def count_matches(self, query: Query) -> Matches:
        matching = [person for person in self._people_of(query) if meets(person, query)]
        if len(matching) > MAX_COUNTED_MATCHES:
            return Matches(are_many=True)
        return Matches(replace(self._facets_of(matching), joined={}))

    def _facets_of(self, everyone: list[Employee]) -> Facets:
        letters = Counter(
            search_keys.letter_of(name_key_of(each, self.sort_by)) for each in everyone
        )
        badges = Counter(badge for each in everyone for badge in each.known_badges)
        joined = Counter(filter(None, map(month_of, everyone)))
        spellings = {
            plural: Counter(
                one_line(getattr(each, field))
                for each in everyone
                if search_keys.facet_key(getattr(each, field))
            )
            for field, plural in PLACES.items()
        }
        return Facets(
            total=len(everyone),
            letters={letter: letters[letter] for letter in search_keys.LETTERS if letters[letter]},
            badges={badge: badges[badge] for badge in BADGE_KEYS if badges[badge]},
            joined=dict(sorted(joined.items())),
            stamp=[
                (
                    attrgetter(*PLACES)(each),
                    search_keys.name_key(each.full_name)[:1],
                    each.start_date,
                    each.known_badges,
                )
                for each in self.people.values()
            ],
            **{plural: search_keys.merge_spellings(found) for plural, found in spellings.items()},
        )

    def chain(self, employee_id: str, limit: int = MAX_CHAIN) -> Chain:
        with self._lock:
            person = self._stored(employee_id)
            above: list[Employee] = []
            while person.manager:
                if person.manager not in self.people:
                    return Chain(tuple(above), ChainEnd.NOBODY)
                if person.manager in {employee_id, *(each.id for each in above)}:
                    return Chain(tuple(above), ChainEnd.LOOP)
                if len(above) == limit:
                    return Chain(tuple(above), ChainEnd.LIMIT)
                person = self.people[person.manager]
                above.append(person)
            return Chain(tuple(above), ChainEnd.TOP)

    def count_reports(self, employee_ids: Collection[str]) -> dict[str, ReportCount]:
        check_batch(employee_ids)
        of_manager = Counter(each.manager for each in self._people_of())
        return {
            each: self._below.get(each, ReportCount(0))._replace(
                direct=min(of_manager[each], MAX_COUNTED_REPORTS + 1)
            )
            for each in employee_ids
            if of_manager[each]
        }

    def leading(self, employee_ids: Collection[str]) -> set[str]:
        check_batch(employee_ids)
        return {each.manager for each in self._people_of() if each.manager in employee_ids} - {""}

    def store_counts(self, counts: Mapping[str, ReportCount]) -> None:
        check_batch(counts)
        for each, count in counts.items():
            self._below[each] = count if count.below is not None else ReportCount(0)

    def forget_counts(self, before: datetime) -> None:
        for each, count in [*self._below.items()]:
            if count.counted_at is not None and count.counted_at < before:
                del self._below[each]

    def iter_managers(self) -> Iterator[tuple[str, str]]:
        today = leaving.today()
        for each in [*self.people.values()]:
            if each.manager and not leaving.has_left(each, today):
                yield each.id, each.manager

    def counting_state(self) -> str:
        return self._counting

    def change_counting_state(self, before: str, after: str) -> bool:
        with self._lock:
            if self._counting == before:
                self._counting = after
            return self._counting == after

    def read_records(self, bookmark: str, limit: int) -> RecordPage:
        with self._lock:
            after = [each for each in sorted(self.people) if each > bookmark][:limit]
            following = after[-1] if len(after) == limit else ""
            return RecordPage(tuple((each, self.people[each]) for each in after), following)

    def _refuse_loop(self, wanted: Employee, before: str) -> None:
        if wanted.manager in ("", before):
            return
        line: list[str] = []
        manager = wanted.manager
        while manager in self.people or manager == wanted.id:
            line.append(manager)
            if manager == wanted.id:
                raise ReportingLoop(tuple(line))
            manager = self.people[manager].manager
            if manager in line or len(line) == MAX_CHECKED:
                return

    def check(self) -> None:
        return

    def maintain(self) -> None:
        self._notice_outside()

    def set_up(self) -> list[str]:
        if not self.people:
            self.order[0] = self.wanted
        return ["Employees are kept in memory, until the program ends."]

    @property
    def sort_by(self) -> SortBy:
        return self.order[0]

    def with_setting(self, sort_by: SortBy) -> "ModelStore":
        """The same people for a machine whose setting is this order."""
        other = copy(self)
        other.wanted = sort_by
        return other

    def list_order(self) -> ListOrder:
        return ListOrder(StoredOrder(self.sort_by), self.wanted)

    def reindex(self, *, force: bool = False) -> Iterator[Progress]:
        total = len(self.people)
        self.order[0] = self.wanted
        self._index(*self.people.values())
        self._notice_outside()
        yield Progress(done=total, total=total, changed=0, what="people")

    def follow(
        self, stop: threading.Event, *, once: bool = False, observer: object = None
    ) -> Iterator[str]:
        while self.carry_out_leaving(leaving.today()):
            pass
        yield "Lists are made anew for every page, so there is nothing to follow."

    def add_many(
        self,
        employees: Iterable[Employee],
        write: Write = UNSIGNED,
        *,
        keep_versions: bool = False,
    ) -> Iterator[int]:
        stored = 0
        for employee in employees:
            with self._lock:
                if employee.id not in self.people and employee.id not in self._deleted_by:
                    wanted = _as_stored(employee)
                    if keep_versions:
                        self._keep(wanted, "")
                    else:
                        self._add(replace(wanted, version=1), write)
                    stored += 1
            yield stored

    def get_many(self, employee_ids: Collection[str]) -> dict[str, Employee]:
        if len(employee_ids) > MAX_BATCH:
            raise ValueError(f"at most {MAX_BATCH} ids at once")
        with self._lock:
            return {each: self.people[each] for each in employee_ids if each in self.people}

    def find_by_name(self, names: Collection[str]) -> dict[str, tuple[Namesake, ...]]:
        if len(names) > MAX_BATCH:
            raise ValueError(f"at most {MAX_BATCH} names at once")
        everyone = sorted(self._people_of(), key=lambda each: each.id)
        found = {}
        for name in names:
            key = person_names.sort_key(name, "", self.sort_by)
            same = (each for each in everyone if name_key_of(each, self.sort_by) == key)
            if alike := [Namesake(each.id, each.full_name) for each in same]:
                found[name] = tuple(alike[:MAX_NAMESAKES])
        return found

    def find_by_email(self, addresses: Collection[str]) -> dict[str, tuple[str, ...]]:
        return self._find_by("email", addresses)

    def find_by_number(self, numbers: Collection[str]) -> dict[str, tuple[str, ...]]:
        return self._find_by("employee_number", numbers)

    def _find_by(self, field: str, texts: Collection[str]) -> dict[str, tuple[str, ...]]:
        if len(texts) > MAX_BATCH:
            raise ValueError(f"at most {MAX_BATCH} at once")
        with self._lock:
            everyone = list(self.people.values())
        found = {}
        for text in texts:
            key = search_keys.email_key(text)
            ids = sorted(
                each.id
                for each in everyone
                if key and search_keys.email_key(getattr(each, field)) == key
            )
            if ids:
                found[text] = tuple(ids)
        return found

    def iter_batches(self, bookmark: str = "") -> Iterator[Batch]:
        with self._lock:
            ids = sorted(each for each in self.people if each > bookmark)
        for at in range(0, len(ids), BATCH_SIZE):
            some = ids[at : at + BATCH_SIZE]
            with self._lock:
                people = tuple(self.people[each] for each in some if each in self.people)
            yield Batch(people, some[-1])

    def vocabulary(self) -> Iterator[str]:
        everyone = self._people_of()
        texts = {
            text
            for each in everyone
            for text in (each.full_name, each.preferred_name, each.job_title, each.department,
                         each.location)
        }  # fmt: skip
        words = {word for text in texts for word in words_of(one_line(text))}
        yield from (word for word in words if 2 <= len(word) <= 32 and is_spelled(word))

    def count_records(self) -> RecordCount:
        with self._lock:
            return RecordCount(min(len(self.people), 100), is_exact=len(self.people) <= 100)

    def forget_words(self, words: Collection[str]) -> None:
        return  # the vocabulary is that of the people

    def photo_keys(self) -> Iterator[str]:
        with self._lock:
            keys = [each.photo_key for each in self.people.values() if each.photo_key]
        yield from keys

    def shared_secret(self, proposal: str) -> str | None:
        return None

    def change_outside(self, employee_id: str, field: str, text: str) -> None:
        """What a program does that knows neither versions nor write ids."""
        with self._lock:
            self.people[employee_id] = replace(self.people[employee_id], **{field: text})
            self._index(self.people[employee_id])

    def put_outside(self, employee: Employee) -> None:
        with self._lock:
            self.people[employee.id] = replace(_as_stored(employee), version=0)
            self._last_write[employee.id] = ""
            self._index(employee)

    def delete_outside(self, employee_id: str) -> None:
        with self._lock:
            del self.people[employee_id]
            self._leavers.discard(employee_id)

    def _stored(self, employee_id: str) -> Employee:
        if employee_id in self.people:
            return self.people[employee_id]
        if employee_id in self._deleted_by:
            raise EmployeeDeleted(employee_id)
        raise EmployeeNotFound(employee_id)

    def _write(self, employee: Employee, write: Write) -> Employee:
        known = self.people.get(employee.id)
        before = None if known is None else self._record_outside(known)
        last = "" if before is None else last_moment(before.history)
        change = change_of(before, employee, write, next_moment(last, datetime.now(UTC)))
        self.history.record(change)
        return self._keep(replace(marked(employee, change), updated_at=datetime.now(UTC)), write.id)

    def _add(self, employee: Employee, write: Write) -> None:
        """Add one of many, who have no entries in the audit log."""
        change = change_of(None, employee, write, next_moment("", datetime.now(UTC)))
        self.history.record_change(change)
        self._keep(replace(marked(employee, change), updated_at=datetime.now(UTC)), "")

    def _notice_outside(self) -> None:
        with self._lock:
            self.people |= {key: self._record_outside(each) for key, each in self.people.items()}

    def _record_outside(self, stored: Employee) -> Employee:
        told = partial(self.history.recorded_content, stored.id)
        change = outside_change(stored, told, datetime.now(UTC))
        if change is None:
            return stored
        self.history.record(change)
        return marked(stored, change)

    def _keep(self, stored: Employee, write_id: str) -> Employee:
        self.people[stored.id] = stored
        self._index(stored)
        self._last_write[stored.id] = write_id
        return stored


def name_key_of(person: Employee, sort_by: SortBy) -> str:
    return person_names.sort_key(person.full_name, person.sort_as, sort_by)


def order_key(person: Employee, query: Query, sort_by: SortBy = SortBy.GIVEN) -> str:
    """Where a person stands among the results: the order key of app/storage/cursors.py."""
    place = [name_key_of(person, sort_by), search_keys.id_sort_key(person.id)]
    if query.is_ranked:
        place.insert(0, _place(person, query.terms[0], query) or "")
    return SEPARATOR.join(place)


def month_of(person: Employee) -> str:
    """The month in which lists have somebody; nobody is listed by one that they hide."""
    return "" if "start_date" in person.hidden else search_keys.month_of(person.start_date)


def _place(person: Employee, term: Term, query: Query) -> str | None:
    return search_terms.position(term, seen_words(person, query.sight), person.known_badges)


def seen_words(person: Employee, sight: Sight) -> list[str]:
    """The words that a viewer may find somebody by: each is in a field that they see."""
    concealed = sight.concealed(person.hidden)
    if not concealed:
        return list(search_words(person))
    seen = {
        word
        for field in FIELDS
        if field.searched is not Searched.NO and field.name not in concealed
        for word in _words_of_field(field.name, getattr(person, field.name))
    }
    return [word for word in search_words(person) if word in seen]


def _words_of_field(name: str, text: str) -> tuple[str, ...]:
    nobody = Employee(id="x", full_name="", **({} if name == "full_name" else {name: text}))
    return search_words(replace(nobody, full_name=text) if name == "full_name" else nobody)


def meets(person: Employee, query: Query, sort_by: SortBy = SortBy.GIVEN) -> bool:
    """Whether a person meets every condition of a query."""
    concealed = query.sight.restricted
    month = "" if "start_date" in concealed else month_of(person)
    kept = {
        "letter": [search_keys.letter_of(name_key_of(person, sort_by))],
        "badge": () if "badges" in concealed else person.known_badges,
        "joined": [month] if month else [],
        MANAGER: [person.manager],
        **{field: [search_keys.facet_key(getattr(person, field))] for field in PLACES},
    }
    return all(_place(person, term, query) for term in query.terms) and all(
        _meets_one(query.values_of(name), kept[name], fold=name in PLACES) for name in CONDITIONS
    )


def _meets_one(values: Iterable[str], kept: Iterable[str], *, fold: bool) -> bool:
    """Whether one of the values is kept, or none of them means anything."""
    wanted = {search_keys.facet_key(value) if fold else value for value in values} - {""}
    return not wanted or not wanted.isdisjoint(kept)


def _as_stored(employee: Employee) -> Employee:
    badges, key = badges_from(employee.badges), photo_key(employee.photo_key)
    return replace(employee, badges=badges, photo_key=key, hidden=hidden_from(employee.hidden))


def _page(
    query: Query, rows: list[tuple[str, Card]], after: str | None, before: str | None
) -> Page:
    return Page(
        cards=tuple(card for _, card in rows),
        next=None if after is None else Cursor(False, after).to_text(query),
        previous=None if before is None else Cursor(True, before).to_text(query),
        name_keys=tuple(name_key_in(key) for key, _ in rows),
    )
