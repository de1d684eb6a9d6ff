"""Many at once: nobody is lost, nothing is counted twice."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from app.contracts import EmployeeStore
from app.history.changes import Write
from app.model.errors import DirectoryError, EditConflict, EmployeeNotFound
from app.model.revision import revision_of
from tests.support.stores.bindings import Room
from tests.support.stores.people import everyone, found, new_write_id, person

WRITERS = 50


def all_at_once(work: Callable[[int], object], numbers: Iterable[int]) -> list[object]:
    """What each call answered, or the error of ours that it raised."""

    def one(number: int) -> object:
        try:
            return work(number)
        except DirectoryError as error:
            return error

    with ThreadPoolExecutor(WRITERS) as pool:
        return list(pool.map(one, numbers))


def test_fifty_people_add_at_once_and_all_are_there_and_counted(big_room: Room) -> None:
    stores = (big_room.store, big_room.open_another())
    answers = all_at_once(
        lambda n: stores[n % 2].add(
            person(f"id-{n:02}", f"Name {n:02}", location=("Lisbon", "lisbon")[n % 2]),
            Write(f"w{n}"),
        ),
        range(WRITERS),
    )
    assert not [each for each in answers if isinstance(each, DirectoryError)]
    assert len(everyone(big_room.store)) == WRITERS
    facets = big_room.store.facets()
    assert (facets.total, facets.letters) == (WRITERS, {"n": WRITERS})
    assert sum(facets.locations.values()) == WRITERS


def test_the_same_form_sent_many_times_at_once_adds_one(big_store: EmployeeStore) -> None:
    answers = all_at_once(lambda _: big_store.add(person("1", "Ada"), Write("w")), range(20))
    assert len({revision_of(each) for each in answers}) == 1  # type: ignore[arg-type]
    assert big_store.facets().total == 1


def test_of_two_editors_of_one_version_exactly_one_wins(big_store: EmployeeStore) -> None:
    first = big_store.add(person("1", "Ada"), Write("w"))
    answers = all_at_once(
        lambda n: big_store.update(
            replace(first, about=f"Edit {n}"), revision_of(first), Write(f"u{n}")
        ),
        range(12),
    )
    winners = [each for each in answers if not isinstance(each, DirectoryError)]
    assert winners == [big_store.get("1")]
    assert all(isinstance(each, EditConflict) for each in answers if each not in winners)


def test_everyone_who_tries_again_after_a_conflict_gets_through(big_store: EmployeeStore) -> None:
    big_store.add(person("1", "Ada", about=""), Write("w"))

    def append(number: int) -> None:
        while True:
            stored = big_store.get("1")
            wanted = replace(stored, about=f"{stored.about}{number},")
            try:
                big_store.update(wanted, revision_of(stored), Write(f"u{number}-{stored.version}"))
                return
            except EditConflict:
                continue

    all_at_once(append, range(8))
    stored = big_store.get("1")
    assert sorted(stored.about.strip(",").split(",")) == sorted(map(str, range(8)))
    assert stored.version == 9


def test_edit_against_delete_leaves_one_truth(big_store: EmployeeStore) -> None:
    for n in range(6):
        first = big_store.add(person(f"{n}", f"Name {n}", location="Lisbon"), Write(f"w{n}"))

        def edit_or_delete(turn: int, first=first, n=n) -> object:
            if turn % 2:
                return big_store.delete(first.id, revision_of(first), Write(f"d{n}-{turn}"))
            wanted = replace(first, location="Porto")
            return big_store.update(wanted, revision_of(first), Write(f"u{n}-{turn}"))

        all_at_once(edit_or_delete, range(4))
    left = everyone(big_store)
    facets = big_store.facets()
    assert facets.total == len(left)
    assert facets.locations.get("Porto", 0) == len(left)
    assert "Lisbon" not in facets.locations
    assert len(found(big_store, location="porto")) == len(left)


def test_counts_are_exact_after_fifty_writers_of_every_kind(big_room: Room) -> None:
    stores = (big_room.store, big_room.open_another())
    list(big_room.store.add_many(person(f"id-{n}", f"Name {n}") for n in range(40)))

    def write(number: int) -> None:
        store = stores[number % 2]
        employee_id = f"id-{number % 40}"
        try:
            stored = store.get(employee_id)
            if number % 3 == 0:
                store.delete(employee_id, revision_of(stored), Write(new_write_id()))
            else:
                place = f"Place {number % 5}"
                wanted = replace(stored, location=place, badges=("bug", "apple")[: number % 3])
                store.update(wanted, revision_of(stored), Write(new_write_id()))
        except (EditConflict, EmployeeNotFound):
            store.add(
                person(f"new-{number}", f"Other {number}", location="Lisbon"), Write(new_write_id())
            )

    all_at_once(write, range(150))
    store = big_room.store
    people = [store.get(card.id) for card in everyone(store)]
    facets = store.facets()
    assert facets.total == len(people)
    for field, counted in (("location", facets.locations),):
        values = [getattr(each, field) for each in people if getattr(each, field)]
        assert dict(counted) == {value: values.count(value) for value in sorted(set(values))}
    assert facets.badges.get("bug", 0) == sum("bug" in each.badges for each in people)
    assert list(store.reindex())[-1].changed == 0
    assert store.facets() == facets
