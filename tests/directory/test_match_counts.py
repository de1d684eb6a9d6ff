"""The counts beside a list: what is asked of the store, and for how long it is remembered."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.contracts import Facets, Matches, Page, Query
from app.directory.match_counts import MANY_SECONDS, WORDS_SECONDS, MatchCounter
from app.history.changes import Write
from tests.support.model_store import ModelStore
from tests.support.stores.people import person


class CountingStore(ModelStore):
    """A store that remembers which matches were counted, and may not know them."""

    def __init__(self) -> None:
        super().__init__()
        self.counted: list[Query] = []
        self.answer: Matches | None = None

    def count_matches(self, query: Query) -> Matches:
        self.counted.append(query)
        return self.answer or super().count_matches(query)


class Clock:
    """A clock that tests set."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def store() -> Iterator[CountingStore]:
    """Forty people, half of them in each of two locations and of two departments."""
    store = CountingStore()
    for n in range(40):
        store.add(
            person(
                str(n),
                f"Ada Number{n}",
                location=("Lima", "Oslo")[n % 2],
                department=("Ops", "Sales")[n // 2 % 2],
            ),
            Write(str(n)),
        )
    return store


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def counter(store: CountingStore, clock: Clock) -> MatchCounter:
    return MatchCounter(store, clock)


def test_a_menu_counts_what_its_other_values_would_give(
    store: CountingStore, counter: MatchCounter
) -> None:
    query = Query("number", location=("Lima", "Nowhere"), department="Ops")
    counts = counter.of_list(query, None, store.facets())
    assert (counts.total, counts.are_many) == (10, False)
    known = {name: dict(facets.of(name)) for name, facets in counts.by_filter.items() if facets}
    assert known["location"] == {"Lima": 10, "Oslo": 10}
    assert known["department"] == {"Ops": 10, "Sales": 10}
    assert known["letter"] == {"a": 10}
    assert store.counted == [query, query.without("location"), query.without("department")]


def test_a_page_that_shows_everyone_is_counted_itself(
    store: CountingStore, counter: MatchCounter
) -> None:
    cards = store.browse(Query("number"), None, 3).cards
    counts = counter.of_list(Query("number"), Page(cards), store.facets())
    assert counts.total == 3
    assert store.counted == []


def test_counts_of_filters_hold_until_any_count_changes(
    store: CountingStore, counter: MatchCounter, clock: Clock
) -> None:
    query = Query(location="Lima", department="Ops")
    for _ in range(3):
        assert counter.of_list(query, None, store.facets()).total == 10
        clock.now += 1_000
    assert store.counted.count(query) == 1
    store.delete("0", None, Write("form"))
    assert counter.of_list(query, None, store.facets()).total == 9


def test_counts_of_words_hold_for_seconds_and_until_a_save_of_ours(
    store: CountingStore, counter: MatchCounter, clock: Clock
) -> None:
    everyone = store.facets()
    for _ in range(2):
        assert counter.of_list(Query("number"), None, everyone).total == 40
    store.delete("0", None, Write("form"))
    assert counter.of_list(Query("number"), None, everyone).total == 40
    counter.expire()
    assert counter.of_list(Query("number"), None, everyone).total == 39
    store.delete("1", None, Write("form"))
    clock.now += WORDS_SECONDS
    assert counter.of_list(Query("number"), None, everyone).total == 38


def test_that_very_many_match_is_remembered_for_minutes(
    store: CountingStore, counter: MatchCounter, clock: Clock
) -> None:
    store.answer = Matches(are_many=True)
    for _ in range(2):
        counts = counter.of_list(Query("number"), None, store.facets())
        assert (counts.total, counts.are_many, counts.by_filter["badge"]) == (None, True, None)
        counter.expire()
    assert len(store.counted) == 1
    clock.now += MANY_SECONDS
    counter.of_list(Query("number"), None, store.facets())
    assert len(store.counted) == 2


def test_more_than_a_thousand_in_one_filter_are_known_without_counting(
    store: CountingStore, counter: MatchCounter
) -> None:
    everyone = Facets(9_000, locations={"Lima": 4_000, "Oslo": 900}, badges={"bug": 1_500})
    for query, total in (
        (Query(location="LIMA"), 4_000),
        (Query(location=("lima", "Oslo", "Nowhere")), 4_900),
        (Query(badge="bug"), 1_500),
    ):
        counts = counter.of_list(query, None, everyone)
        assert (counts.total, counts.are_many) == (total, True)
        assert counts.by_filter["department"] is None
        assert counts.by_filter[query.filters[0][0]] is everyone
    assert store.counted == []


def test_several_badges_are_counted_since_one_person_may_have_them_all(
    store: CountingStore, counter: MatchCounter
) -> None:
    everyone = Facets(9_000, badges={"bug": 1_500, "apple": 1_500})
    store.answer = Matches()
    counts = counter.of_list(Query(badge=("bug", "apple")), None, everyone)
    assert (counts.total, counts.are_many) == (None, False)
    assert len(store.counted) == 1


def test_many_searches_push_out_no_counts_of_filters(
    store: CountingStore, counter: MatchCounter
) -> None:
    everyone = store.facets()
    filtered = Query(location="Lima", department="Ops")
    counter.of_list(filtered, None, everyone)
    for number in range(200):
        counter.of_list(Query(f"number{number}"), None, everyone)
    store.counted.clear()
    counter.of_list(filtered, None, everyone)
    assert store.counted == []
