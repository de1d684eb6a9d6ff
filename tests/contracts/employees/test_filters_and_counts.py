"""Filters join with "and"; counts are exact and merge the spellings of one place."""

import pytest

from app.contracts import EmployeeStore, Facets, Matches, Query
from app.history.changes import Write
from app.model.employee import BADGE_KEYS
from tests.support.stores.people import add, found, new_write_id, pages, pages_back, person

SAO_PAULO = ("São Paulo", "sao paulo", "SAO  PAULO", "Ｓａｏ Ｐａｕｌｏ")


def test_a_place_is_met_by_every_spelling(store: EmployeeStore) -> None:
    for number, spelling in enumerate(SAO_PAULO):
        add(store, person(str(number), f"Name {number}", location=spelling))
    add(store, person("x", "Other", location="Sao Paulo West"))
    for spelling in SAO_PAULO:
        assert found(store, location=spelling) == [f"Name {n}" for n in range(4)]


@pytest.mark.parametrize("field", ["location", "department", "job_title"])
def test_each_filter_finds_its_people_only(store: EmployeeStore, field: str) -> None:
    add(
        store,
        person("1", "Ada", **{field: "North"}),
        person("2", "Bea", **{field: "North Wing"}),
        person("3", "Cleo"),
    )
    assert found(store, **{field: "north"}) == ["Ada"]
    assert found(store, **{field: "nor"}) == []
    assert found(store, **{field: ""}) == ["Ada", "Bea", "Cleo"]
    assert found(store, **{field: "  "}) == ["Ada", "Bea", "Cleo"]


def test_each_badge_finds_who_wears_it(store: EmployeeStore) -> None:
    add(store, *(person(badge, badge.title(), badges=(badge,)) for badge in BADGE_KEYS))
    for badge in BADGE_KEYS:
        assert found(store, badge=badge) == [badge.title()]


def test_an_unknown_badge_is_nobodys(store: EmployeeStore) -> None:
    add(store, person("1", "Ada", badges=("apple", "rocket", "linux")))
    for badge in ("rocket", "APPLE", "apple,linux", "%", "\0", "x" * 3_000):
        assert found(store, badge=badge) == [], badge


def test_conditions_join_with_and(store: EmployeeStore) -> None:
    add(
        store,
        person("1", "Ada", location="Lisbon", department="Ops", job_title="Clerk", badges=("bug",)),
        person("2", "Alma", location="Lisbon", department="Ops", job_title="Clerk"),
        person("3", "Anna", location="Lisbon", department="Ops", badges=("bug",)),
        person("4", "Asta", location="Lisbon", job_title="Clerk", badges=("bug",)),
        person("5", "Axel", department="Ops", job_title="Clerk", badges=("bug",)),
        person("6", "Bea", location="Lisbon", department="Ops", job_title="Clerk", badges=("bug",)),
    )
    everything = {"location": "lisbon", "department": "ops", "job_title": "clerk", "badge": "bug"}
    assert found(store, **everything) == ["Ada", "Bea"]
    assert found(store, **everything, letter="a") == ["Ada"]
    assert found(store, **everything, letter="a", words="ops lis ada") == ["Ada"]
    assert found(store, **everything, words="bea", letter="a") == []
    assert found(store, words="clerk", letter="a", badge="bug") == ["Ada", "Asta", "Axel"]


def test_values_of_one_filter_join_with_or(store: EmployeeStore) -> None:
    add(
        store,
        person("1", "Ada", location="London", department="Ops", badges=("bug", "apple")),
        person("2", "Bea", location="leeds", department="Sales", badges=("apple",)),
        person("3", "Cleo", location="Lima", department="Ops", start_date="2024-02-29"),
        person("4", "Dora", location="Leeds", department="Ops", start_date="2023-12-31"),
    )
    assert found(store, location=("London", "Leeds")) == ["Ada", "Bea", "Dora"]
    assert found(store, location=("LEEDS", "leeds", "", "Atlantis")) == ["Bea", "Dora"]
    assert found(store, badge=("bug", "apple")) == ["Ada", "Bea"]
    assert found(store, badge=("rocket", "apple")) == ["Ada", "Bea"]
    assert found(store, badge=("rocket", "pirate")) == []
    assert found(store, joined=("2024-02", "2023-12")) == ["Cleo", "Dora"]
    assert found(store, location=("London", "Leeds"), department="ops") == ["Ada", "Dora"]
    assert found(store, location=("Lima", "Leeds"), letter="d") == ["Dora"]
    assert found(store, words="ops", location=("Lima", "London")) == ["Ada", "Cleo"]
    assert found(store, words="l d", badge=("bug", "apple"), location=("Leeds", "x")) == []


def test_pages_of_several_values_show_everyone_once_and_lead_back(big_store: EmployeeStore) -> None:
    """Whoever has two of the badges is in two views, in which the people are not the same."""
    badges = BADGE_KEYS[:3]
    list(
        big_store.add_many(
            person(f"{n:03}", f"Name {n:03}", badges=badges[n % 3 : n % 3 + 1 + n % 2],
                   location=f"Place {n % 25}")
            for n in range(150)
        )
    )  # fmt: skip
    places = tuple(f"Place {n}" for n in range(1, 21))
    for query in (Query(badge=badges), Query(location=places), Query("name", badge=badges)):
        expected = [name for n in range(150) if (name := f"Name {n:03}")
                    and (query.badge or 1 <= n % 25 <= 20)]  # fmt: skip
        forwards = list(pages(big_store, query, 7))
        assert [card.full_name for page in forwards for card in page.cards] == expected
        backwards = [forwards[-1], *pages_back(big_store, query, 7, forwards[-1])][::-1]
        assert [card.full_name for page in backwards for card in page.cards] == expected


