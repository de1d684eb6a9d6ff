"""Many writers at once, with the conflicts that the emulators never report; folds; kills."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from app.history.changes import Write
from app.model.errors import EditConflict, EmployeeNotFound, StorageUnavailable
from app.model.revision import revision_of
from app.storage.dynamodb.client.tables import Tables
from app.storage.dynamodb.index.counters import Counters
from tests.support.aws_errors import throttled, transaction_conflict
from tests.support.dynamodb_audit import audit
from tests.support.servers.fault_proxy import FaultProxy
from tests.support.servers.faults import Gate
from tests.support.servers.warm_process import PythonProcess
from tests.support.stores.dynamodb_binding import DynamoRoom
from tests.support.stores.people import add, everyone, found, person

pytestmark = pytest.mark.slow

WRITE = "TransactWriteItems"


def new_tally(room: DynamoRoom) -> Counters:
    return Counters(room.store.calls, Tables(room.people, room.index))


def deltas_of(room: DynamoRoom) -> int:
    return sum(item["at"]["S"].startswith("d#") for item in room.items(room.index))


def until_saved(write: Callable[[int], None], number: int) -> None:
    """Write as people do: who is told of too many conflicts sends the form again."""
    while True:
        try:
            return write(number)
        except StorageUnavailable:
            continue


def test_fifty_writers_amid_conflicts_leave_exact_counts(proxied_room, dynamodb_proxy):
    add(proxied_room.store, *(person(f"p{number}", f"Person {number}") for number in range(25)))
    luck = random.Random(7)
    lock = threading.Lock()

    def unlucky(request) -> bool:
        with lock:
            return request.operation == WRITE and luck.random() < 0.4

    dynamodb_proxy.on(unlucky).answer(transaction_conflict())
    dynamodb_proxy.on(lambda request: unlucky(request) and luck.random() < 0.1).answer(throttled())

    def write(number: int) -> None:
        form = f"form {number}"
        if number % 2:
            proxied_room.store.add(
                person(f"new{number}", "New", location=f"Place {number % 3}"), Write(form)
            )
        elif number % 4:
            proxied_room.store.delete(f"p{number // 2}", None, Write(form))
        else:
            one = proxied_room.store.get(f"p{number // 2}")
            renamed = replace(one, full_name="Renamed", badges=("bug",))
            proxied_room.store.update(renamed, revision_of(one), Write(form))
        if number % 10 == 0:
            proxied_room.store.facets()
            proxied_room.store.maintain()

    with ThreadPoolExecutor(50) as writers:
        list(writers.map(lambda number: until_saved(write, number), range(50)))
    dynamodb_proxy.recover()
    assert dynamodb_proxy.count(WRITE) > 70
    assert audit(proxied_room) == []
    facets = proxied_room.store.facets()
    assert facets.total == len(everyone(proxied_room.store)) == 38
    assert facets.badges == {"bug": 13}


def test_of_two_editors_of_one_person_exactly_one_wins_each_round(proxied_room):
    add(proxied_room.store, person("ada"))
    for number in range(5):
        before = proxied_room.store.get("ada")
        gate = threading.Barrier(4)

        def edit(editor: int, number=number, before=before, gate=gate) -> bool:
            gate.wait()
            wanted = replace(before, full_name=f"Round {number} by {editor}")
            try:
                proxied_room.store.update(
                    wanted, revision_of(before), Write(f"form {number} {editor}")
                )
            except EditConflict:
                return False
            return True

        with ThreadPoolExecutor(4) as editors:
            assert sum(editors.map(edit, range(4))) == 1
    assert proxied_room.store.get("ada").version == 6
    assert audit(proxied_room) == []


def test_the_same_form_sent_by_many_at_once_makes_one_person(proxied_room):
    with ThreadPoolExecutor(8) as senders:
        stored = list(
            senders.map(lambda _: proxied_room.store.add(person("one"), Write("form")), range(8))
        )
    assert {each.version for each in stored} == {1}
    assert proxied_room.store.facets().total == 1
    assert audit(proxied_room) == []


def test_an_edit_against_a_deletion_ends_as_one_or_the_other(proxied_room):
    for number in range(6):
        add(proxied_room.store, person(f"p{number}", location="Oslo"))
        one = proxied_room.store.get(f"p{number}")

        def edit(one=one) -> None:
            proxied_room.store.update(
                replace(one, location="Rome"), revision_of(one), Write("edit")
            )

        def delete(one=one) -> None:
            proxied_room.store.delete(one.id, revision_of(one), Write("delete"))

        outcomes = []
        with ThreadPoolExecutor(2) as both:
            for task in [both.submit(edit), both.submit(delete)]:
                outcomes.append(type(task.exception()))
        assert Counter(outcomes)[type(None)] == 1
        assert issubclass(
            next(o for o in outcomes if o is not type(None)), EmployeeNotFound | EditConflict
        )
    assert audit(proxied_room) == []


def test_tidying_folds_many_deltas_and_the_counts_stay(proxied_room):
    add(proxied_room.store, *(person(f"p{number}", f"P {number}") for number in range(70)))
    before = proxied_room.store.facets()
    assert deltas_of(proxied_room) == 70
    proxied_room.store.maintain()
    assert deltas_of(proxied_room) == 0
    assert proxied_room.store.facets() == before
    assert proxied_room.open_another().facets() == before
    assert audit(proxied_room) == []


def test_few_deltas_are_not_folded(proxied_room):
    add(proxied_room.store, *(person(f"p{number}", f"P {number}") for number in range(5)))
    proxied_room.store.facets()
    proxied_room.store.maintain()
    assert deltas_of(proxied_room) == 5


def test_of_two_folds_at_once_one_does_it_and_the_other_nothing(proxied_room, dynamodb_proxy):
    add(proxied_room.store, *(person(f"p{number}", f"P {number}") for number in range(40)))
    first, second = new_tally(proxied_room), new_tally(proxied_room)
    gate = dynamodb_proxy.on(WRITE).hold()
    with ThreadPoolExecutor(1) as other:
        slow = other.submit(first.fold)
        gate.wait_until_reached()
        assert second.fold()
        gate.open()
        assert not slow.result()
    assert audit(proxied_room) == []


def test_counts_read_during_a_fold_are_right_and_never_go_backwards(proxied_room, dynamodb_proxy):
    add(proxied_room.store, *(person(f"p{number}", f"P {number}") for number in range(40)))
    reader = new_tally(proxied_room)
    # The totals are read, then a fold comes, then the deltas are read: gone by now.
    gate = dynamodb_proxy.on(
        lambda request: b"d#" in request.raw_body and b"begins" in request.raw_body
    ).hold()
    with ThreadPoolExecutor(1) as other:
        reading = other.submit(reader.snapshot)
        gate.wait_until_reached()
        assert new_tally(proxied_room).fold()
        gate.open()
        assert reading.result().counts["*"] == 40


def test_a_fold_whose_reply_is_lost_counts_nobody_twice(proxied_room, dynamodb_proxy):
    add(proxied_room.store, *(person(f"p{number}", f"P {number}") for number in range(40)))
    dynamodb_proxy.on(WRITE).lose_reply(times=1)
    assert new_tally(proxied_room).fold()
    assert audit(proxied_room) == []


def test_readers_of_the_counts_beside_writers_and_folds_never_see_them_fall(proxied_room):
    readings: list[int] = []
    stop = threading.Event()

    def read() -> None:
        reader = proxied_room.open_another()
        while not stop.is_set():
            readings.append(reader.facets().total)
            reader.maintain()

    reading = threading.Thread(target=read)
    reading.start()
    with ThreadPoolExecutor(8) as writers:
        list(
            writers.map(
                lambda n: proxied_room.store.add(person(f"p{n}", f"P {n}"), Write(f"f{n}")),
                range(80),
            )
        )
    stop.set()
    reading.join()
    assert readings == sorted(readings)
    assert proxied_room.store.facets().total == 80
    assert audit(proxied_room) == []


SAVE = """
import os
import sys
from dataclasses import replace
from pathlib import Path
from app.history.changes import Write
from app.model.employee import Employee
from app.model.revision import revision_of
from app.settings import Settings
from app.storage.dynamodb import open_dynamodb_store
store = open_dynamodb_store(Settings.from_env(os.environ))
match sys.argv[1]:
    case "add":
        store.add(Employee(id="new", full_name="New Person", location="Rome"), Write("form"))
    case "update":
        ada = store.get("ada")
        ada_king = replace(ada, full_name="Ada King", location="Rome")
        store.update(ada_king, revision_of(ada), Write("form"))
    case "delete":
        store.delete("ada", None, Write("form"))
    case "fold":
        store.facets()
        store.maintain()
