"""Search by phone numbers: whoever types the end of a number, in any form, finds its person."""

from __future__ import annotations

import pytest

from app.contracts import EmployeeStore, Query
from app.text.phone_numbers import use_region
from tests.support.stores.bindings import Room
from tests.support.stores.people import add, found, person

HAIFA = "+972 3 555 0118"


@pytest.mark.parametrize("region", ["", "IL"])
def test_a_number_is_found_however_either_is_written(big_store: EmployeeStore, region: str) -> None:
    use_region(region)
    forms = (HAIFA, "+972 (0)3-5550118", "00972 3 555 0118", "03-555-0118", "+97235550118 ext. 9")
    add(big_store, *(person(str(n), f"P{n}", phone=form) for n, form in enumerate(forms)))
    add(big_store, person("m", "Mo", mobile=HAIFA), person("o", "Other", phone="+972 3 555 0119"))
    everyone = ["Mo", "P0", "P1", "P2", "P3", "P4"]
    for typed in (
        "0118", "555 0118", "5550118", "555-0118", "3 555 0118", "03-555-0118", HAIFA,
        "+97235550118", "00972 3 5550118", "+972 (0)3 555 0118", "(03) 555.0118", "５５５ ０１１８",
        "٠١١٨",
    ):  # fmt: skip
        assert sorted(found(big_store, words=typed)) == everyone, typed
    for typed in ("118", "01 18 0", "0117", "5550", "+972 3 555", "+1 3 555 0118"):
        assert found(big_store, words=typed) == [], typed


def test_both_numbers_of_a_field_and_of_both_fields_are_found(store: EmployeeStore) -> None:
    add(
        store,
        person("1", "Ada King", phone="+1 206 555 0141 / +1 206 555 0142", mobile="0711 22 33 44"),
        person("2", "Bo King", phone="555 0150 or 555 0151", mobile="+1 206 555 0142"),
        person("3", "Ada Love", phone="+1 206 555 0199"),
    )
    assert found(store, words="0141") == ["Ada King"]
    assert sorted(found(store, words="0142")) == ["Ada King", "Bo King"]
    assert found(store, words="555 0151") == ["Bo King"]
    assert found(store, words="223344") == ["Ada King"]
    assert found(store, words="ada 0142") == ["Ada King"]
    assert found(store, words="0142 bo ki") == ["Bo King"]
    assert found(store, words="0141 0142") == []
    assert found(store, words="0141, ada, 0142") == ["Ada King"]
    assert found(store, words="love 0142") == []


def test_an_extension_is_found_in_every_spelling(store: EmployeeStore) -> None:
    add(
        store,
        person("1", "Ada", phone="+1 206 555 0141 x123"),
        person("2", "Bo", phone="+1 206 555 0141 Durchwahl 4567"),
        person("3", "Cy", phone="+1 206 555 0141"),
    )
    for typed in ("x123", "ext 123", "ext. 123", "#123", "Durchwahl 123", "0141 x123",
                  "206 555 0141 ext 123", "+1 206 555 0141;ext=123"):  # fmt: skip
        assert found(store, words=typed) == ["Ada"], typed
    assert found(store, words="4567") == ["Bo"]
    assert found(store, words="0141,4567") == ["Bo"]
    assert found(store, words="0141") == ["Ada", "Bo", "Cy"]


def test_an_extension_alone_is_found_as_one(store: EmployeeStore) -> None:
    add(store, person("1", "Ada", phone="ext. 5678"), person("2", "Bo", phone="5678"))
    assert found(store, words="x5678") == ["Ada"]
    assert found(store, words="5678") == ["Ada", "Bo"]


def test_digits_dialled_within_a_country_are_no_part_of_a_number(store: EmployeeStore) -> None:
    forms = ("+1 206 555 0141", "(206) 555-0141", "1-206-555-0141")
    add(store, *(person(str(n), f"P{n}", phone=form) for n, form in enumerate(forms)))
    add(store, person("7", "Q", phone="+7 495 123 45 67"))
    for typed in (*forms, "0012065550141"):
        assert sorted(found(store, words=typed)) == ["P0", "P1", "P2"], typed
    assert found(store, words="8 (495) 123-45-67") == ["Q"]


def test_digits_find_words_first_and_then_numbers_each_person_once(store: EmployeeStore) -> None:
    add(
        store,
        person("1", "Zoe", employee_number="0118"),
        person("2", "Ada", phone="+1 206 555 0118"),
        person("3", "Max", employee_number="01189", phone="+1 425 555 0118"),
        person("4", "Bea", phone="+1 206 777 0118", mobile="+44 20 7946 0118"),
        person("5", "Cy", job_title="Agent 0118", about="Was 0118 of 0200"),
        person("6", "Di", about="Born 0118"),
    )
    expected = ["Cy", "Zoe", "Max", "Di", "Ada", "Bea"]
    assert found(store, words="0118") == expected
    for limit in (1, 2, 4):
        assert pages(store, "0118", limit) == expected
    assert found(store, words="555 0118") == ["Max", "Ada"]
    assert found(store, words="0118 ad") == ["Ada"]
    assert found(store, words="0118 ag") == ["Cy"]


def pages(store: EmployeeStore, words: str, limit: int) -> list[str]:
    """The names on all pages; each page is read again from the one behind it."""
    query, cursor, names = Query(words=words), None, []
    while True:
        page = store.browse(query, cursor, limit)
        names += [card.full_name for card in page.cards]
        if page.next is None:
            return names
        following = store.browse(query, page.next, limit)
        if following.previous:
            assert store.browse(query, following.previous, limit).cards == page.cards
        cursor = page.next


def test_a_change_of_a_number_is_found_at_once_and_after_a_reindex(room: Room) -> None:
    store = room.store
    add(store, person("1", "Ada", phone="+1 206 555 0141"))
    room.put_outside(person("2", "Bo", mobile="+1 206 555 0141"))
    list(store.reindex())
    assert found(store, words="0141") == ["Ada", "Bo"]
    room.change_outside("1", "phone", "+1 206 555 0142")
    list(store.reindex())
    assert found(store, words="0141") == ["Bo"]
    assert found(store, words="0142") == ["Ada"]


def test_many_numbers_of_many_people_are_added_at_once(big_store: EmployeeStore) -> None:
    list(big_store.add_many(
        [person(str(n), f"P{n:02}", phone=f"+1 206 55{n % 3} 0141") for n in range(30)]
    ))  # fmt: skip
    assert len(pages(big_store, "0141", 7)) == 30
    assert pages(big_store, "551 0141", 4) == [f"P{n:02}" for n in range(1, 30, 3)]
