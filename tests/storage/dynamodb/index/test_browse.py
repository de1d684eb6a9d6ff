"""What pages cost on DynamoDB, and how rare combinations are bounded."""

from collections import Counter
from dataclasses import replace

import pytest

from app.access.visibility import Sight
from app.contracts import MAX_ROWS_EXAMINED, PAGE_SIZE, Query
from app.directory.service import Directory
from app.history.changes import Write
from app.model.employee import Employee
from app.model.revision import revision_of
from app.runtime import read_budget
from app.storage.dynamodb.index import browse
from app.storage.dynamodb.index.queries import Budget
from app.storage.dynamodb.index.rows import project_rows
from tests.support.stores.dynamodb_binding import DynamoRoom
from tests.support.stores.people import add, everyone, pages
from tests.support.viewers import OPERATOR

pytestmark = pytest.mark.slow

COLLEAGUE = Sight(sees_hidden=False)
VISITOR = Sight(frozenset(("email", "phone", "mobile")), sees_hidden=False)

TITLES = ("Software Engineer", "Product Manager", "Account Executive", "Data Analyst")
PLACES = ("Portland", "Amsterdam", "Singapore", "Buenos Aires")


def colleague(number: int, **more: object) -> Employee:
    """Someone with names, titles and places of ordinary length."""
    fields: dict[str, object] = {
        "full_name": f"Katharina{number:05} Andersson",
        "job_title": TITLES[number % 4],
        "location": PLACES[number // 4 % 4],
        "department": f"Department {number % 7}",
        "email": f"katharina.andersson{number}@example.com",
        "phone": f"+1 206 555 0{number % 1000:03}",
        "badges": ("apple", "bug"),
        "photo_key": f"employee_pic/{number:032x}.jpg",
    }
    return Employee(id=f"5f0e8a1c-8d6b-4b1e-9c55-{number:012}", **{**fields, **more})


class Meter:
    """What the calls of a store consume."""

    def __init__(self, room: DynamoRoom) -> None:
        self.units: Counter[str] = Counter()
        self.calls: Counter[str] = Counter()
        room.store.calls.meter = self.note

    def note(self, operation: str, units: float) -> None:
        self.units[operation] += units
        self.calls[operation] += 1


@pytest.fixture(scope="module")
def big_room(dynamodb_local):
    """1,200 people, of whom few are rare in one way or another."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL_DYNAMODB", dynamodb_local)
        room = DynamoRoom(dynamodb_local)
        people = [colleague(number) for number in range(1200)]
        people[700] = colleague(700, location="Quito", preferred_name="Zebedee")
        people[900] = colleague(900, location="Quito", preferred_name="Zacharias")
        list(room.store.add_many(people))
        yield room
        room.close()


@pytest.fixture
def meter(big_room, dynamodb_local, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", dynamodb_local)
    big_room.store.facets()  # the planner's counts are there, as in any process at work
    yield Meter(big_room)
    big_room.store.calls.meter = None


@pytest.mark.parametrize(
    "query",
    [
        Query(),
        Query(letter="k"),
        Query(location="Portland"),
        Query(department="Department 3"),
        Query(job_title="Data Analyst"),
        Query(badge="apple"),
        Query(location="PORTLAND", letter="k"),
        Query(words="andersson"),
        Query(words="kath"),
        Query().seen_with(COLLEAGUE),
        Query(words="andersson").seen_with(COLLEAGUE),
        Query(words="andersson").seen_with(VISITOR),
        Query(words="kath", letter="k").seen_with(COLLEAGUE),
    ],
    ids=repr,
)
def test_a_page_is_one_query_of_at_most_three_units(big_room, meter, query):
    first = big_room.store.browse(query)
    assert len(first.cards) == PAGE_SIZE
    assert meter.calls == {"Query": 1}
    bound = 3 if not query.words else 6  # in word views twice as many rows are asked for
    assert 0 < meter.units["Query"] <= bound
    second = big_room.store.browse(query, first.next)
    assert len(second.cards) == PAGE_SIZE
    assert meter.calls == {"Query": 2}
    big_room.store.browse(query, big_room.store.browse(query, second.next).previous)
    assert meter.calls == {"Query": 4}


def test_a_facet_of_few_people_drives_and_is_read_whole(big_room, meter):
    cards = big_room.store.browse(Query(words="katharina", location="Quito")).cards
    assert len(cards) == 2
    assert meter.calls == {"Query": 1}
    assert meter.units["Query"] <= 1


def test_a_rare_word_beside_a_frequent_longer_one_is_found_without_reading_all(big_room, meter):
    cards = big_room.store.browse(Query(words="katharina zeb")).cards
    assert len(cards) == 1
    assert meter.units["Query"] < 70  # 500 rows of the longer word, and all of the rare one


def test_the_smaller_of_two_facets_drives(big_room, meter):
    cards = big_room.store.browse(Query(badge="apple", location="Quito")).cards
    assert len(cards) == 2
    assert meter.units["Query"] <= 1


def test_a_search_that_finds_too_little_ends_early_and_can_go_on(big_room, meter, monkeypatch):
    monkeypatch.setattr(browse, "MAX_ROWS_EXAMINED", 300)
    monkeypatch.setattr(browse, "_FIRST_READ_ROWS", 100)
    monkeypatch.setattr(browse, "_ALTERNATIVE_ROWS", 50)
    monkeypatch.setattr(browse, "MAX_SMALL_FACET", 0)
    query = Query(words="katharina andersson", department="Department 5", location="Amsterdam")
    found = list(pages(big_room.store, query, 24))
    early = [page for page in found if page.rows_examined]
    assert early
    assert all(page.rows_examined <= 300 + len(found) for page in early)
    assert all(page.next for page in early)
    shown = [card.id for page in found for card in page.cards]
    monkeypatch.undo()
    assert shown == [card.id for card in everyone(big_room.store, query)]
    assert len(shown) == len(set(shown)) > 20


def test_an_early_end_can_be_gone_back_from(big_room, meter, monkeypatch):
    monkeypatch.setattr(browse, "MAX_ROWS_EXAMINED", 200)
    monkeypatch.setattr(browse, "_FIRST_READ_ROWS", 100)
    monkeypatch.setattr(browse, "_ALTERNATIVE_ROWS", 10)
    monkeypatch.setattr(browse, "MAX_SMALL_FACET", 0)
    query = Query(words="katharina andersson", department="Department 5", location="Singapore")
    found = list(pages(big_room.store, query, 5))
    back, page = [], found[-1]
    while page.previous:
        page = big_room.store.browse(query, page.previous, 5)
        back = [*(card.id for card in page.cards), *back]
    ahead = [card.id for page in found for card in page.cards]
    assert sorted(set(back) | {card.id for card in found[-1].cards}) == sorted(ahead)


@pytest.fixture(scope="module")
def crowd(dynamodb_local):
    """Rows of 2,000 people called Katharina and 2,000 called Andersson; three are called both."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL_DYNAMODB", dynamodb_local)
        room = DynamoRoom(dynamodb_local)
        names = ["Katharina Berg", "Andersson Berg"] * 1_997 + ["Katharina Andersson"] * 3
        people = [
            colleague(number, full_name=f"{name} {number:05}", email="", location="X" * 90)
            for number, name in enumerate(names)
        ]
        rows = [row for each in people for key, row in project_rows(each).items().items()
                if key[1].startswith(("andersson\x1f", "katharina\x1f"))]  # fmt: skip
        for at in range(0, len(rows), 25):
            puts = [{"PutRequest": {"Item": row}} for row in rows[at : at + 25]]
            room.store.calls.batch_write(room.index, {"RequestItems": {room.index: puts}})
        yield room
        room.close()


