"""get_many, find_by_email, each and versions that come back: what imports and exports ask for."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.contracts import MAX_NAMESAKES, EmployeeStore
from app.history.changes import Write
from app.model.employee import Employee
from app.model.errors import EditConflict
from app.model.revision import revision_of
from tests.support.stores.bindings import Room
from tests.support.stores.people import add, found, new_write_id, person

LONG_IDS = ("x" * 65, "x" * 66, "雨" * 30, "a/b", "é", "10", "9")


def everybody(store: EmployeeStore, bookmark: str = "") -> list[Employee]:
    return [each for batch in store.iter_batches(bookmark) for each in batch.people]


def by_id(people: list[Employee]) -> dict[str, Employee]:
    assert len({each.id for each in people}) == len(people)
    return {each.id: each for each in people}


def test_many_are_read_by_id_and_who_is_not_there_is_left_out(store: EmployeeStore) -> None:
    stored = add(store, *(person(each, f"Name {n}") for n, each in enumerate(LONG_IDS)))
    store.delete("9", None, Write(new_write_id()))
    asked = [*LONG_IDS, "nobody", "", "x" * 3_000, "\0", "\ud800", "10", "a/b"]
    assert store.get_many(asked) == {each.id: each for each in stored if each.id != "9"}
    assert store.get_many([]) == {}
    assert store.get_many({"nobody"}) == {}


def test_many_are_read_though_another_program_put_them_in(room: Room) -> None:
    room.put_outside(person("1", "Bea Berg", location="Lisbon"))
    assert room.store.get_many(["1", "2"]) == {"1": room.store.get("1")}


def test_a_hundred_are_read_at_once_and_no_more(big_store: EmployeeStore) -> None:
    people = [person(f"{n:03}", email=f"p{n}@example.com") for n in range(100)]
    list(big_store.add_many(people))
    assert list(by_id([*big_store.get_many([each.id for each in people]).values()])) == [
        each.id for each in people
    ]
    addresses = [each.email for each in people]
    assert big_store.find_by_email(addresses) == {each.email: (each.id,) for each in people}
    with pytest.raises(ValueError, match="100"):
        big_store.get_many([f"{n}" for n in range(101)])
    with pytest.raises(ValueError, match="100"):
        big_store.find_by_email([f"{n}@example.com" for n in range(101)])


def test_people_are_found_by_every_spelling_of_their_address(store: EmployeeStore) -> None:
    add(
        store,
        person("2", email="Ada@Example.com"),
        person("10", email=" ada@example.com"),
        person("3", email="jose\u0301@example.com"),
        person("4", email=""),
        person("5", email="ada@example.community"),
    )
    asked = ("ADA@example.COM", "ada@example.com", "Jos\u00e9@example.com", "", " ", "ada", "x@y.z")
    assert store.find_by_email(asked) == {
        "ADA@example.COM": ("10", "2"),
        "ada@example.com": ("10", "2"),
        "Jos\u00e9@example.com": ("3",),
    }
    assert store.find_by_email([]) == {}
    odd = ("a\0@example.com", "a\ud800@example.com", "x" * 3_000, "%", "ada@example.com'")
    assert store.find_by_email(odd) == {}


def test_people_are_found_by_every_spelling_of_their_employee_number(store: EmployeeStore) -> None:
    add(
        store,
        person("2", employee_number="FJ-1001"),
        person("10", employee_number=" fj-1001 "),
        person("3", employee_number="001001"),
        person("4", employee_number=""),
        person("5", employee_number="FJ-10012", email="fj-1001"),
    )
    asked = ("fj-1001", "FJ-1001", "001001", "1001", "", " ", "fj", "x")
    assert store.find_by_number(asked) == {
        "fj-1001": ("10", "2"),
        "FJ-1001": ("10", "2"),
        "001001": ("3",),
    }
    stored = store.get("3")
    store.update(replace(stored, employee_number="7"), revision_of(stored), Write("w"))
    store.delete("2", None, Write("w"))
    assert store.find_by_number(asked) == {"fj-1001": ("10",), "FJ-1001": ("10",)}
    assert store.find_by_number(["7"]) == {"7": ("3",)}
    assert store.find_by_number([]) == {}
    odd = ("a\0", "a\ud800", "x" * 3_000, "%", "7'")
    assert store.find_by_number(odd) == {}
    with pytest.raises(ValueError, match="100"):
        store.find_by_number([f"{n}" for n in range(101)])


def test_an_employee_number_that_another_program_wrote_is_found_after_reindex(room: Room) -> None:
    add(room.store, person("1", employee_number="1001"))
    room.change_outside("1", "employee_number", "2002")
    list(room.store.reindex())
    assert room.store.find_by_number(["1001", "2002"]) == {"2002": ("1",)}


def test_very_long_addresses_are_the_same_when_they_begin_alike(store: EmployeeStore) -> None:
    add(store, person("1", email="\u0390" * 300), person("2", email="ﬃ" * 200))
    assert store.find_by_email(["\u0390" * 250]) == {"\u0390" * 250: ("1",)}
    assert store.find_by_email(["FFI" * 200]) == {}
    assert store.find_by_email(["ﬃ" * 200]) == {"ﬃ" * 200: ("2",)}


def test_an_address_follows_every_change(store: EmployeeStore) -> None:
    (ada,) = add(store, person("1", email="ada@example.com"))
    list(store.add_many([person("2", email="bea@example.com")]))
    ada = store.update(
        replace(ada, email="zoe@example.com"), revision_of(ada), Write(new_write_id())
    )
    addresses = ("ada@example.com", "bea@example.com", "zoe@example.com")
    assert store.find_by_email(addresses) == {
        "bea@example.com": ("2",),
        "zoe@example.com": ("1",),
    }
    store.update(replace(ada, email=""), revision_of(ada), Write(new_write_id()))
    store.delete("2", None, Write(new_write_id()))
    assert store.find_by_email(addresses) == {}


def test_people_are_found_by_every_spelling_of_their_name(store: EmployeeStore) -> None:
    names = {"1": "José Núñez", "2": "jose NUNEZ", "3": "José Núñez-Ruiz", "4": "山田太郎"}
    for employee_id, name in names.items():
        store.add(Employee(id=employee_id, full_name=name), Write("w"))
    asked = ["Jose Nunez", "José Núñez", "José", "José Núñez-Ruiz", "山田太郎", "", "\ud800"]
    found = store.find_by_name(asked)
    assert set(found["Jose Nunez"]) == {("1", "José Núñez"), ("2", "jose NUNEZ")}
    assert found["José Núñez"] == found["Jose Nunez"]
    assert found["José Núñez-Ruiz"] == (("3", "José Núñez-Ruiz"),)
    assert found["山田太郎"] == (("4", "山田太郎"),)
    assert found.keys() == set(asked) - {"José", "", "\ud800"}
    store.delete("4", None, Write("w"))
    assert store.find_by_name(["山田太郎"]) == {}
    assert store.find_by_name([]) == {}


def test_of_many_people_with_one_name_some_are_found(big_store: EmployeeStore) -> None:
    list(big_store.add_many(Employee(id=f"a{n}", full_name="Ada Berg") for n in range(30)))
    names = ["Ada Berg", *(f"Nobody {n}" for n in range(99))]
    found = big_store.find_by_name(names)
    assert list(found) == ["Ada Berg"]
    assert len(found["Ada Berg"]) == MAX_NAMESAKES
    with pytest.raises(ValueError, match="100"):
        big_store.find_by_name([*names, "One too many"])


def test_a_reindex_finds_the_address_that_another_program_wrote(room: Room) -> None:
    add(room.store, person("1", email="ada@example.com"))
    room.put_outside(person("2", "Bea", email="bea@example.com"))
    room.change_outside("1", "email", "zoe@example.com")
    assert room.store.find_by_email(["ada@example.com"]) == {}
    list(room.store.reindex())
    assert room.store.find_by_email(["ada@example.com", "bea@example.com", "zoe@example.com"]) == {
        "bea@example.com": ("2",),
        "zoe@example.com": ("1",),
    }


def test_everyone_comes_once_whole_and_as_they_are_stored(room: Room) -> None:
    store = room.store
    assert everybody(store) == []
    full = person("1", "Ada", about="One\nTwo", badges=("bug", "rocket"), start_date="2024-02-29")
    add(store, full, *(person(each) for each in LONG_IDS))
    room.put_outside(person("outside", "Bea"))
    store.delete("9", None, Write(new_write_id()))
    expected = {each: store.get(each) for each in ("1", "outside", *LONG_IDS) if each != "9"}
    assert by_id(everybody(store)) == expected


def test_a_bookmark_goes_on_behind_its_batch(big_store: EmployeeStore) -> None:
    ids = {f"{n:04}" for n in range(1_030)}
    list(big_store.add_many(person(each) for each in sorted(ids)))
    first, *rest = big_store.iter_batches()
    assert 0 < len(first.people) <= 1_000
    seen = {each.id for each in first.people}
    gone = next(iter(ids - seen))
    big_store.delete(first.people[-1].id, None, Write(new_write_id()))
    big_store.delete(gone, None, Write(new_write_id()))
    assert {each.id for batch in rest for each in batch.people} == ids - seen
    behind = everybody(big_store, first.bookmark)
    assert set(by_id(behind)) == ids - seen - {gone}
    last = rest[-1].bookmark
    assert everybody(big_store, last) == []


def test_people_who_come_and_go_meanwhile_hide_nobody(big_store: EmployeeStore) -> None:
    stay = [person(f"{n:04}") for n in range(0, 140, 2)]
    list(big_store.add_many(stay))
    running = big_store.iter_batches()
    seen = [each.id for each in next(running).people]
    list(big_store.add_many([person(f"{n:04}") for n in range(1, 100, 2)]))
    for n in range(1, 20, 2):
        big_store.delete(f"{n:04}", None, Write(new_write_id()))
    seen += [each.id for batch in running for each in batch.people]
    stayed = {each.id for each in stay}
    assert sorted(each for each in seen if each in stayed) == sorted(stayed)
    assert len(seen) == len(set(seen))


def test_a_backup_comes_back_with_its_versions_and_times(store: EmployeeStore) -> None:
    moment = datetime(2020, 2, 29, 12, 30, 15, 123456, tzinfo=UTC)
    people = [
        person("1", "Ada", version=7, updated_at=moment),
        person("2", "Bea", version=1, updated_at=None),
        person("3", "Cleo", version=0, updated_at=None),
    ]
    assert list(store.add_many(people, keep_versions=True))[-1] == 3
    assert store.get_many(["1", "2", "3"]) == {each.id: each for each in people}
    assert found(store) == ["Ada", "Bea", "Cleo"]
    ada = store.get("1")
    assert (
        store.update(replace(ada, about="x"), revision_of(ada), Write(new_write_id())).version == 8
    )
    with pytest.raises(EditConflict):
        store.update(replace(ada, about="y"), revision_of(ada), Write(new_write_id()))
    assert list(store.add_many(people, keep_versions=True))[-1:] in ([], [0])


def test_without_being_told_versions_begin_anew(store: EmployeeStore) -> None:
    moment = datetime(2020, 2, 29, tzinfo=UTC)
    list(store.add_many([person("1", version=7, updated_at=moment)]))
    stored = store.get("1")
    assert stored.version == 1
    assert stored.updated_at is not None
    assert stored.updated_at > moment


def test_people_are_listed_and_counted_by_the_month_they_joined(store: EmployeeStore) -> None:
    add(
        store,
        person("1", "Ada", start_date="2026-03-01", location="Lisbon"),
        person("2", "Bea", start_date="2026-03-31"),
        person("3", "Cleo", start_date="2025-12-24"),
        person("4", "Dora"),
        person("5", "Edith", start_date="March"),
        person("6", "Fay", start_date="2026-13-01"),
    )
    list(store.add_many([person("7", "Gus", start_date="2026-03-15")]))
    assert found(store, joined="2026-03") == ["Ada", "Bea", "Gus"]
    assert found(store, joined="2026-03", location="lisbon") == ["Ada"]
    assert found(store, joined="2026-03", words="be") == ["Bea"]
    assert found(store, joined="2026-03", letter="g") == ["Gus"]
    for nonsense in ("2026-13", "2026", "2026-03-01", "March", "2026-3", "2026-03\0", "٢٠٢٦-٠٣"):
        assert found(store, joined=nonsense) == []
    assert list(store.facets().joined.items()) == [("2025-12", 1), ("2026-03", 3)]


def test_the_months_follow_every_change(store: EmployeeStore) -> None:
    (ada,) = add(store, person("1", "Ada", start_date="2026-03-01"))
    ada = store.update(
        replace(ada, start_date="2026-04-01"), revision_of(ada), Write(new_write_id())
    )
    assert (found(store, joined="2026-03"), found(store, joined="2026-04")) == ([], ["Ada"])
    assert store.facets().joined == {"2026-04": 1}
    store.update(replace(ada, start_date=""), revision_of(ada), Write(new_write_id()))
    assert store.facets().joined == {}
    assert found(store, joined="2026-04") == []
