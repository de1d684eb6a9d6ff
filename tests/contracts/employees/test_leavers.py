"""Who has left is in no list, count or look-up but those of leavers, and comes back whole."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event

import pytest

from app.contracts import MAX_LEAVERS_AT_ONCE, EmployeeStore, Query
from app.history.changes import Write
from app.model import leaving
from app.model.employee import Employee
from app.model.errors import EditConflict, EmployeeNotFound
from app.model.revision import revision_of
from tests.support.days import COMING_DAY, DAY_AFTER, PAST_DAY, set_today
from tests.support.stores.bindings import Room
from tests.support.stores.people import (
    add,
    everyone,
    found,
    names,
    new_write_id,
    pages,
    pages_back,
    person,
)

ADA = person(
    "ada",
    "Ada Lovelace",
    preferred_name="Countess",
    job_title="Analyst",
    department="Engines",
    location="London",
    email="ada@example.com",
    phone="+44 20 7946 0141",
    employee_number="E-1815",
    start_date="2024-02-29",
    about="Notes on the engine.",
    badges=("linux", "rocket"),
    photo_key=f"employee_pic/{1:032x}.jpg",
)
BEA = person("bea", "Bea Berg", location="London", badges=("linux",))
# Every way to ask a list for Ada.
QUERIES = (
    *(Query(words=words) for words in ("ada", "lovelace", "analyst", "engines", "london")),
    *(Query(words=words) for words in ("countess", "e-1815", "ada@example", "0141", "notes")),
    *(Query(words="linux"), Query(letter="a"), Query(location="london"), Query(badge="linux")),
    *(Query(department="engines"), Query(job_title="analyst"), Query(joined="2024-02")),
    Query(words="ada", location="london", letter="a"),
)
LEFT = Query(left=True)


def change(store: EmployeeStore, employee_id: str, **fields: object) -> Employee:
    stored = store.get(employee_id)
    changed = replace(stored, **fields)  # type: ignore[arg-type]
    return store.update(changed, revision_of(stored), Write(new_write_id()))


def leave(store: EmployeeStore, employee_id: str, day: str = PAST_DAY) -> Employee:
    return change(store, employee_id, left_on=day)


def leavers(store: EmployeeStore, **conditions: str) -> list[str]:
    """The names of those who left and meet these conditions."""
    return names(everyone(store, Query(**conditions, left=True)))


def names_at(store: EmployeeStore, queries: Iterable[Query] = QUERIES) -> list[list[str]]:
    return [names(everyone(store, query)) for query in queries]


def assert_reindex_changes_nothing(store: EmployeeStore) -> None:
    before = everyone(store), everyone(store, LEFT), store.facets()
    assert list(store.reindex())[-1].changed == 0
    assert (everyone(store), everyone(store, LEFT), store.facets()) == before


def test_who_leaves_is_out_of_every_list_and_count_by_one_update(store: EmployeeStore) -> None:
    add(store, BEA)
    without = names_at(store), store.facets()
    add(store, ADA)
    left = leave(store, "ada")
    assert (left.left_on, left.version) == (PAST_DAY, 2)
    assert found(store) == ["Bea Berg"]
    assert names_at(store) == without[0]
    assert store.facets() == replace(without[1], left=1)
    for query in QUERIES:
        counted = store.count_matches(query).facets
        assert counted is not None
        assert counted.total == len(everyone(store, query)), query
    assert_reindex_changes_nothing(store)


def test_who_left_is_still_stored_and_found_by_email_and_number(store: EmployeeStore) -> None:
    add(store, ADA, BEA)
    left = leave(store, "ada")
    assert store.get("ada") == left
    assert store.get_many(["ada", "bea"])["ada"] == left
    assert store.find_by_email(["ADA@example.com"]) == {"ADA@example.com": ("ada",)}
    assert store.find_by_number(["e-1815"]) == {"e-1815": ("ada",)}
    assert left in [each for batch in store.iter_batches() for each in batch.people]
    assert list(store.photo_keys()) == [ADA.photo_key]
    assert store.count_records().number == 2


def test_who_left_is_not_found_by_name(store: EmployeeStore) -> None:
    add(store, ADA, replace(ADA, id="other", email="other@example.com"))
    leave(store, "ada")
    assert [each.id for each in store.find_by_name([ADA.full_name])[ADA.full_name]] == ["other"]
    leave(store, "other")
    assert store.find_by_name([ADA.full_name]) == {}


def test_no_words_are_suggested_of_who_had_left_when_added(store: EmployeeStore) -> None:
    add(store, replace(ADA, left_on=PAST_DAY), BEA)
    list(store.add_many([person("zoe", "Zoe Zimmer", left_on=PAST_DAY)]))
    store.maintain()
    known = set(store.vocabulary())
    assert "berg" in known
    assert known.isdisjoint({"lovelace", "countess", "zimmer"})


def test_who_left_is_among_leavers_and_nowhere_twice(store: EmployeeStore) -> None:
    add(store, ADA, BEA, person("cy", "Cy Cole", left_on=PAST_DAY))
    leave(store, "ada")
    assert leavers(store) == ["Ada Lovelace", "Cy Cole"]
    [card, _] = everyone(store, LEFT)
    assert card == everyone(store, Query(words="ada", left=True))[0]
    assert (card.id, card.email, card.photo_key) == ("ada", ADA.email, ADA.photo_key)


def test_each_condition_narrows_those_who_left(store: EmployeeStore) -> None:
    others = [
        replace(BEA, location="Leeds", badges=(), left_on=PAST_DAY),
        person("zoe", "Zoe Zimmer", left_on=PAST_DAY),
    ]
    add(store, ADA, *others)
    leave(store, "ada")
    queries = [replace(query, left=True) for query in QUERIES]
    for query in queries:
        assert names(everyone(store, query)) == ["Ada Lovelace"], query
    add(store, replace(ADA, id="here", full_name="Ada Here"))
    for query in queries:
        assert names(everyone(store, query)) == ["Ada Lovelace"], query


def test_leavers_are_in_order_of_names_whatever_the_words(store: EmployeeStore) -> None:
    add(
        store,
        person("1", "Zoe Abel", location="Lima", left_on=PAST_DAY),
        person("2", "Abe Lima", location="Rome", left_on=PAST_DAY),
        person("3", "Mia Moss", job_title="Limner", location="Lima", left_on=PAST_DAY),
        person("4", "Lim Noone", location="Rome", left_on=PAST_DAY),
    )
    assert leavers(store, words="lim") == ["Abe Lima", "Lim Noone", "Mia Moss", "Zoe Abel"]
    assert leavers(store, words="lim", location="lima") == ["Mia Moss", "Zoe Abel"]
    assert leavers(store, letter="m") == ["Mia Moss"]
    assert leavers(store, words="nobody") == []


@pytest.mark.parametrize("words", ["", "lima"])
def test_pages_of_leavers_show_each_once_there_and_back(store: EmployeeStore, words: str) -> None:
    add(
        store,
        *(person(str(n), f"Name {n:02}", location="Lima", left_on=PAST_DAY) for n in range(7)),
    )
    add(store, *(person(f"x{n}", f"Name {n:02} x", location="Lima") for n in range(3)))
    query = Query(words=words, left=True)
    there = list(pages(store, query, 3))
    expected = [f"Name {n:02}" for n in range(7)]
    assert [name for page in there for name in names(page.cards)] == expected
    back = list(pages_back(store, query, 3, there[-1]))
    assert [name for page in reversed(back) for name in names(page.cards)] == expected[:6]
    # A cursor of leavers is none of another list, nor the other way round.
    assert store.browse(Query(words=words), there[0].next, 3).previous is None


def test_leavers_are_counted_by_the_same_conditions(store: EmployeeStore) -> None:
    add(store, ADA, BEA, person("cy", "Cy Cole", location="London", job_title="Analyst"))
    leave(store, "ada")
    leave(store, "cy")
    for query, total in (
        (LEFT, 2),
        (replace(LEFT, words="london"), 2),
        (replace(LEFT, words="ada"), 1),
        (replace(LEFT, location="rome"), 0),
    ):
        counted = store.count_matches(query).facets
        assert counted is not None
        assert counted.total == total, query
    counted = store.count_matches(replace(LEFT, job_title="analyst")).facets
    assert counted is not None
    assert (counted.locations, counted.letters) == ({"London": 2}, {"a": 1, "c": 1})
    assert (counted.left, counted.leaving) == (0, {})


def test_who_is_restored_is_as_before_but_for_version_and_time(store: EmployeeStore) -> None:
    [before, _] = add(store, ADA, BEA)
    lists = names_at(store), found(store), store.facets(), store.find_by_name([ADA.full_name])
    leave(store, "ada")
    restored = change(store, "ada", left_on="")
    assert restored == replace(before, version=3, updated_at=restored.updated_at)
    assert revision_of(restored).partition(".")[2] == revision_of(before).partition(".")[2]
    after = names_at(store), found(store), store.facets(), store.find_by_name([ADA.full_name])
    assert after == lists
    assert leavers(store) == []
    assert_reindex_changes_nothing(store)


def test_who_has_a_day_to_come_is_listed_and_counted_by_that_day(store: EmployeeStore) -> None:
    add(store, ADA, BEA)
    lists = names_at(store), found(store), store.facets()
    leave(store, "ada", COMING_DAY)
    assert (names_at(store), found(store)) == lists[:2]
    assert store.facets() == replace(lists[2], leaving={COMING_DAY: 1})
    leave(store, "bea", COMING_DAY)
    change(store, "bea", about="Goes with Ada.")
    assert store.facets().leaving == {COMING_DAY: 2}
    assert leavers(store) == []
    assert store.carry_out_leaving(leaving.today()) == 0
    assert_reindex_changes_nothing(store)
    leave(store, "bea", DAY_AFTER)
    assert store.facets().leaving == {COMING_DAY: 1, DAY_AFTER: 1}
    change(store, "ada", left_on="")
    assert store.facets().leaving == {DAY_AFTER: 1}


def test_those_who_leave_are_found_by_their_days(store: EmployeeStore) -> None:
    add(store, ADA, BEA)
    leave(store, "bea", COMING_DAY)
    leave(store, "ada", DAY_AFTER)
    days = [*store.facets().leaving]
    assert store.find_leaving(days, 9) == ["bea", "ada"]
    assert store.find_leaving(days[1:], 9) == ["ada"]
    assert store.find_leaving(days, 1) == ["bea"]
    leave(store, "ada", COMING_DAY)
    assert store.find_leaving(days, 9) == ["ada", "bea"]
    change(store, "ada", left_on="")
    assert store.find_leaving(days, 9) == ["bea"]
    assert store.find_leaving([], 9) == []


@pytest.mark.parametrize("day", [COMING_DAY, DAY_AFTER])
def test_a_day_that_has_come_is_carried_out_without_a_new_version(
    store: EmployeeStore, monkeypatch: pytest.MonkeyPatch, day: str
) -> None:
    add(store, ADA, BEA)
    stored = leave(store, "ada", COMING_DAY)
    today = set_today(monkeypatch, day)
    assert store.facets().days_due(today) == [COMING_DAY]
    assert store.carry_out_leaving(today) == 1
    assert (found(store), leavers(store)) == (["Bea Berg"], ["Ada Lovelace"])
    facets = store.facets()
    assert (facets.total, facets.left, facets.leaving) == (1, 1, {})
    assert store.get("ada") == stored
    assert store.carry_out_leaving(today) == 0
    assert_reindex_changes_nothing(store)


def test_a_day_that_has_come_is_carried_out_by_a_reindex(
    store: EmployeeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(store, ADA, BEA)
    stored = leave(store, "ada", COMING_DAY)
    set_today(monkeypatch, COMING_DAY)
    list(store.reindex())
    assert (found(store), leavers(store)) == (["Bea Berg"], ["Ada Lovelace"])
    assert store.get("ada") == stored
    assert_reindex_changes_nothing(store)


def test_a_day_that_has_come_is_carried_out_by_who_follows(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(room.store, ADA, BEA)
    list(room.open_another().follow(Event(), once=True))
    leave(room.store, "ada", COMING_DAY)
    list(room.open_another().follow(Event(), once=True))
    assert found(room.store) == ["Ada Lovelace", "Bea Berg"]
    set_today(monkeypatch, COMING_DAY)
    list(room.open_another().follow(Event(), once=True))
    assert (found(room.store), leavers(room.store)) == (["Bea Berg"], ["Ada Lovelace"])


def test_no_more_than_some_are_carried_out_at_once(
    big_store: EmployeeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = MAX_LEAVERS_AT_ONCE + 3
    list(big_store.add_many(person(f"{n:03}", f"Name {n:03}", left_on=COMING_DAY)
                            for n in range(many)))  # fmt: skip
    today = set_today(monkeypatch, COMING_DAY)
    assert big_store.facets().leaving == {COMING_DAY: many}
    assert big_store.carry_out_leaving(today) == MAX_LEAVERS_AT_ONCE
    assert big_store.facets().leaving == {COMING_DAY: 3}
    assert big_store.carry_out_leaving(today) == 3
    assert big_store.facets().left == many


def test_who_had_left_when_added_is_in_no_list(store: EmployeeStore) -> None:
    [left] = add(store, replace(ADA, left_on=PAST_DAY))
    list(store.add_many([replace(BEA, left_on=PAST_DAY), person("cy", "Cy Cole")]))
    assert (left.left_on, left.version) == (PAST_DAY, 1)
    assert (found(store), leavers(store)) == (["Cy Cole"], ["Ada Lovelace", "Bea Berg"])
    facets = store.facets()
    assert (facets.total, facets.left, facets.letters) == (1, 2, {"c": 1})
    assert store.find_by_email([ADA.email]) == {ADA.email: ("ada",)}
    assert_reindex_changes_nothing(store)
    change(store, "ada", left_on="")
    assert found(store, words="countess") == ["Ada Lovelace"]


def test_who_left_can_be_edited_and_stays_a_leaver(store: EmployeeStore) -> None:
    add(store, ADA)
    leave(store, "ada")
    change(store, "ada", full_name="Ada King", location="Ockham", email="king@example.com")
    assert (found(store), leavers(store, location="ockham")) == ([], ["Ada King"])
    assert leavers(store, words="lovelace") == []
    assert store.find_by_email(["king@example.com", ADA.email]) == {"king@example.com": ("ada",)}
    assert_reindex_changes_nothing(store)


def test_who_left_can_be_deleted(store: EmployeeStore) -> None:
    add(store, ADA)
    left = leave(store, "ada")
    assert store.delete("ada", revision_of(left), Write(new_write_id())).full_name == left.full_name
    assert (leavers(store), store.facets().left) == ([], 0)
    assert store.find_by_email([ADA.email]) == {}
    with pytest.raises(EmployeeNotFound):
        store.get("ada")
    assert_reindex_changes_nothing(store)


def test_a_text_that_is_no_day_takes_nobody_out(store: EmployeeStore) -> None:
    slips = ("soon", "2020-02-30", "2020-2-1", "20200201", "١٩٩٩-01-01")
    for slip in slips:
        [stored] = add(store, replace(ADA, id=slip, left_on=slip))
        assert (found(store), leavers(store)) == (["Ada Lovelace"], []), slip
        assert (store.facets().left, store.facets().leaving) == (0, {}), slip
        assert store.carry_out_leaving(DAY_AFTER) == 0, slip
        assert_reindex_changes_nothing(store)
        store.delete(slip, revision_of(stored), Write(new_write_id()))


def test_a_last_day_written_by_another_program_is_seen_by_a_reindex(room: Room) -> None:
    add(room.store, ADA, BEA)
    room.change_outside("ada", "left_on", PAST_DAY)
    room.put_outside(person("cy", "Cy Cole", left_on=PAST_DAY))
    list(room.store.reindex())
    assert (found(room.store), leavers(room.store)) == (["Bea Berg"], ["Ada Lovelace", "Cy Cole"])
    room.change_outside("ada", "left_on", "")
    list(room.store.reindex())
    assert (found(room.store), leavers(room.store)) == (["Ada Lovelace", "Bea Berg"], ["Cy Cole"])
    assert_reindex_changes_nothing(room.store)


def test_who_is_edited_while_they_leave_is_either_and_never_both(big_room: Room) -> None:
    store, other = big_room.store, big_room.open_another()
    add(store, *(replace(ADA, id=f"a{n}", email="", employee_number="") for n in range(12)))

    def race(number: int) -> None:
        employee_id = f"a{number % 12}"
        fields = ({"left_on": PAST_DAY}, {"left_on": ""}, {"location": f"Place {number}"})
        try:
            change(store if number % 2 else other, employee_id, **fields[number // 12])
        except EditConflict:
            return

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(race, range(36)))
    people = [store.get(f"a{n}") for n in range(12)]
    gone = {each.id for each in people if each.left_on}
    assert {card.id for card in everyone(store, LEFT)} == gone
    assert {card.id for card in everyone(store)} == {each.id for each in people} - gone
    facets = store.facets()
    assert (facets.total, facets.left) == (12 - len(gone), len(gone))
    assert_reindex_changes_nothing(store)
