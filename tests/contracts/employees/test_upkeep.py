"""set_up, check, reindex, add_many, photo_keys: what commands ask of a store."""

import time
from dataclasses import replace
from itertools import islice
from threading import Event

from app.contracts import EmployeeStore
from app.contracts.following import FollowObserver
from app.history.changes import Write
from app.model.employee import Employee
from app.model.revision import revision_of
from tests.support.model_store import ModelStore
from tests.support.stores.bindings import Room
from tests.support.stores.people import add, everyone, found, new_write_id, person


def some(how_many: int) -> list[Employee]:
    return [
        person(f"id-{n:03}", f"Name {n:03}", location=("Lisbon", "Porto")[n % 2], badges=("bug",))
        for n in range(how_many)
    ]


def test_set_up_can_be_repeated_and_changes_nothing(room: Room) -> None:
    added = room.store.add(person("1"), Write("w"))
    for sentence in room.open_another().set_up():
        assert sentence.endswith(".")
    assert room.store.get("1") == added
    assert found(room.store) == ["Ada Lovelace"]


def test_a_store_that_was_set_up_passes_its_check(store: EmployeeStore) -> None:
    store.check()
    store.maintain()


def test_many_people_are_added_at_once(big_store: EmployeeStore) -> None:
    progress = list(big_store.add_many(iter(some(120))))
    assert progress == sorted(progress)
    assert progress[-1] == 120
    assert [card.id for card in everyone(big_store)] == [each.id for each in some(120)]
    assert found(big_store, words="porto name 119", badge="bug") == ["Name 119"]
    facets = big_store.facets()
    assert (facets.total, facets.locations) == (120, {"Lisbon": 60, "Porto": 60})
    stored = big_store.get("id-007")
    assert stored.version == 1
    assert stored.same_content(some(8)[7])


def test_nobody_is_added_by_nobody(store: EmployeeStore) -> None:
    assert list(islice(store.add_many([]), 5))[-1:] in ([], [0])
    assert everyone(store) == []


def test_adding_many_twice_adds_each_once_and_leaves_what_is_there(
    big_store: EmployeeStore,
) -> None:
    list(big_store.add_many(some(40)))
    changed = big_store.get("id-001")
    changed = big_store.update(replace(changed, about="Changed."), revision_of(changed), Write("w"))
    big_store.delete("id-002", None, Write("w2"))
    last = list(big_store.add_many(some(60)))[-1]
    assert last == 20
    assert big_store.get("id-001") == changed
    ids = [card.id for card in everyone(big_store)]
    assert ids == [each.id for each in some(60) if each.id != "id-002"]
    assert big_store.facets().total == 59


def test_an_id_given_twice_is_added_once_as_first_given(store: EmployeeStore) -> None:
    list(store.add_many([person("1", "Ada"), person("2", "Bea"), person("1", "Zoe")]))
    assert found(store) == ["Ada", "Bea"]


def test_adding_many_can_be_left_and_taken_up_again(big_store: EmployeeStore) -> None:
    people = some(520)
    running = big_store.add_many(people)
    next(running)
    running.close()  # type: ignore[attr-defined]
    list(big_store.add_many(people))
    list(big_store.reindex())
    assert [card.id for card in everyone(big_store)] == [each.id for each in people]
    assert big_store.facets().total == 520


def test_a_person_added_in_bulk_can_be_edited_and_deleted(store: EmployeeStore) -> None:
    list(store.add_many(some(3)))
    stored = store.get("id-001")
    changed = store.update(replace(stored, location="Faro"), revision_of(stored), Write("w"))
    assert changed.version == 2
    store.delete("id-000", None, Write("w2"))
    assert found(store) == ["Name 001", "Name 002"]
    assert store.facets().locations == {"Faro": 1, "Lisbon": 1}


def test_every_photo_that_a_record_names_is_listed(store: EmployeeStore) -> None:
    keys = [f"employee_pic/{n:032x}.jpg" for n in range(3)]
    for n, key in enumerate(keys):
        add(store, person(str(n), photo_key=key))
    add(store, person("none"))
    store.delete("2", None, Write(new_write_id()))
    assert sorted(store.photo_keys()) == keys[:2]


def test_a_reindex_of_what_is_right_changes_nothing(store: EmployeeStore) -> None:
    add(store, *some(5))
    before = everyone(store), store.facets()
    for force in (False, True):
        last = list(store.reindex(force=force))[-1]
        assert last.done == 5
        assert (everyone(store), store.facets()) == before
    assert list(store.reindex())[-1].changed == 0


def test_a_reindex_finds_who_was_put_in_from_outside(room: Room) -> None:
    store = room.store
    add(store, person("1", "Ada", location="Lisbon"))
    room.put_outside(person("2", "Bea Berg", location="Lisbon", badges=("bug",)))
    assert store.get("2").version == 0
    list(store.reindex())
    assert found(store) == ["Ada", "Bea Berg"]
    assert found(store, words="lisb berg", badge="bug", letter="b") == ["Bea Berg"]
    facets = store.facets()
    assert (facets.total, facets.locations) == (2, {"Lisbon": 2})


