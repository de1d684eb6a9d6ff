"""Pages: complete, without repeats, in one order, forwards and backwards, in every view."""

import base64
import json
import random
from itertools import product

from app.contracts import EmployeeStore, Query
from app.contracts.cursors import Cursor
from app.history.changes import Write
from app.text import search_keys
from tests.support.model_store import ModelStore
from tests.support.stores.people import (
    add,
    add_named,
    everyone,
    found,
    names,
    new_write_id,
    pages,
    pages_back,
    person,
)

NAMES = (
    "Ada",
    "Álvaro",
    "Bea",
    "bo",
    "Çelik",
    "Émile",
    "Zoe",
    "Ångström",
    "王小明",
    "علي",
    "42",
    "Ørsted",
)
VIEWS = (
    Query(),
    Query(letter="a"),
    Query(letter="other"),
    Query(location="Lisbon"),
    Query(department="platform"),
    Query(job_title="ENGINEER"),
    Query(badge="apple"),
    Query(words="e"),
    Query(words="lisbon engineer"),
    Query(words="eng", location="lisbon"),
    Query(location="lisbon", badge="apple", letter="a"),
    Query(words="e", letter="a", location="lisbon", department="platform"),
)


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode()


def some_people(how_many: int, seed: int = 1) -> list:
    draw = random.Random(seed)
    return [
        person(
            f"id-{number:03}",
            " ".join(draw.choices(NAMES, k=2)),
            location=draw.choice(("Lisbon", "lisbon", "Porto", "")),
            department=draw.choice(("Platform", "Sales", "")),
            job_title=draw.choice(("Engineer", "Senior engineer", "Clerk")),
            badges=tuple(draw.sample(("apple", "linux", "bug"), k=draw.randint(0, 2))),
        )
        for number in range(how_many)
    ]


def test_every_view_is_complete_both_ways(big_store: EmployeeStore) -> None:
    people = some_people(60)
    model = ModelStore()
    add(model, *people)
    list(big_store.add_many(people))
    for query in VIEWS:
        expected = [card.id for card in everyone(model, query)]
        assert expected
        for limit in (1, 4, 24):
            assert_complete_both_ways(big_store, query, limit, expected)


def assert_complete_both_ways(
    store: EmployeeStore, query: Query, limit: int, expected: list[str]
) -> None:
    walked = list(pages(store, query, limit))
    assert [card.id for page in walked for card in page.cards] == expected, query
    assert [len(page.cards) for page in walked[:-1]] == [limit] * (len(walked) - 1), query
    back = list(pages_back(store, query, limit, walked[-1]))
    assert [page.cards for page in back] == [page.cards for page in walked[-2::-1]], query
    assert back == [] or back[-1] == walked[0], query


def test_the_only_page_has_no_neighbours(store: EmployeeStore) -> None:
    add_named(store, "Ada", "Bea")
    page = store.browse(Query(), None, 2)
    assert names(page.cards) == ["Ada", "Bea"]
    assert (page.next, page.previous, page.rows_examined) == (None, None, None)


def test_an_empty_directory_has_one_empty_page(store: EmployeeStore) -> None:
    for query in VIEWS:
        page = store.browse(query)
        assert (page.cards, page.next, page.previous, page.rows_examined) == ((), None, None, None)


def test_the_first_page_has_no_previous_and_the_last_no_next(store: EmployeeStore) -> None:
    add_named(store, "Ada", "Bea", "Cleo", "Dora", "Eve")
    first, second, last = pages(store, Query(), 2)
    assert first.previous is None
    assert first.next
    assert second.previous
    assert second.next
    assert last.previous
    assert last.next is None
    assert names(last.cards) == ["Eve"]


def test_a_full_last_page_has_no_next(store: EmployeeStore) -> None:
    add_named(store, "Ada", "Bea", "Cleo", "Dora")
    first, last = pages(store, Query(), 2)
    assert names(last.cards) == ["Cleo", "Dora"]
    assert store.browse(Query(), last.previous, 2) == first


