"""get, add, update and delete: nothing is lost, nothing is done twice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.contracts import EmployeeStore
from app.history.changes import Write
from app.model.employee import Employee
from app.model.errors import EditConflict, EmployeeDeleted, EmployeeNotFound
from app.model.fields import CONTENT_FIELDS
from app.model.revision import revision_of
from tests.support.stores.bindings import Room
from tests.support.stores.people import add, everyone, found, names, new_write_id, person

FULL = person(
    "3f0c9a2e-5d3e-4a53-9b8f-0c7e3f5f2a10",
    "Amara Adeyemi-Lindqvist",
    preferred_name="Mara",
    pronouns="she/her",
    job_title="Engineer",
    department="Platform",
    location="Lisbon",
    email="amara@example.com",
    phone="+1 206 555 0100",
    time_zone="Europe/Lisbon",
    mobile="+351 911 555 010",
    start_date="2024-02-29",
    employee_number="E-10432",
    about="First line.\nSecond line, with \u201cquotes\u201d and a \U0001f600.",
    badges=("apple", "umbrella"),
    photo_key="employee_pic/0123456789abcdef0123456789abcdef.jpg",
)


def same_content(one: Employee, other: Employee) -> bool:
    return one.same_content(other) and one.id == other.id


def test_an_added_employee_is_read_back_whole_as_version_1(store: EmployeeStore) -> None:
    added = store.add(FULL, Write("w"))
    assert same_content(added, FULL)
    assert added.version == 1
    assert added.updated_at is not None
    assert abs(datetime.now(UTC) - added.updated_at) < timedelta(minutes=1)
    assert store.get(FULL.id) == added


def test_version_and_time_of_the_argument_are_ignored(store: EmployeeStore) -> None:
    added = store.add(
        replace(FULL, version=7, updated_at=datetime(1999, 1, 1, tzinfo=UTC)), Write("w")
    )
    assert added.version == 1
    assert added.updated_at.year > 1999


def test_what_was_added_is_seen_from_another_machine_at_once(room: Room) -> None:
    other = room.open_another()
    added = room.store.add(FULL, Write("w"))
    assert other.get(FULL.id) == added
    assert names(everyone(other)) == ["Amara Adeyemi-Lindqvist"]
    assert other.facets().total == 1


def test_an_unknown_id_is_not_found(store: EmployeeStore) -> None:
    for employee_id in (
        "nobody",
        "",
        "x" * 3_000,
        "a\0b",
        "../../etc/passwd",
        "\ud800",
        "\U0001f600",
    ):
        with pytest.raises(EmployeeNotFound):
            store.get(employee_id)
        with pytest.raises(EmployeeNotFound):
            store.delete(employee_id, None, Write("w"))
        with pytest.raises(EmployeeNotFound):
            store.update(person(employee_id or "nobody", "New"), "1.", Write("w"))


ODD_IDS = {
    "short": "1", "marks": "a/b?c#d%20", "scripts": "\u00fcnicode \u96e8",
    "like-a-hash": "~" + "0" * 32, "64": "x" * 64, "65": "x" * 65, "1800-bytes": "\u96e8" * 600,
    "spaces": " two  spaces ",
}  # fmt: skip


def test_an_odd_id_works_like_any_other(store: EmployeeStore) -> None:
    [other] = add(store, person("other", "Odd Two"))
    for kind, employee_id in ODD_IDS.items():
        [first] = add(store, person(employee_id, "Odd One"))
        assert store.get(employee_id) == first, kind
        assert [card.id for card in everyone(store)] == [employee_id, "other"], kind
        changed = store.update(
            replace(first, full_name="Odd Zed"), revision_of(first), Write(new_write_id())
        )
        assert [card.id for card in everyone(store)] == ["other", employee_id], kind
        store.delete(employee_id, revision_of(changed), Write(new_write_id()))
        assert [card.id for card in everyone(store)] == ["other"], kind
        assert store.get("other") == other, kind


def test_ids_that_differ_in_case_or_accents_are_different_people(store: EmployeeStore) -> None:
    add(store, person("a", "One"), person("A", "Two"), person("\u00e4", "Three"))
    assert [store.get(each).full_name for each in ("a", "A", "\u00e4")] == ["One", "Two", "Three"]


def test_texts_of_200_four_byte_characters_are_kept_and_found(store: EmployeeStore) -> None:
    longest = "\U00020000" * 200
    added = store.add(
        person("long", longest, job_title=longest, department=longest, location=longest,
               preferred_name=longest, about="\U0001f600" * 2_000), Write("w")
    )  # fmt: skip
    assert store.get("long") == added
    assert found(store, location=longest, department=longest, job_title=longest) == [longest]
    assert found(store, words="\U00020000" * 3) == [longest]
    assert store.facets().locations == {longest: 1}


def test_a_name_longer_than_a_line_is_cut_in_the_list_only(store: EmployeeStore) -> None:
    store.add(person("long", "Long" * 100, location="a\tb  c"), Write("w"))
    assert store.get("long").full_name == "Long" * 100
    card = everyone(store)[0]
    assert len(card.full_name) == 200
    assert card.location == "a b c"


def test_the_same_form_sent_twice_adds_one_person(store: EmployeeStore) -> None:
    first = store.add(FULL, Write("w"))
    assert store.add(FULL, Write("w")) == first
    assert store.facets().total == 1


def test_the_same_form_adds_nothing_after_someone_changed_the_person(store: EmployeeStore) -> None:
    first = store.add(FULL, Write("w"))
    changed = store.update(replace(first, about="Changed."), revision_of(first), Write("w2"))
    with pytest.raises(EditConflict) as conflict:
        store.add(FULL, Write("w"))
    assert conflict.value.stored == changed


def test_the_same_content_by_another_form_changes_nothing(store: EmployeeStore) -> None:
    first = store.add(FULL, Write("w"))
    assert store.add(FULL, Write("another")) == first


def test_a_taken_id_with_other_content_is_a_conflict(store: EmployeeStore) -> None:
    first = store.add(FULL, Write("w"))
    with pytest.raises(EditConflict) as conflict:
        store.add(replace(FULL, full_name="Someone Else"), Write("another"))
    assert conflict.value.stored == first
    assert names(everyone(store)) == ["Amara Adeyemi-Lindqvist"]


def test_each_field_can_be_changed_by_itself(store: EmployeeStore) -> None:
    stored = store.add(FULL, Write("w"))
    special = {
        "badges": ("linux",),
        "photo_key": "employee_pic/0002.jpg",
        "hidden": ("phone", "about"),
    }
    for number, field in enumerate(CONTENT_FIELDS, start=2):
        new = special.get(field, "2025-01-31")
        changed = store.update(
            replace(stored, **{field: new}), revision_of(stored), Write(new_write_id())
        )
        assert getattr(changed, field) == new
        assert changed.version == number
        assert store.get(FULL.id) == changed
        assert replace(changed, **{field: getattr(stored, field)}).same_content(stored)
        stored = changed


def test_each_field_can_be_emptied(store: EmployeeStore) -> None:
    stored = store.add(FULL, Write("w"))
    for field in CONTENT_FIELDS:
        if field not in ("full_name", "badges", "hidden"):
            emptied = replace(stored, **{field: ""})
            stored = store.update(emptied, revision_of(stored), Write(new_write_id()))
            assert getattr(store.get(FULL.id), field) == ""
            assert store.get(FULL.id) == stored


def test_all_badges_can_be_taken_away(store: EmployeeStore) -> None:
    first = store.add(FULL, Write("w"))
    store.update(replace(first, badges=()), revision_of(first), Write("w2"))
    assert store.get(FULL.id).badges == ()
    assert store.facets().badges == {}


def test_a_changed_name_moves_the_person_in_the_list(store: EmployeeStore) -> None:
    ada, _, _ = add(store, person("1", "Ada"), person("2", "Bea"), person("3", "Cleo"))
    store.update(replace(ada, full_name="Zoe"), revision_of(ada), Write("w"))
    assert names(everyone(store)) == ["Bea", "Cleo", "Zoe"]
    assert found(store, words="ada") == []
    assert found(store, words="zoe") == ["Zoe"]
    assert found(store, letter="z") == ["Zoe"]


def test_nothing_to_change_writes_nothing(store: EmployeeStore) -> None:
    first = store.add(FULL, Write("w"))
    assert store.update(first, revision_of(first), Write("w2")) == first
    assert store.get(FULL.id) == first


def test_content_that_is_there_already_is_no_conflict(store: EmployeeStore) -> None:
    first = store.add(FULL, Write("w"))
    wanted = replace(first, location="Porto")
    changed = store.update(wanted, revision_of(first), Write("w2"))
    assert store.update(wanted, revision_of(first), Write("w3")) == changed


def test_the_same_form_sent_twice_changes_once(store: EmployeeStore) -> None:
    first = store.add(FULL, Write("w"))
    wanted = replace(first, location="Porto")
    changed = store.update(wanted, revision_of(first), Write("w2"))
    assert store.update(replace(wanted, photo_key=""), revision_of(first), Write("w2")) == changed


def test_an_edit_of_something_old_is_a_conflict_that_tells_what_is_stored(
    store: EmployeeStore,
) -> None:
    first = store.add(FULL, Write("w"))
    changed = store.update(replace(first, location="Porto"), revision_of(first), Write("w2"))
    with pytest.raises(EditConflict) as conflict:
        store.update(replace(first, location="Faro"), revision_of(first), Write("w3"))
    assert conflict.value.stored == changed
    assert store.get(FULL.id) == changed
    assert found(store, location="Faro") == []


def test_an_edit_after_an_edit_and_its_undoing_is_a_conflict(store: EmployeeStore) -> None:
    first = store.add(FULL, Write("w"))
    second = store.update(replace(first, location="Porto"), revision_of(first), Write("w2"))
    store.update(replace(second, location="Lisbon"), revision_of(second), Write("w3"))
    with pytest.raises(EditConflict):
        store.update(replace(first, about="Mine."), revision_of(first), Write("w4"))


def test_a_revision_that_cannot_be_read_is_a_conflict(store: EmployeeStore) -> None:
    first = store.add(FULL, Write("w"))
    for revision in ("", "1", "1.", "nonsense", "\u96e8.x"):
        with pytest.raises(EditConflict):
            store.update(replace(first, about="Mine."), revision, Write(new_write_id()))


def test_what_a_program_outside_changed_is_a_conflict_too(
    room: Room, subtests: pytest.Subtests
) -> None:
    for field in ("job_title", "location", "full_name", "phone", "about"):
        with subtests.test(field):
            first = room.store.add(replace(FULL, id=field), Write(new_write_id()))
            room.change_outside(field, field, "Changed elsewhere")
            changed = replace(first, pronouns="they/them")
            with pytest.raises(EditConflict) as conflict:
                room.store.update(changed, revision_of(first), Write(new_write_id()))
            assert getattr(conflict.value.stored, field) == "Changed elsewhere"
            with pytest.raises(EditConflict):
                room.store.delete(field, revision_of(first), Write(new_write_id()))


def test_an_edit_of_what_a_program_outside_changed_heals_lists_and_counts(room: Room) -> None:
    add(room.store, FULL, person("2", "Bea", location="Lisbon"))
    room.change_outside(FULL.id, "location", "Porto")
    room.change_outside(FULL.id, "full_name", "Zoe Adeyemi")
    stored = room.store.get(FULL.id)
    room.store.update(replace(stored, job_title="Chief"), revision_of(stored), Write("w2"))
    assert found(room.store) == ["Bea", "Zoe Adeyemi"]
    assert found(room.store, words="zoe chief porto") == ["Zoe Adeyemi"]
    assert found(room.store, words="amara") == ["Zoe Adeyemi"]  # the name in the e-mail address
    assert found(room.store, location="porto") == ["Zoe Adeyemi"]
    assert found(room.store, location="lisbon") == ["Bea"]
    assert room.store.facets().locations == {"Lisbon": 1, "Porto": 1}


def test_badges_that_we_do_not_know_are_kept_and_shown_in_no_list(store: EmployeeStore) -> None:
    added = store.add(replace(FULL, badges=("umbrella", "rocket", "apple")), Write("w"))
    assert added.badges == ("apple", "umbrella", "rocket")
    assert store.get(FULL.id) == added
    assert everyone(store)[0].badges == ("apple", "umbrella")
    assert store.facets().badges == {"apple": 1, "umbrella": 1}
    changed = store.update(replace(added, about="Changed."), revision_of(added), Write("w2"))
    assert changed.badges == ("apple", "umbrella", "rocket")


def test_a_deleted_employee_is_gone_from_everywhere(store: EmployeeStore) -> None:
    first, _ = add(store, FULL, person("2", "Bea"))
    assert store.delete(FULL.id, revision_of(first), Write("w")) == first
    with pytest.raises(EmployeeNotFound):
        store.get(FULL.id)
    assert names(everyone(store)) == ["Bea"]
    conditions = {"words": "amara", "letter": "a", "location": "lisbon", "badge": "apple",
                  "department": "platform", "job_title": "engineer"}  # fmt: skip
    for field, value in conditions.items():
        assert found(store, **{field: value}) == []
    facets = store.facets()
    assert (facets.total, facets.letters) == (1, {"b": 1})
    assert (facets.locations, facets.departments, facets.job_titles) == ({}, {}, {})
    assert facets.badges == {}


def test_deleting_without_a_revision_deletes_what_is_stored(store: EmployeeStore) -> None:
    first = store.add(FULL, Write("w"))
    changed = store.update(replace(first, about="Changed."), revision_of(first), Write("w2"))
    assert store.delete(FULL.id, None, Write("w3")) == changed


def test_deleting_something_old_is_a_conflict(store: EmployeeStore) -> None:
    first = store.add(FULL, Write("w"))
    changed = store.update(replace(first, about="Changed."), revision_of(first), Write("w2"))
    with pytest.raises(EditConflict) as conflict:
        store.delete(FULL.id, revision_of(first), Write("w3"))
    assert conflict.value.stored == changed
    assert store.get(FULL.id) == changed


def test_the_same_delete_sent_again_succeeds(store: EmployeeStore) -> None:
    first = store.add(FULL, Write("w"))
    store.delete(FULL.id, revision_of(first), Write("w2"))
    assert store.delete(FULL.id, revision_of(first), Write("w2")).id == FULL.id
    assert store.facets().total == 0


def test_deleting_whom_someone_else_deleted_says_so(store: EmployeeStore) -> None:
    first = store.add(FULL, Write("w"))
    store.delete(FULL.id, None, Write("w2"))
    with pytest.raises(EmployeeDeleted):
        store.delete(FULL.id, revision_of(first), Write("w3"))


def test_deleting_a_missing_employee_says_not_found(store: EmployeeStore) -> None:
    with pytest.raises(EmployeeNotFound) as error:
        store.delete("nobody", None, Write("w"))
    assert not isinstance(error.value, EmployeeDeleted)


def test_the_add_form_of_a_deleted_person_does_not_revive_them(store: EmployeeStore) -> None:
    store.add(FULL, Write("w"))
    store.delete(FULL.id, None, Write("w2"))
    for write_id in ("w", "w2", "another"):
        with pytest.raises(EmployeeDeleted):
            store.add(FULL, Write(write_id))
    assert everyone(store) == []


def test_an_edit_of_a_deleted_person_does_not_revive_them(store: EmployeeStore) -> None:
    first = store.add(FULL, Write("w"))
    store.delete(FULL.id, None, Write("w2"))
    with pytest.raises(EmployeeNotFound):
        store.update(replace(first, about="Mine."), revision_of(first), Write("w3"))
    assert everyone(store) == []


def test_records_are_counted_whether_lists_show_them_or_not(room: Room) -> None:
    assert room.store.count_records() == (0, True)
    add(room.store, person("1"))
    room.put_outside(person("2"))
    assert room.store.count_records() == (2, True)
    assert room.store.count_records().not_listed == "2 records are not listed yet"


def test_of_many_records_a_hundred_are_counted(big_room: Room) -> None:
    list(big_room.store.add_many(person(str(number)) for number in range(101)))
    counted = big_room.store.count_records()
    assert counted == (100, False)
    assert counted.not_listed == "At least 100 records are not listed yet"
