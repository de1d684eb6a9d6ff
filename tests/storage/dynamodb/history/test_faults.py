"""Lost replies, kills, wrong clocks, refusals: as many changes as versions, in their order."""

import random
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.history.changes import Via, Write
from app.history.difference import content_of
from app.history.folding import fold
from app.model.errors import EditConflict, EmployeeNotFound, StorageUnavailable
from app.model.revision import revision_of
from app.runtime import deadline
from app.storage.dynamodb.history import writer
from tests.contracts.history.test_changes import ANA, changes_of, save
from tests.support.aws_errors import access_denied, server_error, throttled, transaction_conflict
from tests.support.dynamodb_audit import audit
from tests.support.servers.warm_process import PythonProcess
from tests.support.stores.people import add, person

pytestmark = pytest.mark.slow


def versions(room, employee_id: str = "ada") -> list[int]:
    return [change.version for change in changes_of(room.open_history(), employee_id)]


@pytest.mark.parametrize("times", [1, 3])
def test_a_save_whose_reply_is_lost_leaves_one_change(proxied_room, dynamodb_proxy, times):
    add(proxied_room.store, person("ada"))
    stored = proxied_room.store.get("ada")
    wanted, write = replace(stored, about="x"), Write("form", ANA)
    dynamodb_proxy.on("TransactWriteItems").lose_reply(times=times)
    for _ in range(3):  # as a visitor does who sends the form again
        try:
            proxied_room.store.update(wanted, revision_of(stored), write)
            break
        except StorageUnavailable:
            continue
    dynamodb_proxy.recover()
    assert proxied_room.store.get("ada").version == 2
    assert versions(proxied_room) == [1, 2]


def test_an_addition_whose_reply_is_lost_leaves_one_change(proxied_room, dynamodb_proxy):
    dynamodb_proxy.on("TransactWriteItems").lose_reply(times=1)
    proxied_room.store.add(person("ada"), Write("form", ANA))
    proxied_room.store.add(person("ada"), Write("form", ANA))
    assert versions(proxied_room) == [1]


@pytest.mark.parametrize("reply", [throttled, server_error, transaction_conflict])
def test_a_save_that_is_refused_a_few_times_leaves_one_change(proxied_room, dynamodb_proxy, reply):
    add(proxied_room.store, person("ada"))
    dynamodb_proxy.on("TransactWriteItems").answer(reply(), times=3)
    save(proxied_room.store, "ada", Write("form", ANA), about="x")
    assert versions(proxied_room) == [1, 2]


def test_a_save_that_is_refused_leaves_no_change(proxied_room, dynamodb_proxy):
    add(proxied_room.store, person("ada"))
    for operation in ("PutItem", "TransactWriteItems"):  # first the name of the author
        dynamodb_proxy.on(operation).answer(access_denied())
        with pytest.raises(StorageUnavailable):
            save(proxied_room.store, "ada", Write("form", ANA), about="x")
        dynamodb_proxy.recover()
    assert versions(proxied_room) == [1]
    assert content_of(proxied_room.store.get("ada")) == {"full_name": "Ada Lovelace"}


def test_changes_stay_in_their_order_where_another_machine_is_an_hour_behind(
    proxied_room, monkeypatch
):
    add(proxied_room.store, person("ada"))
    behind = proxied_room.open_another()
    for number in range(6):
        store = (proxied_room.store, behind)[number % 2]
        if store is behind:
            monkeypatch.setattr(writer, "_now", lambda: datetime.now(UTC) - timedelta(hours=1))
        save(store, "ada", about=f"text {number}")
        monkeypatch.undo()
    assert versions(proxied_room) == [1, 2, 3, 4, 5, 6, 7]
    changes = changes_of(proxied_room.open_history(), "ada")
    assert [change.now["about"] for change in changes[1:]] == [f"text {n}" for n in range(6)]


def test_a_record_as_large_as_it_may_be_can_still_be_saved(proxied_room):
    """Another program wrote it; its change is cut rather than refused."""
    proxied_room.put_outside(person("ada", about="é" * 150_000))
    save(proxied_room.store, "ada", about="é" * 10, location="Oslo")
    (change,) = changes_of(proxied_room.open_history(), "ada")
    assert change.now == {"location": "Oslo", "about": "é" * 10}
    assert len(change.was["about"]) == 20_000
    save(proxied_room.store, "ada", about="x")
    assert versions(proxied_room) == [1, 2]