print("saved")
"""
# How many requests each makes up to its one write of record and index.
STEPS = {"add": 3, "update": 5, "delete": 6, "fold": 7}


@pytest.mark.parametrize("what", STEPS)
def test_killed_at_any_step_of_a_save_index_and_record_agree(
    proxied_room, dynamodb_proxy, tmp_path, what
):
    """Before each request reaches the service, and when the write is done but not heard of."""
    add(proxied_room.store, person("ada", location="Oslo", badges=("bug",)))
    if what == "fold":
        add(proxied_room.store, *(person(f"p{number}", f"P {number}") for number in range(35)))
    outcomes = set()
    for step in range(STEPS[what]):
        gate = dynamodb_proxy.on("*").hold(after=step)
        kill_when_reached(gate, proxied_room, dynamodb_proxy, tmp_path / f"{step}.log", what)
        outcomes.add(state_of(proxied_room))
        undo(proxied_room)
    assert len(outcomes) == 1
    gate = dynamodb_proxy.on(WRITE).hold_reply()
    kill_when_reached(gate, proxied_room, dynamodb_proxy, tmp_path / "heard.log", what)
    assert state_of(proxied_room) not in outcomes


def kill_when_reached(gate: Gate, room: DynamoRoom, proxy: FaultProxy, log: Path, what: str):
    settings = {
        "AWS_ENDPOINT_URL_DYNAMODB": proxy.endpoint,
        "DYNAMO_MODE": "on",
        "DYNAMO_TABLE": room.people,
    }
    saver = PythonProcess("-c", SAVE, what, log=log, settings=settings)
    gate.wait_until_reached()
    saver.kill()
    proxy.recover()
    assert "saved" not in log.read_text()
    assert audit(room) == []


def state_of(room: DynamoRoom) -> tuple[tuple[str, ...], bool]:
    """Who is listed, and whether there is something to fold."""
    return names_of(room), deltas_of(room) > 30


def names_of(room: DynamoRoom) -> tuple[str, ...]:
    return tuple(found(room.store))


def undo(room: DynamoRoom) -> None:
    """Back to where the test began, under ids that no tombstone forbids."""
    for item in room.items(room.index):
        if "gone" in item:
            room.client.delete_item(
                TableName=room.index, Key={"view": item["view"], "at": item["at"]}
            )
    if "New Person" in names_of(room):
        room.store.delete("new", None, Write("undo"))
        undo(room)
    try:
        ada = room.store.get("ada")
        wanted = replace(ada, full_name="Ada Lovelace", location="Oslo", badges=("bug",))
        room.store.update(wanted, revision_of(ada), Write(f"undo {random.random()}"))
    except EmployeeNotFound:
        add(room.store, person("ada", location="Oslo", badges=("bug",)))
