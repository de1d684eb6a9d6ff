"""Every write leaves one change: who, how, what the fields were and are."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from app.contracts import EmployeeStore
from app.contracts.history import HistoryStore
from app.history.changes import Author, Change, ChangeKind, Through, Via, Write
from app.history.difference import content_of
from app.history.folding import fold
from app.model.employee import Employee
from app.model.errors import EditConflict
from app.model.revision import revision_of
from tests.support.stores.bindings import Room
from tests.support.stores.people import add, new_write_id, person

ANA = Author("Ana Ruiz", "a1", "p-ana")
BY_PAGE = Through(request_id="r-1", note="as she asked")


def save(store: EmployeeStore, employee_id: str, write: Write | None = None, **fields: object):
    """Change some fields, as a form that was just opened does."""
    stored = store.get(employee_id)
    wanted = replace(stored, **fields)  # type: ignore[arg-type]
    return store.update(wanted, revision_of(stored), write or Write(new_write_id(), ANA))


def changes_of(history: HistoryStore, employee_id: str) -> list[Change]:
    """All changes, oldest first."""
    page = history.changes_of(employee_id)
    found = list(page.changes)
    while page.older:
        page = history.changes_of(employee_id, page.older)
        found += page.changes
    return found[::-1]


def folded(history: HistoryStore, employee_id: str) -> dict[str, object]:
    return dict(fold(changes_of(history, employee_id)))


def test_an_addition_tells_who_how_and_the_whole_content(store, history):
    ada = person("ada", location="Oslo", badges=("bug", "linux"), about="Né à Zürich\n雨")
    stored = store.add(ada, Write("w1", ANA, BY_PAGE))
    (change,) = changes_of(history, "ada")
    assert (change.kind, change.version, change.full_name) == (ChangeKind.ADDED, 1, "Ada Lovelace")
    assert (change.was, change.now, change.base) == ({}, content_of(stored), None)
    assert (change.author, change.through) == (ANA, BY_PAGE)


def test_a_save_tells_the_fields_that_changed_as_they_were_and_are(store, history):
    add(store, person("ada", location="Oslo", phone="+1 206 555 0141", badges=("bug",)))
    save(store, "ada", location="Rome", phone="", badges=("linux", "bug"))
    change = changes_of(history, "ada")[-1]
    assert change.was == {"location": "Oslo", "phone": "+1 206 555 0141", "badges": ("bug",)}
    assert change.now == {"location": "Rome", "phone": "", "badges": ("linux", "bug")}
    assert (change.kind, change.version) == (ChangeKind.CHANGED, 2)


@pytest.mark.parametrize(
    "through",
    [
        Through(Via.IMPORT, source="people.csv", job="j1", row=12),
        Through(Via.UNDO, undoes="2026-11-29T22:41:06.123Z-1f3a"),
        Through(Via.COMMAND, source="flask import"),
        Through(Via.API, source="payroll", request_id="r"),
    ],
)
def test_a_change_tells_the_way_by_which_it_came(store, history, through):
    add(store, person("ada"))
    save(store, "ada", Write("w", Author("root on web-2"), through), about="x")
    change = changes_of(history, "ada")[-1]
    assert (change.author, change.through) == (Author("root on web-2"), through)


def test_what_writes_nothing_leaves_nothing(store, history):
    add(store, person("ada"))
    save(store, "ada")
    with pytest.raises(EditConflict):
        store.update(person("ada", about="x"), "7.no-revision", Write("w"))
    assert len(changes_of(history, "ada")) == 1


def test_a_repeated_write_leaves_one_change(store, history):
    added = person("ada")
    store.add(added, Write("w1", ANA))
    store.add(added, Write("w1", ANA))
    stored = store.get("ada")
    for _ in range(2):
        store.update(replace(stored, about="x"), revision_of(stored), Write("w2", ANA))
    assert [change.version for change in changes_of(history, "ada")] == [1, 2]


def test_changes_fold_to_the_record_from_the_start_and_from_every_base(store, history):
    add(store, person("ada", location="Oslo"))
    for number in range(45):
        save(store, "ada", about=f"text {number}", location=("Rome", "", "Oslo")[number % 3])
    found = changes_of(history, "ada")
    assert [change.version for change in found] == list(range(1, 47))
    assert fold(found) == content_of(store.get("ada"))
    bases = [number for number, change in enumerate(found) if change.base is not None]
    assert [found[number].version for number in bases] == [20, 40]
    for number in bases:
        assert found[number].base == fold(found[:number])
        assert fold(found[number:]) == content_of(store.get("ada"))


def test_pages_go_from_the_newest_to_the_oldest(store, history):
    add(store, person("ada"))
    for number in range(6):
        save(store, "ada", about=f"text {number}")
    page = history.changes_of("ada", None, 3)
    assert [change.version for change in page.changes] == [7, 6, 5]
    page = history.changes_of("ada", page.older, 3)
    assert [change.version for change in page.changes] == [4, 3, 2]
    page = history.changes_of("ada", page.older, 3)
    assert ([change.version for change in page.changes], page.older) == ([1], None)
    for odd in ("", "x", "é" * 2_000, "2026"):
        assert history.changes_of("ada", odd, 3).changes[0].version == 7


def test_one_change_is_found_by_its_moment_and_those_after_it(store, history):
    add(store, person("ada"), person("bob", "Bob"))
    for number in range(3):
        save(store, "ada", about=f"text {number}")
    first, second, third, fourth = changes_of(history, "ada")
    assert history.find_change("ada", second.moment) == second
    assert history.find_change("bob", second.moment) is None
    assert history.find_change("ada", "no moment") is None
    assert history.changes_since("ada", first.moment, 2) == (second, third)
    assert history.changes_since("ada", third.moment, 9) == (fourth,)
    assert history.changes_since("nobody", "", 9) == ()


def test_many_that_are_added_at_once_have_a_change_each(store, history):
    people = [person(f"p{number}", f"Person {number}", location="Oslo") for number in range(5)]
    through = Through(Via.IMPORT, source="people.csv", job="j1")
    assert list(store.add_many(people, Write("", ANA, through)))[-1] == 5
    for each in people:
        (change,) = changes_of(history, each.id)
        assert (change.kind, change.now) == (ChangeKind.ADDED, content_of(each))
        assert (change.author, change.through) == (ANA, through)


def test_a_restored_backup_brings_its_own_changes(store, history):
    list(store.add_many([person("ada", version=7)], keep_versions=True))
    assert changes_of(history, "ada") == []
    save(store, "ada", about="x")
    (change,) = changes_of(history, "ada")
    assert (change.version, change.base) == (8, {"full_name": "Ada Lovelace"})


def test_what_another_program_wrote_is_told_before_the_next_save(room, store, history):
    add(store, person("ada", location="Oslo"))
    save(store, "ada", about="x")
    room.change_outside("ada", "location", "Rome")
    assert store.get("ada").version == 2
    save(store, "ada", about="y")
    added, ours, outside, last = changes_of(history, "ada")
    assert (outside.through.via, outside.author) == (Via.OUTSIDE, Author())
    assert (outside.was, outside.now) == ({"location": "Oslo"}, {"location": "Rome"})
    assert [one.version for one in (added, ours, outside, last)] == [1, 2, 2, 3]
    assert folded(history, "ada") == content_of(store.get("ada"))


def test_what_another_program_wrote_is_told_by_a_reindex_once(room, store, history):
    add(store, person("ada", location="Oslo"), person("bob", "Bob"))
    room.change_outside("ada", "pronouns", "she/her")
    for _ in range(2):
        list(store.reindex())
    assert [change.through.via for change in changes_of(history, "ada")] == [Via.PAGE, Via.OUTSIDE]
    assert len(changes_of(history, "bob")) == 1


def test_what_was_there_before_its_history_is_taken_as_it_is(room, store, history):
    room.put_outside(person("ada", location="Oslo", about="from before"))
    for _ in range(2):
        list(store.reindex())
    store.get("ada")
    store.maintain()
    assert changes_of(history, "ada") == []
    save(store, "ada", Write("w", ANA), location="Rome")
    (change,) = changes_of(history, "ada")
    base = {"full_name": "Ada Lovelace", "location": "Oslo", "about": "from before"}
    assert (change.base, change.was) == (base, {"location": "Oslo"})
    assert folded(history, "ada") == content_of(store.get("ada"))


def test_a_deletion_leaves_no_trace_of_the_person(store, history):
    add(store, person("ada", "Ada Secret", email="secret@example.com"), person("bob", "Bob"))
    ada = Author("Ada Secret", "a-ada", "ada")
    save(store, "ada", Write("w1", ada), about="secret")
    save(store, "bob", Write("w2", ada), about="by Ada")
    store.delete("ada", None, Write("w3", ANA))
    history.erase("ada")  # again, as after a kill
    assert changes_of(history, "ada") == []
    assert "ecret" not in repr([*history.iter_changes()])
    assert changes_of(history, "bob")[-1].author.name == ""


def test_an_author_is_forgotten(store, history):
    add(store, person("ada"))
    save(store, "ada", Write("w1", ANA), about="x")
    save(store, "ada", Write("w2", Author("Ana Married", "a1", "p-ana")), about="y")
    save(store, "ada", Write("w3", Author("Bo", "a2")), about="z")
    for _ in range(2):
        history.erase_author("a1")
    history.erase_author("nobody")
    names = [(one.author.name, one.author.account_id) for one in changes_of(history, "ada")[1:]]
    assert names == [("", "a1"), ("", "a1"), ("Bo", "a2")]


def test_a_backup_restores_every_change_once(room, store, history):
    add(store, person("ada"), person("bob", "Bob"))
    for number in range(3):
        save(store, "ada", Write(f"w{number}", ANA), about=f"text {number}")
    batches = list(history.iter_changes())
    everything = [change for batch in batches for change in batch.changes]
    assert len(everything) == 5
    after_last = list(history.iter_changes(batches[-1].bookmark))
    assert [change for batch in after_last for change in batch.changes] == []
    before = changes_of(history, "ada")
    assert history.restore_changes(everything) == 0
    history.erase("ada")
    assert history.restore_changes(everything) == 4
    assert changes_of(history, "ada") == before


def test_fifty_savers_of_one_person_leave_as_many_changes_as_versions(big_room: Room):
    add(big_room.store, person("ada"))

    def edit(number: int) -> None:
        saved = False
        while not saved:
            try:
                save(big_room.store, "ada", Write(f"w{number}", ANA), about=f"text {number}")
                saved = True
            except EditConflict:
                continue

    with ThreadPoolExecutor(10) as threads:
        list(threads.map(edit, range(50)))
    found = changes_of(big_room.open_history(), "ada")
    assert [change.version for change in found] == list(range(1, 52))
    assert len({change.moment for change in found}) == 51
    stored: Employee = big_room.store.get("ada")
    assert fold(found) == content_of(stored)
