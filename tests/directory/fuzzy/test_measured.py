"""Five hundred misspelt names: how many find the right person on the first page, at what cost.

Counted in calls, rows and read units, since no time is ever asserted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from app.contracts import MAX_BATCH, EmployeeStore, Page, Query
from app.directory.fuzzy import Cost, search
from app.directory.fuzzy.tuning import MAX_SEARCHES
from app.directory.service import Directory
from app.model.employee import Employee
from app.samples.loading import sample_people
from app.storage.sql import open_sql_store
from tests.support.misspelt_names import RULES, Misspelt, misspelt_names
from tests.support.stores.dynamodb_binding import DynamoRoom
from tests.support.viewers import OPERATOR

pytestmark = pytest.mark.slow

PEOPLE, NUMBER, SEED = 4_000, 500, 2026


@pytest.fixture(autouse=True)
def _no_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is busy with other tests is slow, and that is no fault of a guess."""
    monkeypatch.setattr(search, "MIN_BUDGET", Cost(60.0, 60.0))


@pytest.fixture(scope="module")
def people() -> list[Employee]:
    return list(sample_people(PEOPLE, seed=7))


@pytest.fixture(scope="module")
def sqlite(people: list[Employee], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Directory]:
    store = open_sql_store(f"sqlite:///{tmp_path_factory.mktemp('near') / 'directory.db'}")
    store.set_up()
    list(store.add_many(people))
    yield Directory(store, None)
    store.close()


def is_found(directory: Directory, wanted: Misspelt) -> bool:
    page, close = directory.search(OPERATOR, Query(words=wanted.typed))
    shown = [card.id for card in page.cards] + [match.card.id for match in close.people]
    return wanted.who in shown


def count_rows(store: EmployeeStore, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts what is browsed from here on."""
    counted: Counter[str] = Counter()
    browse = store.browse

    def counting(query: Query, cursor: str | None = None, limit: int = 24) -> Page:
        page = browse(query, cursor, limit)
        counted.update(calls=1, rows=len(page.cards) + bool(page.next))
        return page

    monkeypatch.setattr(store, "browse", counting)
    return counted


def test_the_list_is_the_same_for_a_seed_and_has_every_rule(people: list[Employee]) -> None:
    made = list(misspelt_names(people, NUMBER, SEED))
    assert made == list(misspelt_names(people, NUMBER, SEED))
    by_rule = Counter(each.rule for each in made)
    assert len(by_rule) == len(RULES)
    assert min(by_rule.values()) >= NUMBER // len(RULES)


def test_at_least_95_in_a_hundred_find_the_right_person_on_the_first_page(
    sqlite: Directory, people: list[Employee]
) -> None:
    made = list(misspelt_names(people, NUMBER, SEED))
    missed = [each for each in made if not is_found(sqlite, each)]
    assert len(missed) <= NUMBER * 5 // 100, missed


def test_a_search_with_its_guesses_looks_at_less_than_twice_a_page(
    sqlite: Directory, people: list[Employee], monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = count_rows(sqlite.employees, monkeypatch)
    calls, rows = [], []
    for each in misspelt_names(people, NUMBER, SEED):
        counted.clear()
        sqlite.search(OPERATOR, Query(words=each.typed))
        calls.append(counted["calls"])
        rows.append(counted["rows"])
    assert max(rows) <= 2 * 25
    assert max(calls) <= 1 + MAX_SEARCHES
    assert sum(calls) <= 2.3 * len(calls)


def test_on_dynamodb_it_reads_at_most_twice_the_units_of_a_page(
    dynamodb_local: str, people: list[Employee]
) -> None:
    room = DynamoRoom(dynamodb_local)
    some = people[: 5 * MAX_BATCH]
    list(room.store.add_many(some))
    directory = Directory(room.store, None)
    directory.search(OPERATOR, Query(words="smiht"))  # reads the words
    units: list[float] = []
    room.store.calls.meter = lambda _, consumed: units.append(consumed)
    page = _units_of(directory, units, "eng")
    made = list(misspelt_names(some, 70, SEED))
    spent = [_units_of(directory, units, each.typed) for each in made]
    assert max(spent) <= 2 * page
    assert sum(is_found(directory, each) for each in made) >= 0.95 * len(made)
    room.close()


def _units_of(directory: Directory, units: list[float], words: str) -> float:
    units.clear()
    directory.search(OPERATOR, Query(words=words))
    return sum(units)
