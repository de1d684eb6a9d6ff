"""A list sorted by a column is the same on every store, within the budget of a page."""

import pytest

from app.contracts import EmployeeStore, Query
from app.directory.service import Directory
from app.directory.sorting import COLUMNS, MAX_SORTED, Sort, read_whole
from tests.contracts.employees.test_pages import some_people
from tests.support.model_store import ModelStore
from tests.support.stores.people import add, person
from tests.support.viewers import OPERATOR

QUERIES = (
    Query(),
    Query(words="e"),
    Query(words="lisbon engineer"),
    Query(location=("Lisbon", "Porto")),
    Query(letter="a", department="platform"),
    Query(words="nobody at all"),
)


def ids(directory: Directory, query: Query, sort: Sort) -> list[str]:
    """The ids of all pages of a sorted list."""
    seen: list[str] = []
    number, page = 0, None
    while page is None or page.page.next:
        number += 1
        page = directory.list_page(OPERATOR, query, None, sort, number)
        assert (page.sort, page.number) == (sort, number)
        seen += [card.id for card in page.page.cards]
    assert page.counts.total == len(seen)
    return seen


def test_every_store_sorts_alike(big_store: EmployeeStore) -> None:
    people = some_people(60)
    model = ModelStore()
    add(model, *people)
    list(big_store.add_many(people))
    known, stored = Directory(model, None), Directory(big_store, None)
    for query in QUERIES:
        for column in COLUMNS:
            for descending in (False, True):
                sort = Sort(column, descending)
                expected = ids(known, query, sort)
                assert sorted(expected) == sorted(ids(known, query, Sort("name")))
                assert ids(stored, query, sort) == expected, (query, sort)
                assert stored.sorted_ids(OPERATOR, query, sort) == expected


@pytest.mark.slow
def test_at_most_500_people_are_sorted(big_store: EmployeeStore) -> None:
    people = [person(f"id-{n:03}", f"Name {n:03}", location="Oslo") for n in range(MAX_SORTED + 1)]
    list(big_store.add_many(people[:-1]))
    for query in (Query(), Query(location="Oslo"), Query(words="name")):
        whole = read_whole(big_store, query)
        assert whole is not None
        assert len(whole.cards) == MAX_SORTED
    add(big_store, people[-1])
    directory, sort = Directory(big_store, None), Sort("location", descending=True)
    for query in (Query(), Query(location="Oslo"), Query(words="name")):
        assert read_whole(big_store, query) is None
        page = directory.list_page(OPERATOR, query, None, sort, 2)
        assert page.sort is None
        assert page.page == big_store.browse(query)
        assert directory.sorted_ids(OPERATOR, query, sort) is None