def test_a_filter_takes_twenty_values_and_a_letter_one() -> None:
    assert len(Query(location=tuple(map(str, range(20)))).filters) == 20
    with pytest.raises(ValueError, match="at most 20"):
        Query(location=tuple(map(str, range(21))))
    with pytest.raises(ValueError, match="at most 1"):
        Query(letter=("a", "b"))


def test_a_filter_with_an_unknown_value_finds_nobody(store: EmployeeStore) -> None:
    add(store, person("1", "Ada", location="Lisbon"))
    for place in ("Atlantis", "x" * 5_000, "%", "lisbon\x1f", "'; DROP TABLE employee"):
        assert found(store, location=place) == ([] if terms_differ(place) else ["Ada"])


def terms_differ(place: str) -> bool:
    return place.strip("\x1f") != "lisbon"


def test_an_empty_directory_counts_nobody(store: EmployeeStore) -> None:
    assert store.facets() == Facets()


def test_everyone_is_counted_by_every_filter(store: EmployeeStore) -> None:
    add(
        store,
        person("1", "Zoe", location="Porto", department="Ops", badges=("linux", "apple", "rocket")),
        person("2", "Ärzte", location="Lisbon", job_title="Clerk", badges=("linux",)),
        person("3", "王小明", location=" ", job_title="clerk"),
    )
    facets = store.facets()
    assert facets.total == 3
    assert list(facets.letters.items()) == [("a", 1), ("z", 1), ("other", 1)]
    assert list(facets.locations.items()) == [("Lisbon", 1), ("Porto", 1)]
    assert dict(facets.departments) == {"Ops": 1}
    assert dict(facets.job_titles) == {"Clerk": 2}
    assert list(facets.badges.items()) == [("apple", 1), ("linux", 2)]


def test_spellings_are_counted_as_one_under_the_most_frequent(store: EmployeeStore) -> None:
    for number, spelling in enumerate(("sao paulo", "São Paulo", "São Paulo", "SAO PAULO")):
        add(store, person(str(number), location=spelling))
    assert store.facets().locations == {"São Paulo": 4}
    store.delete("1", None, Write(new_write_id()))
    store.delete("2", None, Write(new_write_id()))
    assert store.facets().locations == {"SAO PAULO": 2}


def test_values_come_in_the_order_of_their_fold(store: EmployeeStore) -> None:
    for number, place in enumerate(("zürich", "Århus", "Bonn", "aachen", "Œrebro")):
        add(store, person(str(number), location=place))
    assert list(store.facets().locations) == ["aachen", "Århus", "Bonn", "Œrebro", "zürich"]


def test_counts_follow_every_change(store: EmployeeStore) -> None:
    from dataclasses import replace

    from app.model.revision import revision_of

    (ada,) = add(store, person("1", "Ada", location="Lisbon", badges=("bug",)))
    ada = store.update(
        replace(ada, location="Porto", badges=("apple",)), revision_of(ada), Write("w2")
    )
    facets = store.facets()
    assert (facets.locations, facets.badges) == ({"Porto": 1}, {"apple": 1})
    store.update(replace(ada, full_name="Zoe"), revision_of(ada), Write("w3"))
    assert store.facets().letters == {"z": 1}


def test_those_who_match_are_counted_by_every_filter(store: EmployeeStore) -> None:
    add(
        store,
        person("1", "Ada", location="Lisbon", department="Ops", badges=("linux", "rocket")),
        person("2", "Bea", location="lisbon", job_title="Clerk", badges=("linux", "apple")),
        person("3", "Alma", location="Lisbon", department="Ops", job_title="Clerk"),
        person("4", "Zoe", location="Porto", department="Ops"),
    )
    facets = store.count_matches(Query(location="LISBON")).facets
    assert facets is not None
    assert (facets.total, facets.locations) == (3, {"Lisbon": 3})
    assert list(facets.letters.items()) == [("a", 2), ("b", 1)]
    assert (facets.departments, facets.job_titles) == ({"Ops": 2}, {"Clerk": 2})
    assert list(facets.badges.items()) == [("apple", 1), ("linux", 2)]
    assert store.count_matches(Query(location="Atlantis")) == Matches(Facets())
    assert store.count_matches(Query()).facets == store.facets()
    assert store.count_matches(Query(badge="rocket")) == Matches(Facets())


def test_at_most_a_thousand_matches_are_counted(big_store: EmployeeStore) -> None:
    list(
        big_store.add_many(
            person(f"{n:04}", f"{'AB'[n > 1_000]}da Number", location="Lisbon", badges=("bug",))
            for n in range(1_003)
        )
    )
    big_store.facets()
    for query in (Query("number"), Query(location="lisbon"), Query(badge=("bug", "apple"))):
        assert big_store.count_matches(query).facets is None, query
    assert big_store.count_matches(Query(location="lisbon")).are_many
    few = big_store.count_matches(Query("number", letter="b", badge=("bug", "apple"))).facets
    assert few is not None
    assert (few.total, few.locations, few.letters) == (2, {"Lisbon": 2}, {"b": 2})
    many = big_store.count_matches(Query("number", letter="a"))
    assert many.are_many or many.facets is None