def test_a_reindex_follows_what_was_changed_outside(room: Room) -> None:
    store = room.store
    add(store, person("1", "Ada", location="Lisbon"), person("2", "Bea", location="Lisbon"))
    room.change_outside("1", "full_name", "Zoe")
    room.change_outside("1", "location", "Porto")
    list(store.reindex())
    assert found(store) == ["Bea", "Zoe"]
    assert found(store, words="ada") == []
    assert found(store, location="Lisbon") == ["Bea"]
    assert store.facets().locations == {"Lisbon": 1, "Porto": 1}
    assert store.facets().letters == {"b": 1, "z": 1}


def test_a_reindex_forgets_who_was_deleted_outside(room: Room) -> None:
    store = room.store
    add(store, *some(4))
    room.delete_outside("id-001")
    list(store.reindex())
    assert found(store) == ["Name 000", "Name 002", "Name 003"]
    assert found(store, location="Porto") == ["Name 003"]
    assert store.facets().total == 3
    assert store.facets().badges == {"bug": 3}


def test_who_was_deleted_outside_is_shown_in_no_list_after_a_reindex_and_can_be_added_again(
    room: Room,
) -> None:
    add(room.store, person("1", "Ada"))
    room.delete_outside("1")
    room.put_outside(person("1", "Ada"))
    list(room.store.reindex())
    assert found(room.store) == ["Ada"]
    assert room.store.facets().total == 1


def test_an_edit_lists_who_was_put_in_from_outside(room: Room) -> None:
    room.put_outside(person("1", "Bea", location="Lisbon"))
    stored = room.store.get("1")
    changed = room.store.update(replace(stored, about="New."), revision_of(stored), Write("w"))
    assert changed.version == 1
    assert found(room.store, location="lisbon", words="bea") == ["Bea"]
    assert room.store.facets().total == 1


def test_who_was_put_in_from_outside_can_be_deleted(room: Room) -> None:
    room.put_outside(person("1", "Bea", location="Lisbon"))
    room.store.delete("1", None, Write("w"))
    list(room.store.reindex())
    assert found(room.store) == []
    assert room.store.facets().total == 0


def test_a_reindex_beside_writers_is_exact(big_room: Room) -> None:
    store, model = big_room.store, ModelStore()
    people = some(300)
    list(store.add_many(people))
    list(model.add_many(people))
    for n in range(0, 60, 2):
        big_room.change_outside(f"id-{n:03}", "location", "Faro")
        model.change_outside(f"id-{n:03}", "location", "Faro")
    big_room.delete_outside("id-299")
    model.delete_outside("id-299")
    for n, _ in enumerate(store.reindex()):
        for each in (store, model) if n < 20 else ():
            each.delete(f"id-{200 + n}", None, Write(f"d{n}"))
            each.add(person(f"new-{n}", f"Name new {n}", location="Faro"), Write(f"a{n}"))
            old = each.get(f"id-{n:03}")
            each.update(replace(old, job_title="Clerk"), revision_of(old), Write(f"u{n}"))
    assert everyone(store) == everyone(model)
    assert found(store, words="faro") == found(model, words="faro")
    assert store.facets() == model.facets()


class Watching(FollowObserver):
    """What a follower tells."""

    def __init__(self) -> None:
        self.caught_up: list[float] = []
        self.waits = 0

    def caught_up_to(self, at: float) -> None:
        self.caught_up.append(at)

    def waits_for_another(self) -> None:
        self.waits += 1


def test_a_follower_tells_how_far_it_is(room: Room) -> None:
    before = time.time()
    watching = Watching()
    said = list(room.open_another().follow(Event(), once=True, observer=watching))
    if "nothing to follow" in said[0]:
        assert watching.caught_up == []
    else:
        assert before <= watching.caught_up[-1] <= time.time()
    assert watching.waits == 0


def test_what_others_write_is_brought_in_or_the_store_is_told_of_no_changes(room: Room) -> None:
    add(room.store, person("1"), person("2", "Bob"))
    said = list(room.open_another().follow(Event(), once=True))
    room.put_outside(person("3", "Carol"))
    said += room.open_another().follow(Event(), once=True)
    room.change_outside("1", "full_name", "Ada King")
    said += room.open_another().follow(Event(), once=True)
    room.delete_outside("2")
    said += room.open_another().follow(Event(), once=True)
    assert all(sentence.endswith(".") for sentence in said)
    if "nothing to follow" not in said[0]:
        assert found(room.store) == ["Ada King", "Carol"]
        assert room.store.facets().total == 2


def test_one_that_is_told_to_stop_follows_no_more(store: EmployeeStore) -> None:
    stop = Event()
    stop.set()
    assert len(list(store.follow(stop))) <= 1  # that there is nothing to follow


def test_a_secret_is_shared_or_there_is_none(room: Room) -> None:
    first = room.store.shared_secret("a" * 32)
    assert first in (None, "a" * 32)
    assert room.open_another().shared_secret("b" * 32) == first
