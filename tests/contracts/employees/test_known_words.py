"""The directory's own words: hints for searches that find few."""

import threading

from app.contracts import EmployeeStore
from app.history.changes import Write
from app.model.revision import revision_of
from tests.support.stores.bindings import Room
from tests.support.stores.people import add, new_write_id, person

ADA = person(
    "1",
    "Ada O'Brien-Łukasz",
    preferred_name="Àdy",
    job_title="Analyst X",
    department="R2D2",
    location="São Paulo",
    email="countess@navy.example",
)


def test_the_words_of_who_was_saved_are_known_after_tidying(store: EmployeeStore) -> None:
    add(store, ADA)
    store.maintain()
    words = list(store.vocabulary())
    assert {"ada", "obrien", "brien", "lukasz", "ady", "analyst", "sao", "paulo"} <= set(words)
    assert len(words) == len(set(words))


def test_what_cannot_be_misspelt_is_no_known_word(store: EmployeeStore) -> None:
    add(store, ADA, person("2", "王小明"), person("3", "X" * 40), person("4", "सुनीता"))
    store.maintain()
    words = set(store.vocabulary())
    assert "सुनीता" in words
    assert not {"countess", "r2d2", "x", "王小明", "小明", "x" * 40} & words


def test_a_change_brings_its_words_and_keeps_no_order_of_writes(room: Room) -> None:
    stored = add(room.store, person("1", "Ada Byron"))[0]
    room.store.maintain()
    other = room.open_another()
    changed = person("1", "Ada Lovelace")
    other.update(changed, revision_of(stored), Write(new_write_id()))
    other.maintain()
    other.maintain()
    assert {"ada", "lovelace"} <= set(room.store.vocabulary())


def test_words_come_with_many_people_at_once_and_with_reindex(room: Room) -> None:
    list(room.store.add_many([person("1", "Grace Hopper")]))
    assert {"grace", "hopper"} <= set(room.store.vocabulary())
    room.put_outside(person("2", "Zuzanna Wróblewska"))
    list(room.store.reindex())
    words = list(room.store.vocabulary())
    assert {"zuzanna", "wroblewska"} <= set(words)
    assert len(words) == len(set(words))


def test_several_machines_bring_the_same_words_at_once(big_room: Room) -> None:
    machines = [big_room.open_another() for _ in range(4)]
    for number, machine in enumerate(machines):
        add(machine, person(f"p{number}", "Ada Lovelace", department="Computing"))
    together = [threading.Thread(target=machine.maintain) for machine in machines]
    for each in together:
        each.start()
    for each in together:
        each.join()
    words = list(big_room.store.vocabulary())
    assert sorted(words) == ["ada", "computing", "lovelace"]


def test_an_empty_directory_knows_no_words(store: EmployeeStore) -> None:
    assert list(store.vocabulary()) == []
