"""What history costs: in actions and write units of a save, and in read units of a page."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.contracts.history import CHANGES_PER_PAGE, AuditQuery
from app.history.changes import Author, Change, ChangeKind, Through, Write
from app.history.difference import next_moment
from app.model.employee import BADGE_KEYS, Employee
from app.model.fields import TEXT_FIELDS
from app.model.revision import revision_of
from app.storage.dynamodb.client.tables import Tables
from app.storage.dynamodb.history.writer import ChangeWriter
from app.storage.dynamodb.index.manifests import Manifest
from app.storage.dynamodb.index.rows import project_rows
from app.storage.dynamodb.index.transactions import IndexWriter
from app.storage.dynamodb.records.codec import new_record, normalized
from bench.write_units import item_bytes, keys_of, units_of_transaction
from tests.contracts.history.test_changes import ANA, save
from tests.support.stores.dynamodb_binding import DynamoRoom
from tests.support.stores.people import add, new_write_id, person

MAX_ACTIONS = 97
MAX_MORE_UNITS = 6
TABLES = Tables("people", "index")
REQUEST = Through(request_id="0123456789abcdef0123456789abcdef")


class SeenCalls:
    """Stands for the calls, and keeps what is written in a transaction."""

    def __init__(self) -> None:
        self.actions: list[dict[str, dict[str, object]]] = []

    def write(self, operation, table, request):
        self.actions = request.get("TransactItems", [])
        return {}

    def read(self, operation, table, request):
        return {"Items": []}


def widest(letter: str, badges: tuple[str, ...], fields: dict[str, str]) -> Employee:
    """Somebody with more words than the index takes, and these badges and other fields."""
    words = [f"{letter}{number:02}word" for number in range(60)]
    texts = {
        "full_name": " ".join(words[:20]),
        "preferred_name": " ".join(words[20:30]),
        "email": f"{'.'.join(words[30:40])}@example.com",
        "job_title": " ".join(words[40:50]),
        "department": " ".join(words[50:55]),
        "location": " ".join(words[55:]),
        "start_date": f"20{ord(letter) % 10}0-01-02",
    }
    return normalized(Employee(id="x" * 60, badges=badges, **{**texts, **fields}))


badge_sets = st.lists(st.sampled_from(BADGE_KEYS), unique=True).map(tuple)
other_fields = st.dictionaries(
    st.sampled_from([name for name in TEXT_FIELDS if name != "full_name"]),
    st.sampled_from(("", "E-0141", "+1 206 555 0141", "2024-02-29", "x@example.com", "wide " * 99)),
)


@given(badge_sets, badge_sets, other_fields, other_fields, st.integers(0, 2))
def test_no_save_takes_more_than_97_actions(old_badges, new_badges, old, new, version):
    """Every word, facet, badge and key of a person may differ, and counts, change and entry."""
    before = replace(widest("a", old_badges, old), version=20 * version + 19, history="")
    after = replace(widest("b", new_badges, new), version=before.version + 1)
    calls = SeenCalls()
    changes = ChangeWriter(calls, TABLES.index)
    recording = changes.of_update(before, after, Write("w", ANA, REQUEST), "")
    manifest = Manifest(before.id, 1, project_rows(before).shape)
    update = {"Update": {"TableName": TABLES.people, "Key": TABLES.person_key(before.id)}}
    writer = IndexWriter(calls, TABLES)
    writer.apply(manifest, project_rows(after), update, *recording.actions)
    assert 3 <= len(calls.actions) <= MAX_ACTIONS


def units_of_history(employee: Employee, wanted: Employee) -> int:
    """What a save costs more than without its history, by AWS's rule."""
    calls = SeenCalls()
    recording = ChangeWriter(calls, TABLES.index).of_update(
        employee, wanted, Write("w", ANA, REQUEST), ""
    )
    items = [action["Put"]["Item"] for action in recording.actions]
    assert len(list(keys_of(recording.actions))) == 2
    record = new_record(wanted, "0123456789abcdef01234567", "0123456789abcdef")
    marked = {**record, "history": {"S": recording.mark}}
    more = units_of_transaction([item_bytes(marked)]) - units_of_transaction([item_bytes(record)])
    return units_of_transaction(map(item_bytes, items)) + more


ORDINARY = Employee(
    id="0123456789abcdef0123456789abcdef",
    full_name="Katharina Andersson-Lindqvist",
    job_title="Senior Field Engineer",
    department="Customer Operations",
    location="Stockholm",
    email="katharina.andersson@example.com",
    phone="+46 8 555 01 41",
    start_date="2021-03-01",
    about="Looks after the customers of the north. " * 8,
    badges=("bug", "linux"),
    photo_key="employee_pic/0123456789abcdef.jpg",
    version=4,
)


