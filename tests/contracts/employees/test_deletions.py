"""delete_many: what undoing an import asks for."""

from __future__ import annotations

import pytest

from app.contracts import MAX_DELETE_BATCH, Deletion, EmployeeStore, Query
from app.history.changes import Write
from app.model.employee import Employee
from app.model.errors import EditConflict, EmployeeDeleted, EmployeeNotFound
from app.model.revision import revision_of
from tests.support.stores.bindings import Room
from tests.support.stores.people import add, everyone, found, names, person


def test_each_is_deleted_or_told_why_not_in_the_order_in_which_they_were_asked(
    big_store: EmployeeStore,
) -> None:
    ada, bea, cid = add(
        big_store,
        person("ada", "Ada Alm", location="Lima", badges=("bug",)),
        person("bea", "Bea Berg", location="Lima", badges=("bug",)),
        person("cid", "Cid Cole", location="Oslo"),
    )
    stale = revision_of(cid)
    cid = big_store.update(person("cid", "Cid Cole", location="Bern"), stale, Write("form"))
    big_store.delete("bea", None, Write("another"))
    outcomes = big_store.delete_many(
        [
            Deletion("cid", stale, Write("undo 1")),
            Deletion("nobody", None, Write("undo 2")),
            Deletion("ada", revision_of(ada), Write("undo 3")),
            Deletion("bea", revision_of(bea), Write("undo 4")),
            Deletion("bea", None, Write("another")),
        ]
    )
    assert [type(each) for each in outcomes] == [
        EditConflict, EmployeeNotFound, Employee, EmployeeDeleted, Employee
    ]  # fmt: skip
    assert isinstance(outcomes[0], EditConflict)
    assert outcomes[0].stored == cid
    assert outcomes[2] == ada
    assert names(everyone(big_store)) == ["Cid Cole"]
    facets = big_store.facets()
    assert (facets.total, facets.locations, facets.badges) == (1, {"Bern": 1}, {})
    assert found(big_store, words="alm") == []
    with pytest.raises(EmployeeDeleted):
        big_store.add(person("ada", "Ada Alm"), Write("form again"))


def test_the_same_again_succeeds_and_one_is_deleted_once(big_store: EmployeeStore) -> None:
    [ada] = add(big_store, person("ada", "Ada Alm"))
    twice = [Deletion("ada", revision_of(ada), Write("undo 1"))] * 2
    other = Deletion("ada", None, Write("undo 2"))
    first = big_store.delete_many([*twice, other])
    assert first[0] == ada
    assert isinstance(first[1], Employee)
    assert first[1].id == "ada"
    assert type(first[2]) is EmployeeDeleted
    again = big_store.delete_many(twice)
    assert [type(each) for each in again] == [Employee, Employee]
    assert big_store.facets().total == 0
    assert big_store.delete_many([]) == []


def test_whoever_another_program_put_in_or_took_out_is_deleted_or_not_there(
    big_room: Room,
) -> None:
    store = big_room.store
    add(store, person("ada", "Ada Alm"), person("bea", "Bea Berg"))
    big_room.put_outside(person("cid", "Cid Cole", location="Lisbon"))
    big_room.delete_outside("bea")
    odd = ("\0", "\ud800", "x" * 3_000, "")
    outcomes = store.delete_many(
        [Deletion(each, None, Write(f"undo {each!r}"[:50])) for each in ("ada", "bea", "cid", *odd)]
    )
    ada, bea, cid, *others = outcomes
    assert isinstance(ada, Employee)
    assert isinstance(bea, EmployeeNotFound)
    assert isinstance(cid, Employee)
    assert [type(each) for each in others] == [EmployeeNotFound] * len(odd)
    list(store.reindex())
    assert everyone(store) == []
    assert store.facets().total == 0


def test_hundreds_are_deleted_at_once_and_the_others_stay(big_store: EmployeeStore) -> None:
    people = [
        person(f"{n:03}", f"Person {n:03}", location=f"Place {n % 7}", badges=("bug",))
        for n in range(320)
    ]
    list(big_store.add_many(people))
    gone = [
        Deletion(each.id, None, Write(f"undo {each.id}")) for each in people if int(each.id) % 5
    ]
    assert all(isinstance(each, Employee) for each in big_store.delete_many(gone))
    left = [f"Person {n:03}" for n in range(0, 320, 5)]
    assert names(everyone(big_store)) == left
    assert names(everyone(big_store, Query(words="person", badge="bug"))) == left
    facets = big_store.facets()
    assert facets.total == len(left)
    assert sum(facets.locations.values()) == len(left)


def test_more_than_the_limit_is_refused(big_store: EmployeeStore) -> None:
    too_many = [Deletion(f"{n}", None, Write("undo")) for n in range(MAX_DELETE_BATCH + 1)]
    with pytest.raises(ValueError, match="500"):
        big_store.delete_many(too_many)
