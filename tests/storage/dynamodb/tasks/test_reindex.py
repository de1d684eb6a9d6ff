"""Reindex: exact beside writers, resumed after being killed, and alone."""

import random
import threading
from dataclasses import replace

import pytest

from app.history.changes import Write
from app.model.errors import EditConflict, EmployeeNotFound, StorageUnavailable
from app.model.revision import revision_of
from app.storage.dynamodb.tasks import index_items, lease, reindex
from tests.support.dynamodb_audit import audit
from tests.support.servers.warm_process import PythonProcess
from tests.support.stores.dynamodb_binding import DynamoRoom, UsedRoom
from tests.support.stores.people import add, everyone, found, person

pytestmark = pytest.mark.slow

PAGE = 20


@pytest.fixture(autouse=True)
def small_pages(monkeypatch):
    """Few people are several pages."""
    monkeypatch.setattr(reindex, "_RECORD_PAGE_SIZE", PAGE)
    monkeypatch.setitem(index_items.INDEX_SCAN, "Limit", 10 * PAGE)


@pytest.fixture
def room(dynamodb_local):
    opened = UsedRoom(dynamodb_local)
    yield opened
    opened.close()


def fill(room: DynamoRoom, count: int) -> None:
    people = [person(f"p{number}", f"Person {number}", location="Oslo") for number in range(count)]
    list(room.store.add_many(people))


def put_outside(room: DynamoRoom, count: int) -> None:
    for number in range(count):
        name = {"S": f"Outsider {number}"}
        room.put_item({"id": {"S": f"o{number}"}, "full_name": name, "location": {"S": "Rome"}})


def test_it_finds_what_was_put_changed_and_deleted_outside(room):
    fill(room, 20)
    put_outside(room, 30)
    for number in range(5):
        room.delete_outside(f"p{number}")
        room.change_outside(f"p{number + 10}", "full_name", "Renamed")
    last = list(room.store.reindex())[-1]
    assert last.changed == 40
    assert audit(room) == []
    assert len(found(room.store, location="Rome")) == 30
    assert list(room.store.reindex())[-1].changed == 0


def test_it_rebuilds_an_index_that_was_lost(room):
    fill(room, 25)
    for item in room.items(room.index):
        room.client.delete_item(TableName=room.index, Key={"view": item["view"], "at": item["at"]})
    list(room.store.reindex())
    assert audit(room) == []
    assert room.open_another().facets().total == 25


def test_force_rewrites_rows_that_someone_damaged(room):
    fill(room, 10)
    rows = [item for item in room.items(room.index) if "c" in item]
    for item in random.Random(1).sample(rows, 20):
        room.client.delete_item(TableName=room.index, Key={"view": item["view"], "at": item["at"]})
    assert list(room.store.reindex())[-1].changed == 0
    list(room.store.reindex(force=True))
    assert audit(room) == []


def test_it_removes_rows_that_no_record_wants(room):
    fill(room, 10)
    for item in [item for item in room.items(room.index) if "c" in item]:
        ghost = {**item, "at": {"S": "zz" + item["at"]["S"]}}
        room.client.put_item(TableName=room.index, Item=ghost)
        nobody = {"S": item["c"]["S"].replace('["p', '["nobody-')}
        ghost = {**item, "at": {"S": "yy" + item["at"]["S"]}, "c": nobody}
        room.client.put_item(TableName=room.index, Item=ghost)
    list(room.store.reindex())
    assert audit(room) == []


def test_it_puts_counts_right_that_someone_damaged(room, caplog):
    fill(room, 10)
    for item in room.items(room.index):
        if item["view"]["S"] == "tally" and item["at"]["S"].startswith("0#"):
            room.client.delete_item(
                TableName=room.index, Key={"view": item["view"], "at": item["at"]}
            )
    list(room.store.reindex())
    assert "wrong counts were corrected" in caplog.text
    assert audit(room) == []
    assert room.open_another().facets().total == 10