def test_24_people_are_a_page_unless_told(big_store: EmployeeStore) -> None:
    add_named(big_store, *(f"Name {number:02}" for number in range(25)))
    assert len(big_store.browse(Query()).cards) == 24


def test_a_page_before_that_reaches_the_start_shows_nobody_of_the_next(
    store: EmployeeStore,
) -> None:
    add_named(store, "Ada", "Bea", "Cleo", "Dora", "Eve")
    *_, last = pages(store, Query(), 2)
    assert store.browse(Query(), last.previous, 4) == store.browse(Query(), None, 4)
    middle = store.browse(Query(), last.previous, 3)
    assert names(middle.cards) == ["Bea", "Cleo", "Dora"]
    start = store.browse(Query(), middle.previous, 2)
    assert names(start.cards) == ["Ada"]
    assert start.previous is None
    assert names(store.browse(Query(), start.next, 3).cards) == names(middle.cards)


def test_going_back_nobody_is_seen_twice_though_others_came_and_went(
    store: EmployeeStore,
) -> None:
    add_named(store, "Bea", "Cleo", "Dora", "Eve")
    query = Query(words="e")
    add_named(store, "Eda", "Edo", "Elo", "Emo", "Ena")
    shown = [store.browse(query, None, 3)]
    shown.append(store.browse(query, shown[0].next, 3))
    add_named(store, "Eaa")
    back = [store.browse(query, shown[1].previous, 3)]
    back.append(store.browse(query, back[0].previous, 3))
    assert names(back[0].cards) == names(shown[0].cards)
    assert names(back[1].cards) == ["Eaa"]
    assert back[1].previous is None
    gone = store.get(shown[0].cards[0].id)
    store.delete(gone.id, None, Write("w-gone"))
    short = store.browse(query, shown[1].previous, 3)
    assert len(short.cards) == 3, "whom the new one made move"
    store.delete(back[1].cards[0].id, None, Write("w-new"))
    short = store.browse(query, shown[1].previous, 3)
    assert names(short.cards) == names(shown[0].cards)[1:]
    assert names(store.browse(query, short.next, 3).cards) == names(shown[1].cards)


NO_CURSORS = (
    *("", "garbage", "%%%", "AAAA", "é", "a" * 5_000),
    *map(encoded, (b"[1,2]", b"1" * 600, b"[" * 800, b'[1,"x",0,"a"]', b'{"a":1}', b"null")),
    encoded(b"\xff"),
)


def test_a_cursor_that_is_none_gives_the_first_page(store: EmployeeStore) -> None:
    add_named(store, "Ada", "Bea")
    for query in (Query(), Query(words="ada")):
        first = store.browse(query, None, 1)
        for cursor in NO_CURSORS:
            assert store.browse(query, cursor, 1) == first, cursor


def test_a_cursor_of_another_query_gives_the_first_page(store: EmployeeStore) -> None:
    add_named(store, "Ada", "Alma", "Anna", location="Lisbon")
    cursor = store.browse(Query(), None, 2).next
    for query in (Query(letter="a"), Query(words="a"), Query(location="lisbon")):
        assert store.browse(query, cursor, 2) == store.browse(query, None, 2)


def test_a_cursor_works_for_another_spelling_of_the_same_query(store: EmployeeStore) -> None:
    add_named(store, "Ada", "Alma", "Anna", location="São Paulo")
    cursor = store.browse(Query(location="São Paulo", words="A"), None, 2).next
    page = store.browse(Query(location="sao  paulo", words="a "), cursor, 2)
    assert names(page.cards) == ["Anna"]


FORGED = (
    *("\x1f", "zzz\x1f", "\ud800\x1fx", "\0\x1f\0"),
    *("ada\x1f'; DROP TABLE", "é" * 100 + "\x1f"),
)


