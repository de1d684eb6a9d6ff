"""The order of names: by given or by family name, by *Sort as*, and a change of it."""

from collections.abc import Iterator

import pytest

from app.contracts import EmployeeStore, Query
from app.history.changes import Write
from app.storage.dynamodb.tasks import reorder
from app.text.person_names import SortBy
from tests.contracts.employees.test_pages import VIEWS, assert_complete_both_ways, some_people
from tests.support.model_store import ModelStore
from tests.support.stores.bindings import Room
from tests.support.stores.people import add, add_named, everyone, found, names, person

GIVEN, FAMILY = SortBy
PEOPLE = ("Ada Zola", "Dr. Bea Young", "Cleo van Dam", "Dora Adams", "山田 太郎", "Eve")
BY_GIVEN = ["Ada Zola", "Dr. Bea Young", "Cleo van Dam", "Dora Adams", "Eve", "山田 太郎"]
BY_FAMILY = ["Dora Adams", "Eve", "Cleo van Dam", "Dr. Bea Young", "Ada Zola", "山田 太郎"]


@pytest.fixture(autouse=True)
def unhurried_writers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else writes in these tests, so that a reindex need not wait for them."""
    monkeypatch.setattr(reorder, "SETTLE_SECONDS", 0.0)


@pytest.fixture
def by_family(room: Room) -> EmployeeStore:
    store = room.open_another(FAMILY)
    store.set_up()
    return store


def letters(store: EmployeeStore) -> dict[str, int]:
    return dict(store.facets().letters)


def test_titles_are_no_letter(store: EmployeeStore) -> None:
    add_named(store, *PEOPLE)
    assert found(store) == BY_GIVEN
    assert found(store, letter="b") == ["Dr. Bea Young"]
    assert letters(store) == {"a": 1, "b": 1, "c": 1, "d": 1, "e": 1, "other": 1}
    assert store.list_order().problem == ""


def test_an_empty_directory_takes_the_order_of_its_setting(by_family: EmployeeStore) -> None:
    add_named(by_family, *PEOPLE)
    assert found(by_family) == BY_FAMILY
    assert found(by_family, letter="y") == ["Dr. Bea Young"]
    assert letters(by_family) == {"a": 1, "e": 1, "v": 1, "y": 1, "z": 1, "other": 1}
    assert by_family.list_order().problem == ""


def test_a_page_tells_the_key_of_each_name(by_family: EmployeeStore) -> None:
    add_named(by_family, "Ada Zola", "Dora Adams")
    for query in (Query(), Query(words="a"), Query(letter="z"), Query(words="zola ada")):
        page = by_family.browse(query)
        assert len(page.name_keys) == len(page.cards) > 0
        expected = {"Ada Zola": "zola ada", "Dora Adams": "adams dora"}
        assert [expected[name] for name in names(page.cards)] == list(page.name_keys)


@pytest.mark.parametrize("sort_by", SortBy)
def test_sort_as_takes_the_place_of_the_name(room: Room, sort_by: SortBy) -> None:
    store = room.open_another(sort_by)
    store.set_up()
    marquez = person("gabo", "Gabriel García Márquez", sort_as="García Márquez")
    [stored] = add(store, marquez)
    add_named(store, "Alma Alba", "Greta Gala", "Zoe Zeta")
    assert found(store, letter="g") == (
        ["Gabriel García Márquez", "Greta Gala"]
        if sort_by is GIVEN
        else ["Greta Gala", "Gabriel García Márquez"]
    )
    assert found(store, letter="m") == []
    assert stored.sort_as == "García Márquez"
    assert found(store, words="gabriel marquez") == ["Gabriel García Márquez"]


def test_namesakes_are_found_in_every_order(by_family: EmployeeStore) -> None:
    add_named(by_family, "Dr. Ada King", "King Ada", "Ada Kingsley")
    found_by_name = by_family.find_by_name(["Ada King", "ada  KING", "Nobody Here"])
    assert {name: [each.id for each in same] for name, same in found_by_name.items()} == {
        "Ada King": ["dr. ada king"],
        "ada  KING": ["dr. ada king"],
    }


def test_words_are_ordered_by_match_and_then_by_family(by_family: EmployeeStore) -> None:
    add_named(by_family, "Sam Zola", "Sam Adams", "Samuel Abbot", "Ada Sam")
    assert found(by_family, words="sam") == ["Sam Adams", "Ada Sam", "Sam Zola", "Samuel Abbot"]


def test_every_view_is_complete_in_the_order_of_family_names(big_room: Room) -> None:
    people = some_people(60)
    model = ModelStore(FAMILY)
    add(model, *people)
    store = big_room.open_another(FAMILY)
    store.set_up()
    list(store.add_many(people))
    for query in VIEWS:
        expected = [card.id for card in everyone(model, query)]
        assert_complete_both_ways(store, query, 4, expected)


def test_the_list_keeps_its_order_until_it_is_reindexed(room: Room) -> None:
    add_named(room.store, *PEOPLE[:3])
    other = room.open_another(FAMILY)
    other.set_up()
    problem = other.list_order().problem
    assert "in order of given name" in problem
    assert "SORT_BY=family" in problem
    assert "flask reindex" in problem
    add_named(other, *PEOPLE[3:])
    eve = other.get("eve")
    assert other.update(eve, _revision(eve), Write("w-same")).id == "eve"
    assert found(other) == found(room.open_another()) == BY_GIVEN
    assert letters(other) == {"a": 1, "b": 1, "c": 1, "d": 1, "e": 1, "other": 1}

    assert list(other.reindex())
    assert other.list_order().problem == ""
    again = room.open_another(FAMILY)
    assert found(again) == BY_FAMILY
    assert letters(again) == {"a": 1, "e": 1, "v": 1, "y": 1, "z": 1, "other": 1}
    assert list(again.reindex())[-1].changed == 0


def test_a_machine_with_the_setting_of_before_writes_the_order_of_the_list(room: Room) -> None:
    add_named(room.store, "Ada Zola")
    list(room.open_another(FAMILY).reindex())
    before = room.open_another(GIVEN)
    assert "run flask reindex" in before.list_order().problem
    add_named(before, "Zoe Adams")
    list(before.add_many([person("bob", "Bob Miller")]))
    assert found(before) == ["Zoe Adams", "Bob Miller", "Ada Zola"]
    list(before.reindex())
    assert found(before) == ["Ada Zola", "Bob Miller", "Zoe Adams"]


def test_a_reindex_that_was_stopped_is_told_and_ends_later(real_room: Room) -> None:
    people = [person(f"id-{n}", f"Given{n:03} Family{999 - n}") for n in range(120)]
    list(real_room.store.add_many(people))
    changed = real_room.open_another(FAMILY)
    steps: Iterator[object] = changed.reindex()
    next(steps)
    steps.close()  # type: ignore[attr-defined]
    problem = real_room.open_another(FAMILY).list_order().problem
    assert "Until flask reindex has ended" in problem
    assert len(found(changed)) == 120
    list(changed.reindex())
    again = real_room.open_another(FAMILY)
    assert again.list_order().problem == ""
    assert found(again)[0] == "Given119 Family880"


def test_a_cursor_of_the_order_before_is_a_place_in_the_new_one(room: Room) -> None:
    add_named(room.store, *PEOPLE)
    queries = (Query(), Query(words="a"), Query(letter="a"))
    cursors = [room.store.browse(query, None, 1).next for query in queries]
    other = room.open_another(FAMILY)
    list(other.reindex())
    for query, cursor in zip(queries, cursors, strict=True):
        seen = {card.id for card in everyone(other, query)}
        page = other.browse(query, cursor, 10)
        assert {card.id for card in page.cards} <= seen
        if page.previous:
            assert other.browse(query, page.previous, 10) is not None


def _revision(employee: object) -> str:
    from app.model.revision import revision_of

    return revision_of(employee)  # type: ignore[arg-type]
