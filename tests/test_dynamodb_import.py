"""Bulk import: everyone once, also when it is killed, or not alone, or writes come back."""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.errors import StorageUnavailable
from app.storage.dynamodb import bulk, lease
from tests.contract.dynamodb_binding import DynamoRoom
from tests.contract.people import add, everyone, person
from tests.dynamodb_audit import audit
from tests.ground.environment import isolated
from tests.ground.server_process import ServerProcess

pytestmark = pytest.mark.slow


@pytest.fixture
def proxy(dynamodb_local, fault_proxy):
    return fault_proxy(dynamodb_local)


@pytest.fixture
def room(dynamodb_local, proxy):
    opened = DynamoRoom(dynamodb_local, through=proxy.endpoint)
    yield opened
    opened.close()


def some(count: int):
    return [person(f"p{number}", f"Person {number}", location="Oslo") for number in range(count)]


def test_everyone_is_there_once_and_counted(room):
    assert list(room.store.add_many(some(120)))[-1] == 120
    assert len(everyone(room.store)) == 120
    assert room.store.facets().locations == {"Oslo": 120}
    assert list(room.store.add_many(some(130)))[-1] == 10
    assert audit(room) == []


def test_a_transaction_of_49_people_takes_the_100_actions_that_there_are(room, proxy):
    list(room.store.add_many(some(bulk.PEOPLE_AT_ONCE)))
    sizes = [
        len(request.json["TransactItems"])
        for request in proxy.requests
        if request.operation == "TransactWriteItems"
    ]
    assert max(sizes) == 100


KILLED = """
from app.employee import Employee
from app.settings import Settings
from app.storage.dynamodb import lease, open_dynamodb_store
lease.LIFE_SECONDS, lease.RENEW_SECONDS = 3.0, 1.0
people = (Employee(id=f"p{n}", full_name=f"Person {n}", location="Oslo") for n in range(120))
list(open_dynamodb_store(Settings.from_env()).add_many(people))
"""


@pytest.mark.parametrize(
    ("operation", "after"),
    [("BatchWriteItem", 3), ("TransactWriteItems", 0), ("BatchWriteItem", 15)],
)
def test_killed_and_run_again_it_goes_on_and_reindex_sweeps_what_was_left(
    room, proxy, tmp_path, operation, after
):
    rule = proxy.on(operation).never_reply(after=after)
    settings = {
        "AWS_ENDPOINT_URL_DYNAMODB": proxy.endpoint,
        "DYNAMO_MODE": "on",
        "DYNAMO_TABLE": room.people,
    }
    killed = ServerProcess(
        [sys.executable, "-c", KILLED],
        folder=Path(__file__).parents[1],
        log=tmp_path / "import.log",
        environment=isolated(settings),
    )
    killed.wait_until(lambda: bool(rule.hits))
    killed.kill()
    proxy.recover()
    list(room.store.reindex())
    assert audit(room) == []
    list(room.store.add_many(some(120)))
    assert len(everyone(room.store)) == 120
    assert audit(room) == []


def test_rows_that_come_back_unprocessed_are_written_again(room, monkeypatch):
    write = room.store.calls.write
    refused = []

    def refuse_some(operation, table, request):
        if operation == "BatchWriteItem" and len(refused) < 3:
            rows = request["RequestItems"][table]
            refused.append(rows)
            write(operation, table, {"RequestItems": {table: rows[:5]}})
            return {"UnprocessedItems": {table: rows[5:]}}
        return write(operation, table, request)

    monkeypatch.setattr(room.store.calls, "write", refuse_some)
    list(room.store.add_many(some(60)))
    assert len(refused) == 3
    assert audit(room) == []


def test_someone_added_by_hand_during_the_import_keeps_their_own_record(
    room, proxy, dynamodb_local
):
    gate = proxy.on("TransactWriteItems").hold()
    with ThreadPoolExecutor(1) as importer, pytest.MonkeyPatch.context() as patch:
        importing = importer.submit(lambda: list(room.store.add_many(some(20))))
        gate.wait_until_reached()
        patch.setenv("AWS_ENDPOINT_URL_DYNAMODB", dynamodb_local)
        add(room.open_another(), person("p7", "Person 7", location="Rome", phone="1"))
        gate.open()
        assert importing.result()[-1] == 19
    assert room.store.get("p7").location == "Rome"
    assert audit(room) == []


def test_an_import_whose_lease_was_taken_stores_nobody_any_more(room, monkeypatch):
    running = room.store.add_many(some(120))
    next(running)
    monkeypatch.setattr(lease.time, "time", lambda: 4e9)
    lease.Lease(room.store.calls, room.store.tables).take()
    with pytest.raises(StorageUnavailable, match="has taken over"):
        list(running)
    assert len(room.items(room.people)) == 49


def test_who_was_deleted_is_not_brought_back_by_an_import(room):
    add(room.store, person("p1", "Person 1"))
    room.store.delete("p1", None, "form")
    list(room.store.add_many(some(3)))
    assert [card.id for card in everyone(room.store)] == ["p0", "p2"]
    assert audit(room) == []
