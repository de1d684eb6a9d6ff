"""What counting those who match costs on DynamoDB, within the budget of the page."""

import pytest

from app.contracts import PAGE_SIZE, Query
from app.directory.service import Directory
from app.runtime import read_budget
from tests.storage.dynamodb.index.test_browse import Meter, big_room, crowd, crowd_meter, meter
from tests.support.viewers import OPERATOR

__all__ = ["Meter", "big_room", "crowd", "crowd_meter", "meter"]

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("query", "views"),
    [
        (Query(location=("Portland", "Singapore")), 2),
        (Query(department=tuple(f"Department {n}" for n in range(7))), 7),
        (Query(badge=("apple", "bug")), 2),
    ],
)
def test_a_page_of_several_values_is_one_query_for_each(big_room, meter, query, views):
    first = big_room.store.browse(query)
    assert len(first.cards) == PAGE_SIZE
    assert meter.calls == {"Query": views}
    assert meter.units["Query"] <= 3 * views
    meter.calls.clear()
    second = big_room.store.browse(query, first.next)
    assert meter.calls == {"Query": views}
    assert not set(first.cards) & set(second.cards)


def test_counting_reads_no_more_than_those_who_match(big_room, meter):
    matches = big_room.store.count_matches(Query(location="Portland"))
    assert matches.facets.total == 300
    assert 10 < meter.units["Query"] < 60
    meter.units.clear()
    assert big_room.store.count_matches(Query("zebedee")).facets.total == 1
    assert meter.units["Query"] <= 1


def test_more_than_a_thousand_of_one_value_are_known_without_a_read(big_room, meter):
    assert big_room.store.count_matches(Query(badge="apple")).are_many
    assert big_room.store.count_matches(Query(letter="k")).are_many
    assert not meter.units


def test_more_than_a_thousand_of_a_word_are_known_within_the_budget(big_room, meter):
    assert big_room.store.count_matches(Query("andersson")).are_many
    assert 50 < meter.units["Query"] <= 185


def test_what_the_page_has_left_is_not_exceeded(big_room, meter):
    with read_budget.limit(0.1):
        unknown = big_room.store.count_matches(Query(location="Portland"))
    assert unknown == (None, False)
    assert not meter.units


def test_a_page_with_its_counts_costs_at_most_200_units(crowd, crowd_meter):
    directory = Directory(crowd.store, None)
    for query in (Query("andersson katharina"), Query("berg"), Query("andersson", badge="apple")):
        crowd_meter.units.clear()
        directory.list_page(OPERATOR, query)
        assert crowd_meter.units["Query"] <= 200, query


def test_counts_of_filters_are_read_once(big_room, meter):
    directory = Directory(big_room.store, None)
    query = Query(location="Portland", department="Department 3")
    known = directory.list_page(OPERATOR, query).counts
    first = meter.units["Query"]
    meter.units.clear()
    assert directory.list_page(OPERATOR, query).counts == known
    assert meter.units["Query"] < first / 3
