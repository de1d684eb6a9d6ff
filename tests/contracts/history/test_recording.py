"""What writes leave, in any order of any saves, and what other programs wrote meanwhile."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.contracts import EmployeeStore
from app.contracts.history import AuditQuery, HistoryStore
from app.history.changes import Author, Change, ChangeKind, Through, Via, Write
from app.history.difference import content_of, mark_of, next_moment
from app.history.folding import fold
from app.model.employee import Employee
from app.model.revision import revision_of
from tests.support.stores.bindings import Room
from tests.support.stores.people import add, new_write_id, person
from tests.support.strategies import people

ANA = Author("Ana Ruiz", "acc-1", "ana")
THROUGH = Through(Via.PAGE, request_id="req-1", note="As agreed.")
EVERYTHING = AuditQuery()
ADA = person("ada", "Ada Lovelace", job_title="Analyst", badges=("linux",), hidden=("phone",))


def write(author: Author = ANA, through: Through = THROUGH) -> Write:
    return Write(new_write_id(), author, through)


def save(store: EmployeeStore, employee_id: str, by: Write | None = None, **fields: object):
    stored = store.get(employee_id)
    changed = replace(stored, **fields)  # type: ignore[arg-type]
    return store.update(changed, revision_of(stored), by or write())


def all_of(history: HistoryStore, employee_id: str = "ada") -> list[Change]:
    """All changes of a person, oldest first, page by page."""
    found: list[Change] = []
    cursor = None
    while True:
        page = history.changes_of(employee_id, cursor, 7)
        found += page.changes
        if page.older is None:
            return found[::-1]
        cursor = page.older


def test_every_way_and_author_is_told_as_it_was(
    store: EmployeeStore, history: HistoryStore
) -> None:
    add(store, ADA)
    throughs = [
        Through(via, "a file.csv", "job-1", "2026-11-29T22:41:06.123Z-1f3a", 7, "req", "Ünïcödé 😀")
        for via in Via
    ]
    authors = [Author(), Author("root on web-2"), Author("", "acc-2"), Author("Ö" * 200, "a", "b")]
    for number, through in enumerate(throughs):
        save(store, "ada", write(authors[number % 4], through), location=f"Place {number}")
    told = all_of(history)[1:]
    assert [change.through for change in told] == throughs
    assert [change.author for change in told] == [authors[n % 4] for n in range(len(throughs))]


def test_changes_are_in_order_though_a_clock_is_an_hour_behind(
    store: EmployeeStore, history: HistoryStore
) -> None:
    ahead = next_moment("", datetime.now(UTC) + timedelta(hours=1))
    marked = replace(ADA, version=4, updated_at=datetime.now(UTC), history=mark_of(ahead, ADA))
    list(store.add_many([marked], keep_versions=True))
    for number in range(3):
        save(store, "ada", location=f"Place {number}")
    changes = all_of(history)
    assert [change.version for change in changes] == [5, 6, 7]
    assert all(change.moment > ahead for change in changes)


def test_every_twentieth_change_tells_the_whole_content_before(
    store: EmployeeStore, history: HistoryStore
) -> None:
    add(store, ADA)
    for number in range(2, 43):
        save(store, "ada", location=f"Place {number}")
    changes = all_of(history)
    based = {change.version: change.base for change in changes if change.base is not None}
    assert set(based) == {20, 40}
    assert based[40] == fold(changes[:39])


@pytest.mark.slow
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(states=st.lists(people, min_size=1, max_size=24))
def test_after_any_saves_the_changes_add_up_to_the_record(
    store: EmployeeStore, history: HistoryStore, states: list[Employee]
) -> None:
    employee_id = new_write_id()
    for state in states:
        wanted = replace(state, id=employee_id)
        if state is states[0]:
            store.add(wanted, write())
        else:
            stored = store.get(employee_id)
            store.update(wanted, revision_of(stored), write())
    changes, stored = all_of(history, employee_id), store.get(employee_id)
    assert fold(changes) == content_of(stored)
    assert [change.version for change in changes] == list(range(1, stored.version + 1))
    for change in changes:
        assert set(change.was) <= set(change.now)
        assert all(change.was.get(name) != change.now[name] for name in change.now)


def test_people_who_are_added_together_have_a_change_each(
    store: EmployeeStore, history: HistoryStore
) -> None:
    through = Through(Via.IMPORT, "staff.csv", "job-9")
    long_id = "x" * 300
    crowd = [ADA, person("bea", "Bea Berg"), person(long_id, "Cy Cole", hidden=("phone",))]
    list(store.add_many(crowd, Write("", ANA, through)))
    for each in crowd:
        [change] = all_of(history, each.id)
        assert (change.kind, change.version, change.base) == (ChangeKind.ADDED, 1, None)
        assert (change.employee_id, change.full_name) == (each.id, each.full_name)
        assert (change.was, change.now) == ({}, content_of(each))
        assert (change.author, change.through) == (ANA, through)
    assert history.audit(EVERYTHING).entries == ()
    list(store.add_many(crowd, Write("", ANA, through)))
    assert len(all_of(history)) == 1
    save(store, "ada", location="London")
    assert [change.base for change in all_of(history)] == [None, None]


def by_a_save(room: Room) -> None:
    save(room.store, "ada", pronouns="she/her")


def by_a_reindex(room: Room) -> None:
    assert list(room.store.reindex())[-1].changed <= 1


def by_a_page(room: Room) -> None:
    room.store.get("ada")
    room.store.maintain()


WAYS = pytest.mark.parametrize("notice", [by_a_save, by_a_reindex, by_a_page])


@WAYS
def test_what_another_program_wrote_is_told_once(
    room: Room, history: HistoryStore, notice: Callable[[Room], None]
) -> None:
    add(room.store, ADA)
    save(room.store, "ada", location="London")
    room.change_outside("ada", "location", "Paris")
    room.change_outside("ada", "about", "Typed elsewhere.")
    notice(room)
    [change] = [each for each in all_of(history) if each.through.via is Via.OUTSIDE]
    assert change.was == {"location": "London", "about": ""}
    assert change.now == {"location": "Paris", "about": "Typed elsewhere."}
    assert (change.version, change.author) == (2, Author())
    for again in by_a_reindex, by_a_page, by_a_save:
        again(room)
    changes = all_of(history)
    assert [each.through.via for each in changes].count(Via.OUTSIDE) == 1
    assert fold(changes) == content_of(room.store.get("ada"))
    assert [each.moment for each in changes] == sorted({each.moment for each in changes})
    [entry] = history.audit(AuditQuery(via="outside")).entries
    assert (entry.employee_id, entry.fields) == ("ada", tuple(change.now))


@WAYS
def test_of_a_record_of_before_nothing_is_told_but_what_we_change(
    room: Room, history: HistoryStore, notice: Callable[[Room], None]
) -> None:
    room.put_outside(ADA)
    list(room.store.reindex())
    room.change_outside("ada", "location", "Paris")
    notice(room)
    by_a_save(room)
    save(room.store, "ada", location="London")
    first, *_, last = all_of(history)
    assert (first.was, first.now) == ({"pronouns": ""}, {"pronouns": "she/her"})
    assert first.base == {**content_of(ADA), "location": "Paris"}
    assert (last.was, last.now) == ({"location": "Paris"}, {"location": "London"})
    assert all(each.through.via is not Via.OUTSIDE for each in all_of(history))


def test_who_is_deleted_by_a_job_has_no_entry_of_their_own(
    store: EmployeeStore, history: HistoryStore
) -> None:
    add(store, ADA)
    store.delete("ada", None, write(through=Through(Via.UNDO, job="job-1")))
    assert history.audit(EVERYTHING).entries == ()
    assert all_of(history) == []


def test_of_an_author_who_was_erased_no_name_is_told(
    store: EmployeeStore, history: HistoryStore
) -> None:
    store.add(ADA, write(ANA))
    save(store, "ada", write(replace(ANA, name="Ana Ruiz-Berg")), location="London")
    save(store, "ada", write(Author("Bo", "acc-2")), location="Paris")
    for _ in range(2):
        history.erase_author("acc-1")
    assert [change.author.name for change in all_of(history)] == ["", "", "Bo"]
    assert [change.author.account_id for change in all_of(history)] == ["acc-1", "acc-1", "acc-2"]
    assert [entry.author.name for entry in history.audit(EVERYTHING).entries] == ["Bo", "", ""]
    history.erase_author("")
    assert all_of(history)[-1].author.name == "Bo"


def test_a_cursor_that_is_none_shows_the_first_page(
    store: EmployeeStore, history: HistoryStore
) -> None:
    add(store, ADA)
    save(store, "ada", location="London")
    for cursor in ("", "x", "2026", "~" * 29, "é" * 400, "\0", "a.b.c"):
        about = repr(cursor[:30])
        assert history.changes_of("ada", cursor) == history.changes_of("ada"), about
        assert history.audit(EVERYTHING, cursor) == history.audit(EVERYTHING), about


def test_a_change_that_is_not_there_is_none(store: EmployeeStore, history: HistoryStore) -> None:
    add(store, ADA)
    for moment in ("", "x", "2026-11-29T22:41:06.123Z-1f3a", "é\0" * 200):
        about = repr(moment[:30])
        assert history.find_change("ada", moment) is None, about
        assert history.find_change("nobody", moment) is None, about
    assert history.changes_of("nobody").changes == ()