def test_a_killed_deletion_goes_on_when_it_is_asked_again(proxied_room, dynamodb_proxy):
    add(proxied_room.store, person("ada", "Ada Secret"), person("bob", "Bob"))
    for number in range(60):
        save(proxied_room.store, "ada", about=f"secret {number}")
    for operation, after in (
        ("BatchWriteItem", 0),
        ("BatchWriteItem", 3),
        ("TransactWriteItems", 0),
    ):
        dynamodb_proxy.on(operation).answer(access_denied(), after=after)
        with pytest.raises(StorageUnavailable):
            proxied_room.store.delete("ada", None, Write("gone", ANA))
        dynamodb_proxy.recover()
        assert proxied_room.store.get("ada").about == "secret 59"
    for _ in range(2):
        proxied_room.store.delete("ada", None, Write("gone", ANA))
    everything = [*proxied_room.items(proxied_room.people), *proxied_room.items(proxied_room.index)]
    assert "ecret" not in repr(everything)
    assert audit(proxied_room) == []


def test_a_deletion_of_somebody_with_thousands_of_changes_ends(proxied_room):
    from tests.storage.dynamodb.history.test_costs import many_changes

    add(proxied_room.store, person("ada", "Ada Secret"))
    proxied_room.open_history().restore_changes(many_changes("ada", 1_500))
    deadline.start()
    for _ in range(20):
        try:
            proxied_room.store.delete("ada", None, Write("gone", ANA))
            break
        except StorageUnavailable:
            deadline.start()
    views = {item["view"]["S"] for item in proxied_room.items(proxied_room.index)}
    assert not [view for view in views if view.startswith("h#")]


def test_who_is_erased_while_somebody_edits_leaves_no_change(proxied_room):
    from concurrent.futures import ThreadPoolExecutor

    def edit(number: int) -> None:
        try:
            save(proxied_room.store, "ada", Write(f"w{number}", ANA), about=f"text {number}")
        except (EditConflict, EmployeeNotFound):
            return

    add(proxied_room.store, person("ada"))
    with ThreadPoolExecutor(6) as threads:
        edits = [threads.submit(edit, number) for number in range(12)]
        threads.submit(proxied_room.store.delete, "ada", None, Write("gone", ANA)).result()
        for one in edits:
            one.result()
    with pytest.raises(EmployeeNotFound):
        proxied_room.store.get("ada")
    assert versions(proxied_room) == []


SAVING = """
import os, sys, uuid
from dataclasses import replace
from app.history.changes import Author, Write
from app.model.revision import revision_of
from app.settings import Settings
from app.storage.dynamodb import open_dynamodb_store
store = open_dynamodb_store(Settings.from_env(os.environ))
print("saving", flush=True)
while True:
    stored = store.get("ada")
    write = Write(str(uuid.uuid4()), Author("Ana", "a1"))
    store.update(replace(stored, about=write.id, location=write.id[:4]), revision_of(stored), write)
"""


def test_after_a_hundred_kills_there_are_as_many_changes_as_versions(
    proxied_room, dynamodb_proxy, tmp_path
):
    """Each while a save is under way: before, in or after its transaction."""
    add(proxied_room.store, person("ada"))
    settings = {
        "AWS_ENDPOINT_URL_DYNAMODB": dynamodb_proxy.endpoint,
        "DYNAMO_MODE": "on",
        "DYNAMO_TABLE": proxied_room.people,
    }
    dice = random.Random(7)
    for number in range(100):
        gate = dynamodb_proxy.on("TransactWriteItems").hold_reply(after=number % 2)
        saving = PythonProcess("-c", SAVING, log=tmp_path / f"{number}.log", settings=settings)
        gate.wait_until_reached()
        time.sleep(dice.random() / 100)
        saving.kill()
        dynamodb_proxy.recover()
    stored = proxied_room.store.get("ada")
    found = changes_of(proxied_room.open_history(), "ada")
    assert stored.version > 100
    assert [change.version for change in found] == list(range(1, stored.version + 1))
    assert fold(found) == content_of(stored)
    assert {change.through.via for change in found} == {Via.PAGE}
    assert audit(proxied_room) == []