def test_a_forged_place_is_only_a_place(store: EmployeeStore) -> None:
    add_named(store, "Ada", "Bea")
    printed = json.loads(
        base64.urlsafe_b64decode(Cursor(False, "x").to_text(Query()) + "==").decode()
    )
    for key, backwards in product(FORGED, (0, 1)):
        raw = json.dumps([1, printed[1], backwards, key]).encode()
        page = store.browse(Query(), encoded(raw), 24)
        assert set(names(page.cards)) <= {"Ada", "Bea"}, key
        assert page.next is None, key


def test_a_cursor_outlives_the_person_it_points_at(store: EmployeeStore) -> None:
    people = ["Ada", "Bea", "Cleo", "Dora", "Eve"]
    add_named(store, *people)
    page = store.browse(Query(), None, 2)
    seen = names(page.cards)
    while page.next:
        store.delete(page.cards[-1].id, None, Write(new_write_id()))
        page = store.browse(Query(), page.next, 2)
        seen += names(page.cards)
    assert seen == people


def test_the_page_before_survives_the_person_it_points_at(store: EmployeeStore) -> None:
    add_named(store, "Ada", "Bea", "Cleo", "Dora")
    first, last = pages(store, Query(), 2)
    store.delete("cleo", None, Write("w"))
    assert store.browse(Query(), last.previous, 2).cards == first.cards


def test_where_nobody_is_left_the_way_back_is_open(store: EmployeeStore) -> None:
    add_named(store, "Ada", "Bea", "Cleo", "Dora")
    page = store.browse(Query(), None, 3)
    store.delete("dora", None, Write("w"))
    last = store.browse(Query(), page.next, 3)
    assert (last.cards, last.next) == ((), None)
    assert last.previous
    assert names(store.browse(Query(), last.previous, 3).cards) == ["Ada", "Bea", "Cleo"]
    assert names(store.browse(Query(), last.previous, 2).cards) == ["Bea", "Cleo"]


def test_who_stays_under_the_same_name_is_seen_exactly_once_while_others_come_and_go(
    big_store: EmployeeStore,
) -> None:
    draw = random.Random(4)
    staying = [person(f"stay-{n}", f"Name {n:02}", location="Lisbon") for n in range(30)]
    passing = [person(f"pass-{n}", f"Name {n:02} Passing", location="Lisbon") for n in range(60)]
    add(big_store, *staying, *passing[:20])
    there, coming = passing[:20], passing[20:]
    for query in (Query(), Query(location="Lisbon"), Query(words="name"), Query(words="lis name")):
        seen: list[str] = []
        for page in pages(big_store, query, 4):
            seen += [card.id for card in page.cards]
            gone = there.pop(draw.randrange(len(there)))
            big_store.delete(gone.id, None, Write(new_write_id()))
            there.append(
                coming.pop() if coming else person(f"x{len(seen)}-{query.words}", "Name 15")
            )
            add(big_store, there[-1])
        assert sorted(each for each in seen if each.startswith("stay")) == sorted(
            each.id for each in staying
        )
        assert len(seen) == len(set(seen))


def test_names_sort_without_case_accents_and_marks(store: EmployeeStore) -> None:
    add_named(store, "zoe", "Émile", "d'Arc", "Eva", "Da Vinci", "emil", "De-Luca", "D Zed")
    assert found(store) == ["D Zed", "Da Vinci", "d'Arc", "De-Luca", "emil", "Émile", "Eva", "zoe"]


def test_names_without_a_latin_first_letter_come_last_under_other(store: EmployeeStore) -> None:
    add_named(store, "42 Crew", "Zoe", "王小明", "Ада", "Ärzte", "!Bang", "😀")
    others = found(store, letter="other")
    assert found(store) == ["Ärzte", "!Bang", "Zoe", *others]
    assert sorted(others) == sorted(["42 Crew", "王小明", "Ада", "😀"])
    assert others == sorted(others, key=search_keys.name_key)


def test_an_unknown_letter_is_nobodys(store: EmployeeStore) -> None:
    add_named(store, "Ada", "42")
    for letter in ("A", "aa", "å", "1", "{", "*", "\0", "others", "%"):
        assert store.browse(Query(letter=letter)).cards == (), letter