@pytest.mark.parametrize("history", ["", "2026-11-29T22:41:06.123Z-1f3a abcdefgh"])
@pytest.mark.parametrize(
    "fields",
    [
        {"job_title": "Lead Field Engineer"},
        {"full_name": "Katharina Berg", "email": "katharina.berg@example.com"},
        {"about": "Away until May. " * 9},
        {"badges": (), "phone": ""},
        {"left_on": "2026-11-30"},
    ],
)
def test_an_ordinary_save_takes_at_most_six_write_units_more(fields, history):
    before = replace(ORDINARY, history=history)
    wanted = replace(before, version=5, **fields)
    assert units_of_history(before, wanted) <= MAX_MORE_UNITS


class Meter:
    """What the calls of a store consume."""

    def __init__(self) -> None:
        self.units: Counter[str] = Counter()

    def __call__(self, operation: str, units: float) -> None:
        self.units[operation] += units


WHOLE = {"full_name": "Katharina Andersson", "about": "x" * 300}


def many_changes(employee_id: str, count: int):
    moment = "2026-01-01T00:00:00.000Z-0000"
    for number in range(1, count + 1):
        moment = next_moment(moment, datetime(2026, 1, 1, tzinfo=UTC))
        yield Change(
            employee_id=employee_id,
            moment=moment,
            kind=ChangeKind.CHANGED,
            version=number,
            full_name="Katharina Andersson-Lindqvist",
            was={"job_title": f"Engineer {number:04}", "location": "Oslo"},
            now={"job_title": f"Engineer {number + 1:04}", "location": "Stockholm"},
            base={"full_name": "Katharina Andersson", "about": "x" * 300}
            if number % 20 == 0
            else None,
            author=ANA,
            through=REQUEST,
        )


@pytest.mark.slow
def test_a_page_of_history_costs_the_same_at_5_and_at_5_000_changes(dynamodb_local):
    room = DynamoRoom(dynamodb_local)
    history = room.open_history()
    history.restore_changes(many_changes("many", 5_000))
    history.restore_changes(many_changes("few", 5))
    cost: dict[str, float] = {}
    for employee_id in ("few", "many"):
        opened = room.open_history()  # which knows nobody's name yet
        opened.calls.meter = meter = Meter()
        page = opened.changes_of(employee_id)
        assert len(page.changes) == {"few": 5, "many": CHANGES_PER_PAGE}[employee_id]
        cost[employee_id] = meter.units.total()
        deep = opened.changes_of(employee_id, page.older)
        assert len(deep.changes) == len(page.changes)
    assert max(cost.values()) <= 4
    opened.calls.meter = meter = Meter()
    assert len(opened.audit(AuditQuery()).entries) == 50
    assert meter.units.total() <= 20
    room.close()


@pytest.mark.slow
def test_entries_are_spread_over_four_views(proxied_room):
    add(proxied_room.store, person("ada"))
    for number in range(60):
        save(proxied_room.store, "ada", about=f"text {number}")
    views = Counter(
        item["view"]["S"][-2:]
        for item in proxied_room.items(proxied_room.index)
        if item["view"]["S"].startswith("hist#") and "event" in item
    )
    assert set(views) == {"#0", "#1", "#2", "#3"}
    assert max(views.values()) < 40


@pytest.mark.slow
def test_a_save_reads_nothing_of_the_history_but_for_the_first_of_a_record_of_before(
    proxied_room, dynamodb_proxy
):
    proxied_room.put_outside(person("ada"))
    save(proxied_room.store, "ada", about="x")
    dynamodb_proxy.forget()
    save(proxied_room.store, "ada", about="y")
    assert dynamodb_proxy.operations == {
        "GetItem": 1,
        "BatchGetItem": 1,
        "TransactWriteItems": 1,
    }


@pytest.mark.slow
def test_the_name_of_an_author_is_written_once(proxied_room, dynamodb_proxy):
    add(proxied_room.store, person("ada"))
    save(proxied_room.store, "ada", Write(new_write_id(), ANA), about="x")
    dynamodb_proxy.forget()
    for number in range(3):
        save(proxied_room.store, "ada", Write(new_write_id(), ANA), about=f"text {number}")
    assert set(dynamodb_proxy.operations) == {"GetItem", "BatchGetItem", "TransactWriteItems"}
    stored = proxied_room.store.get("ada")
    another = proxied_room.open_another()
    other = Author("Ana Married", ANA.account_id, ANA.person_id)
    another.update(replace(stored, about="z"), revision_of(stored), Write("w", other))
    names = {one.author.name for one in proxied_room.open_history().changes_of("ada").changes}
    assert names == {"", "Ana Ruiz", "Ana Married"}
