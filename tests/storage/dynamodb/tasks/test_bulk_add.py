"""Bulk import: everyone once, also when it is killed, or not alone, or writes come back."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.history.changes import Write
from app.model.errors import StorageUnavailable
from app.storage.dynamodb.client.calls import Calls
from app.storage.dynamodb.tasks import bulk_add, lease
from tests.support.aws_errors import access_denied
from tests.support.dynamodb_audit import audit
from tests.support.servers.warm_process import PythonProcess
from tests.support.stores.people import add, everyone, person

pytestmark = pytest.mark.slow


def some(count: int):
    return [person(f"p{number}", f"Person {number}", location="Oslo") for number in range(count)]


def test_everyone_is_there_once_and_counted(proxied_room):
    assert list(proxied_room.store.add_many(some(120)))[-1] == 120
    assert len(everyone(proxied_room.store)) == 120
    assert proxied_room.store.facets().locations == {"Oslo": 120}
    assert list(proxied_room.store.add_many(some(130)))[-1] == 10
    assert audit(proxied_room) == []


def test_a_transaction_of_32_people_takes_98_of_the_100_actions_that_there_are(
    proxied_room, dynamodb_proxy
):
    list(proxied_room.store.add_many(some(bulk_add.GROUP_SIZE)))
    sizes = [
        len(request.json["TransactItems"])
        for request in dynamodb_proxy.requests
        if request.operation == "TransactWriteItems"
    ]
    assert max(sizes) == 98


def test_stopped_in_the_middle_lists_show_those_who_were_added(proxied_room):
    """As *Stop* ends an import: the source raises, or nobody asks for more."""

    class Stopped(Exception):
        pass

    def until_stopped():
        yield from some(120)
        raise Stopped

    with pytest.raises(Stopped):
        list(proxied_room.store.add_many(until_stopped()))
    assert audit(proxied_room) == []
    steps = proxied_room.store.add_many(some(300))
    next(steps)
    steps.close()
    assert audit(proxied_room) == []
    assert 0 < len(everyone(proxied_room.store)) < 300


@pytest.mark.parametrize(
    ("operation", "fault"),
    [("BatchWriteItem", "answer"), ("TransactWriteItems", "answer"),
     ("TransactWriteItems", "lose_reply")],
)  # fmt: skip
def test_after_a_failure_lists_show_those_who_were_added(
    proxied_room, dynamodb_proxy, operation, fault
):
    """Denied, so that it is not tried again; or written, though nobody heard of it."""
    rule = dynamodb_proxy.on(operation)
    if fault == "answer":
        rule.answer(access_denied(), after=1, times=1)
    else:
        rule.lose_reply(after=1, times=1)
    try:
        list(proxied_room.store.add_many(some(160)))
    except StorageUnavailable:
        assert fault == "answer"
    dynamodb_proxy.recover()
    assert audit(proxied_room) == []
    assert list(proxied_room.store.add_many(some(160)))
    assert len(everyone(proxied_room.store)) == 160
    assert audit(proxied_room) == []


KILLED = """
import os
from app.model.employee import Employee
from app.settings import Settings
from app.storage.dynamodb.tasks import lease
from app.storage.dynamodb import open_dynamodb_store
lease.LIFE_SECONDS, lease.RENEW_SECONDS = 3.0, 1.0
people = (Employee(id=f"p{n}", full_name=f"Person {n}", location="Oslo") for n in range(120))
list(open_dynamodb_store(Settings.from_env(os.environ)).add_many(people))
"""


KILLED_AT = pytest.mark.parametrize(
    ("operation", "after"),
    [("BatchWriteItem", 3), ("TransactWriteItems", 0), ("BatchWriteItem", 15)],
)


def kill_an_import(proxied_room, dynamodb_proxy, tmp_path, operation, after):
    """Of 120 people, by force, once the service has carried out so many writes and one more."""
    gate = dynamodb_proxy.on(operation).hold_reply(after=after)
    settings = {
        "AWS_ENDPOINT_URL_DYNAMODB": dynamodb_proxy.endpoint,
        "DYNAMO_MODE": "on",
        "DYNAMO_TABLE": proxied_room.people,
    }
    killed = PythonProcess("-c", KILLED, log=tmp_path / "import.log", settings=settings)
    gate.wait_until_reached()
    killed.kill()
    dynamodb_proxy.recover()
    assert len(proxied_room.items(proxied_room.people)) < 120


@KILLED_AT
def test_killed_and_run_again_it_goes_on_and_nothing_tells_of_it(
    proxied_room, dynamodb_proxy, tmp_path, operation, after
):
    kill_an_import(proxied_room, dynamodb_proxy, tmp_path, operation, after)
    assert audit(proxied_room) != []
    list(proxied_room.store.add_many(some(120)))
    assert len(everyone(proxied_room.store)) == 120
    assert audit(proxied_room) == []


def test_what_a_killed_import_left_is_swept_by_reindex(proxied_room, dynamodb_proxy, tmp_path):
    kill_an_import(proxied_room, dynamodb_proxy, tmp_path, "BatchWriteItem", 15)
    list(proxied_room.store.reindex())
    assert audit(proxied_room) == []


def test_people_come_in_their_order_and_who_comes_twice_is_taken_once(proxied_room):
    twice = [person("p3", "Person 3", location="Rome"), *some(60), person("p7", "Person 7")]
    assert list(proxied_room.store.add_many([*twice, *twice])) == [31, 60, 60, 60]
    assert proxied_room.store.get("p3").location == "Rome"
    assert audit(proxied_room) == []


def test_a_backup_comes_back_with_its_versions_and_times(proxied_room):
    moment = datetime(2026, 3, 14, 15, 9, 26, 535897, tzinfo=UTC)
    was = [
        person("p1", "Person 1", version=7, updated_at=moment, start_date="2026-03-14"),
        person("p2", "Person 2"),
    ]
    list(proxied_room.store.add_many(was, keep_versions=True))
    assert [proxied_room.store.get(each.id) for each in was] == was
    list(proxied_room.store.add_many([replace(was[0], id="p3")]))
    assert proxied_room.store.get("p3").version == 1
    assert proxied_room.store.get("p3").updated_at > moment
    assert audit(proxied_room) == []


@pytest.mark.parametrize("operation", ["BatchWriteItem", "TransactWriteItems", "BatchGetItem"])
def test_an_import_lives_through_silences_that_a_request_would_not(
    proxied_room, dynamodb_proxy, operation
):
    dynamodb_proxy.on(operation).lose_reply(times=4)
    assert list(proxied_room.store.add_many(some(20)))[-1] == 20
    assert audit(proxied_room) == []


def test_memory_is_bounded_by_what_is_on_its_way(proxied_room):
    taken = []
    running = proxied_room.store.add_many(taken.append(one) or one for one in some(600))
    next(running)
    assert len(taken) <= bulk_add.GROUP_SIZE * 6
    running.close()
    stored = len(proxied_room.items(proxied_room.people))
    assert stored == bulk_add.GROUP_SIZE


def test_rows_that_come_back_unprocessed_are_written_again(proxied_room, monkeypatch):
    batch_write = Calls.batch_write
    refused = threading.Semaphore(3)

    def refuse_some(calls, table, request):
        if not refused.acquire(blocking=False):
            return batch_write(calls, table, request)
        rows = request["RequestItems"][table]
        batch_write(calls, table, {"RequestItems": {table: rows[:5]}})
        return {"UnprocessedItems": {table: rows[5:]}}

    monkeypatch.setattr(Calls, "batch_write", refuse_some)
    list(proxied_room.store.add_many(some(60)))
    assert not refused.acquire(blocking=False)
    assert audit(proxied_room) == []


def test_someone_added_by_hand_during_the_import_keeps_their_own_record(
    proxied_room, dynamodb_proxy, dynamodb_local
):
    gate = dynamodb_proxy.on("TransactWriteItems").hold()
    with ThreadPoolExecutor(1) as importer, pytest.MonkeyPatch.context() as patch:
        importing = importer.submit(lambda: list(proxied_room.store.add_many(some(20))))
        gate.wait_until_reached()
        patch.setenv("AWS_ENDPOINT_URL_DYNAMODB", dynamodb_local)
        add(proxied_room.open_another(), person("p7", "Person 7", location="Rome", phone="1"))
        gate.open()
        assert importing.result()[-1] == 19
    assert proxied_room.store.get("p7").location == "Rome"
    assert audit(proxied_room) == []


def test_an_import_whose_lease_was_taken_stores_nobody_any_more(proxied_room, monkeypatch):
    running = proxied_room.store.add_many(some(120))
    next(running)
    monkeypatch.setattr(lease.time, "time", lambda: 4e9)
    lease.Lease(proxied_room.store.calls, proxied_room.store.tables).acquire()
    with pytest.raises(StorageUnavailable, match="has taken over"):
        list(running)
    assert len(proxied_room.items(proxied_room.people)) == 32


def test_who_was_deleted_is_not_brought_back_by_an_import(proxied_room):
    add(proxied_room.store, person("p1", "Person 1"))
    proxied_room.store.delete("p1", None, Write("form"))
    list(proxied_room.store.add_many(some(3)))
    assert [card.id for card in everyone(proxied_room.store)] == ["p0", "p2"]
    assert audit(proxied_room) == []