@pytest.fixture
def crowd_meter(crowd, dynamodb_local, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", dynamodb_local)
    yield Meter(crowd)
    crowd.store.calls.meter = None


def bounded_pages(room: DynamoRoom, meter: Meter, query: Query) -> list[str]:
    """The names on all pages to the end, each of which kept within its bounds."""
    shown = []
    for page in pages(room.store, query, PAGE_SIZE):
        assert meter.units["Query"] <= 200
        assert (page.rows_examined or 0) <= 4_000
        meter.units.clear()
        shown += [card.full_name[:-6] for card in page.cards]
    return shown


def test_two_frequent_words_that_rarely_meet_cost_no_page_more_than_200_units(crowd, crowd_meter):
    first = crowd.store.browse(Query(words="andersson katharina"))
    assert 100 < crowd_meter.units["Query"] <= 200
    assert first.rows_examined
    assert first.next
    crowd_meter.units.clear()
    shown = bounded_pages(crowd, crowd_meter, Query(words="andersson katharina"))
    assert shown == ["Katharina Andersson"] * 3


@pytest.mark.parametrize("words", ["andersson zzz", "katharina berg zzz", "andersson jakob quito"])
def test_a_search_that_finds_nobody_costs_no_page_more_than_200_units(crowd, crowd_meter, words):
    assert bounded_pages(crowd, crowd_meter, Query(words=words)) == []


def test_the_searches_of_one_page_cost_no_more_than_200_units_together(crowd, crowd_meter):
    query = Query(words="andersson katharina")
    with read_budget.limit():
        for _ in range(3):
            crowd.store.browse(query)
    assert 150 < crowd_meter.units["Query"] <= 200
    crowd.store.browse(query)  # another page
    assert crowd_meter.units["Query"] > 300
    crowd_meter.units.clear()
    with read_budget.limit(0.1):
        crowd.store.browse(query)
        crowd.store.browse(query)
    assert 10 < crowd_meter.units["Query"] <= 20


def test_people_further_on_are_found_by_name_within_the_bound(crowd, crowd_meter):
    directory = Directory(crowd.store, None)
    page, close = directory.search(OPERATOR, Query(words="katharina andersson"))
    assert page.rows_examined
    names = [match.card.full_name[:-6] for match in close.people]
    assert names == ["Katharina Andersson"] * 3
    assert crowd_meter.units.total() <= 200


def test_rows_as_long_as_they_can_be_are_within_the_bound_too(dynamodb_local, monkeypatch):
    budget = Budget(MAX_ROWS_EXAMINED, browse.MAX_UNITS)
    assert budget.limit(100) == 100
    budget.spend(100, 150.0)  # six kilobytes each
    assert budget.limit(500) == 20
    budget.spend(20, 31.0)
    assert budget.limit(500) == 0
    assert Budget(MAX_ROWS_EXAMINED, browse.MAX_UNITS).limit(5_000) == 1_440


def test_what_drives_does_not_change_the_order(big_room, meter, monkeypatch):
    query = Query(words="a", department="Department 3", job_title="Data Analyst")
    whole = [card.id for card in everyone(big_room.store, query, 10)]
    monkeypatch.setattr(browse, "MAX_SMALL_FACET", 0)
    assert [card.id for card in everyone(big_room.store, query, 10)] == whole
    monkeypatch.setattr(browse, "_MAX_ALTERNATIVES", 0)
    assert [card.id for card in everyone(big_room.store, query, 10)] == whole
    assert len(whole) > 24


def test_at_most_four_thousand_rows_are_looked_at(big_room, meter):
    assert MAX_ROWS_EXAMINED == 4000
    page = big_room.store.browse(Query(words="an a ka", badge="linux"))
    assert page.cards == ()
    assert page.rows_examined is None or page.rows_examined <= 4010
    assert meter.units["Query"] <= 200


def test_writes_cost_what_the_design_says(dynamodb_local):
    room = DynamoRoom(dynamodb_local)
    meter = Meter(room)
    add(room.store, colleague(1))
    # One number for each table; and a process tells once which day it is.
    assert meter.calls == {"TransactWriteItems": 2, "UpdateItem": 1}
    assert meter.units["TransactWriteItems"] <= 50
    meter.units.clear()
    stored = room.store.get(colleague(1).id)
    assert meter.units == {"GetItem": 1.0}
    room.store.update(replace(stored, about="x"), revision_of(stored), Write("form"))
    assert meter.units["TransactWriteItems"] <= 8
    room.store.calls.meter = None
    room.close()


def test_counts_are_read_at_a_flat_cost(big_room, meter):
    big_room.store.facets()
    assert meter.units.total() <= 3