def test_it_is_exact_beside_people_who_add_edit_and_delete(room):
    fill(room, 40)
    put_outside(room, 10)
    stop = threading.Event()
    saves = []

    def keep_saving(number: int) -> None:
        store, luck = room.open_another(), random.Random(number)
        while not stop.is_set():
            saves.append(number)
            form = f"form {number} {len(saves)}"
            try:
                one = store.get(f"p{luck.randrange(40)}")
                match luck.randrange(4):
                    case 0:
                        store.delete(one.id, None, Write(form))
                    case 1:
                        store.add(person(f"new {form}", f"New {form}"), Write(form))
                    case _:
                        renamed = replace(one, full_name=f"Name {luck.randrange(99)}")
                        store.update(renamed, revision_of(one), Write(form))
            except (EmployeeNotFound, EditConflict):
                pass

    writers = [threading.Thread(target=keep_saving, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    try:
        list(room.store.reindex(force=True))
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert len(saves) > 20
    assert audit(room) == []


REINDEX = """
import os
from app.settings import Settings
from app.storage.dynamodb.tasks import index_items, lease, reindex
from app.storage.dynamodb import open_dynamodb_store
lease.LIFE_SECONDS, lease.RENEW_SECONDS = 4.0, 1.0
reindex._RECORD_PAGE_SIZE, index_items.INDEX_SCAN["Limit"] = 20, 200
list(open_dynamodb_store(Settings.from_env(os.environ)).reindex())
"""


@pytest.mark.parametrize("writes_before", [0, 7, 30])
def test_killed_at_any_point_it_goes_on_where_it_was(
    room, dynamodb_local, fault_proxy, tmp_path, monkeypatch, writes_before
):
    fill(room, 10)
    put_outside(room, 30)
    for number in range(8):
        room.delete_outside(f"p{number}")
    proxy = fault_proxy(dynamodb_local)
    settings = {
        "AWS_ENDPOINT_URL_DYNAMODB": proxy.endpoint,
        "DYNAMO_MODE": "on",
        "DYNAMO_TABLE": room.people,
    }
    held = proxy.on("TransactWriteItems").hold_reply(after=writes_before)
    killed = PythonProcess("-c", REINDEX, log=tmp_path / "reindex.log", settings=settings)
    held.wait_until_reached(60)
    killed.kill()
    proxy.recover()
    proxy.forget()
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", proxy.endpoint)
    list(room.open_another().reindex())
    assert audit(room) == []
    scanned = [
        request.json
        for request in proxy.requests
        if request.operation == "Scan" and request.json["TableName"] == room.people
    ]
    resumed = bool(scanned) and "ExclusiveStartKey" in scanned[0]
    assert resumed == (writes_before >= PAGE)


def test_two_at_once_are_refused(room):
    fill(room, 5)
    first = room.store.reindex()
    next(first)
    lease_of_first = lease.Lease(room.store.calls, room.store.tables)
    stop = threading.Event()

    def keep_alive() -> None:
        while not stop.wait(0.2):
            room.client.update_item(
                TableName=room.index,
                Key=lease_of_first._key,
                UpdateExpression="SET held_until = held_until + :s",
                ExpressionAttributeValues={":s": {"N": "1"}},
            )

    alive = threading.Thread(target=keep_alive)
    alive.start()
    try:
        with pytest.raises(StorageUnavailable, match="another reindex or import"):
            list(room.open_another().reindex())
    finally:
        stop.set()
        alive.join()
    list(first)
    assert audit(room) == []


def test_one_that_is_stopped_leaves_the_way_free(room):
    fill(room, 5)
    first = room.store.reindex()
    next(first)
    first.close()
    assert list(room.open_another().reindex())[-1].done > 0


def test_one_whose_lease_was_taken_sweeps_nothing_any_more(room, monkeypatch):
    fill(room, 5)
    add(room.store, person("x", "X"))
    first = room.store.reindex()
    next(first)
    monkeypatch.setattr(lease.time, "time", lambda: 4e9)
    other = lease.Lease(room.store.calls, room.store.tables)
    other.acquire()
    ghost = next(item for item in room.items(room.index) if "c" in item)
    room.client.put_item(TableName=room.index, Item={**ghost, "at": {"S": "zz"}})
    with pytest.raises(StorageUnavailable):
        list(first)
    assert any(item["at"]["S"] == "zz" for item in room.items(room.index))
    assert len(everyone(room.store)) >= 6
