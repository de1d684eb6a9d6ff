"""A change of the order of lists beside machines that go on saving, and one that is killed."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import replace

import pytest

from app.contracts import Query
from app.history.changes import Write
from app.model.errors import EditConflict
from app.model.revision import revision_of
from app.storage.dynamodb.index import order
from app.storage.dynamodb.tasks import reorder
from app.text.person_names import SortBy
from tests.support.dynamodb_audit import audit
from tests.support.stores.dynamodb_binding import DynamoRoom, UsedRoom
from tests.support.stores.people import everyone, new_write_id, person

pytestmark = pytest.mark.slow

GIVEN, FAMILY = SortBy


@pytest.fixture
def room(dynamodb_local):
    opened = UsedRoom(dynamodb_local)
    yield opened
    opened.close()


def people(count: int) -> list:
    return [person(f"id-{n:03}", f"Given{n:03} Family{999 - n}") for n in range(count)]


def save_until(room: DynamoRoom, stop: threading.Event, seed: int, saved: list[str]) -> None:
    """One machine that edits, adds and deletes until it is stopped."""
    store = room.open_another(GIVEN)
    number = 0
    while not stop.is_set():
        number += 1
        new = store.add(
            person(f"new-{seed}-{number}", f"New{number} Name{seed}"), Write(new_write_id())
        )
        stored = store.get(f"id-{(number * 7 + seed) % 100:03}")
        changed = replace(stored, full_name=f"{stored.full_name.split()[0]} Changed{number}")
        with suppress(EditConflict):  # another machine was first
            store.update(changed, revision_of(stored), Write(new_write_id()))
        if number % 3 == 0:
            store.delete(new.id, None, Write(new_write_id()))
        saved.append(new.id)


def test_beside_machines_that_save_everybody_is_in_the_new_order(
    room: DynamoRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order, "MAX_AGE_SECONDS", 0.3)
    monkeypatch.setattr(reorder, "SETTLE_SECONDS", 1.5)
    list(room.store.add_many(people(100)))
    stop, saved = threading.Event(), []
    machines = [
        threading.Thread(target=save_until, args=(room, stop, seed, saved)) for seed in range(3)
    ]
    for machine in machines:
        machine.start()
    try:
        list(room.open_another(FAMILY).reindex())
    finally:
        stop.set()
        for machine in machines:
            machine.join()
    assert len(saved) > 10
    found = room.open_another(FAMILY)
    assert found.list_order().problem == ""
    assert audit(room) == []
    keys = _name_keys(found)
    assert keys == sorted(keys)
    assert sum(key.startswith(("family", "changed", "name")) for key in keys) == len(keys)


def _name_keys(store) -> list[str]:
    page, keys = store.browse(Query(), None, 100), []
    keys += page.name_keys
    while page.next:
        page = store.browse(Query(), page.next, 100)
        keys += page.name_keys
    return keys


def test_a_change_that_was_stopped_goes_on_where_it_was(
    room: DynamoRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reorder, "SETTLE_SECONDS", 0.0)
    list(room.store.add_many(people(120)))
    for sort_by in (FAMILY, GIVEN, FAMILY):
        steps = room.open_another(sort_by).reindex()
        next(steps)
        steps.close()
        assert room.open_another(sort_by).list_order().stored.is_mixed
    list(room.open_another(FAMILY).reindex())
    again = room.open_another(FAMILY)
    assert again.list_order().problem == ""
    assert audit(room) == []
    assert len(everyone(again)) == 120


def test_a_follower_keeps_the_order_of_the_list(
    room: DynamoRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reorder, "SETTLE_SECONDS", 0.0)
    list(room.store.add_many(people(10)))
    follower = room.open_another(FAMILY)
    list(follower.follow(threading.Event(), once=True))
    room.put_item({"id": {"S": "outside"}, "full_name": {"S": "Zoe Outside"}})
    list(follower.follow(threading.Event(), once=True))
    assert follower.list_order().stored.written is GIVEN
    assert audit(room) == []


def test_an_order_that_another_program_wrote_is_none(room: DynamoRoom) -> None:
    for stored in ({"N": "1"}, {"S": "salary"}, {"BOOL": True}):
        item = {"view": {"S": "order"}, "at": {"S": "-"}, "by": stored}
        room.client.put_item(TableName=room.index, Item=item)
        assert room.open_another(GIVEN).list_order().problem == ""
