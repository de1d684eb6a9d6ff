"""Heartbeats: kept a while, told by one worker of a machine, and never in the way of a page."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import asdict, fields
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.contracts.heartbeats import (
    FORGOTTEN_SECONDS,
    Heartbeat,
    MachineState,
    heartbeat_from,
    state_of,
)
from app.machine import heartbeat_thread, procfs
from app.machine.heartbeat_thread import HeartbeatThread
from app.machine.procfs import CpuTime
from app.model.errors import StorageUnavailable
from app.runtime.runtime_dir import RuntimeDir
from app.storage.dynamodb import DynamoHeartbeats
from app.web.machine import wording
from tests.support.aws_errors import access_denied
from tests.support.hostile_json import HOSTILE, NOT_JSON, json_with, values
from tests.support.in_time import wait_until
from tests.support.stores.dynamodb_binding import DynamoRoom
from tests.web.machine.test_console import Fleet, Small, beat

NOW = 1_800_000_000.0


def test_a_heartbeat_comes_back_as_it_was() -> None:
    whole = beat(load_since=NOW, load_until=NOW + 60, load_program="/usr/bin/stress", key_mark="ab")
    assert heartbeat_from(whole.as_text()) == whole
    bare = Heartbeat(machine="vm", at=NOW)
    assert heartbeat_from(bare.as_text()) == bare


@pytest.mark.parametrize(
    "text", ["", "null", "[]", "{}", '{"machine": "vm"}', '{"at": 5}', '{"at": "x", "machine": 1}']
)
def test_what_is_no_heartbeat_is_none(text: str) -> None:
    assert heartbeat_from(text) is None


def test_of_another_release_is_read_what_is_understood() -> None:
    text = '{"machine": "vm", "at": 5, "cpu": 97, "zone": 7, "cores": "two", "later": [1]}'
    assert heartbeat_from(text) == Heartbeat(machine="vm", at=5.0, cpu=97.0)


@pytest.mark.parametrize("text", NOT_JSON, ids=lambda text: repr(text)[:20])
def test_what_is_no_json_is_no_heartbeat(text: str) -> None:
    assert heartbeat_from(text) is None


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("name", [field.name for field in fields(Heartbeat)])
def test_an_impossible_value_is_unknown_and_the_rest_is_shown(name: str, kind: str) -> None:
    found = heartbeat_from(json_with(asdict(beat()), name, kind))
    if found is None:
        return  # the whole is no JSON, or it has neither a name nor a time
    (row,) = wording.rows([found], "", NOW)
    assert row.seen.endswith("ago")
    wording.fleet_summary([found], NOW)
    wording.running_load(found, NOW)
    wording.memory(found)
    wording.load_averages(found)
    wording.running_since(found.up_since or NOW, NOW)
    orjson.dumps(asdict(found))


@given(st.sampled_from([field.name for field in fields(Heartbeat)]), values)
def test_any_value_at_any_field_is_read_or_is_unknown(name: str, value: object) -> None:
    found = heartbeat_from(json.dumps({**asdict(beat()), name: value}))
    assert found is None or heartbeat_from(found.as_text()) == found


@pytest.mark.parametrize(
    ("more", "state"),
    [
        ({"cpu": 69.9}, MachineState.IN_SERVICE),
        ({"cpu": 70.0}, MachineState.BUSY),
        ({"cpu": None}, MachineState.IN_SERVICE),
        ({"cpu": 99.0, "up_since": NOW - 119}, MachineState.STARTING),
        ({"cpu": 5.0, "up_since": NOW - 121}, MachineState.IN_SERVICE),
        ({"at": NOW - 31, "cpu": 99.0}, MachineState.NO_ANSWER),
        ({"at": NOW - 30}, MachineState.IN_SERVICE),
        ({"at": NOW + 3}, MachineState.IN_SERVICE),
    ],
)
def test_the_state_of_a_machine(more: dict[str, float], state: MachineState) -> None:
    facts = {"machine": "vm", "at": NOW, "up_since": NOW - 9000} | more
    assert state_of(Heartbeat(**facts), NOW) is state  # type: ignore[arg-type]


@pytest.fixture
def room(dynamodb_local: str, fault_proxy):  # type: ignore[no-untyped-def]
    proxy = fault_proxy(dynamodb_local)
    room = DynamoRoom(dynamodb_local, through=proxy.endpoint)
    room.proxy = proxy  # type: ignore[attr-defined]
    yield room
    room.close()


def heartbeats_in(room: DynamoRoom) -> DynamoHeartbeats:
    store = room.open_another()
    return DynamoHeartbeats(store.calls, store.tables)


@pytest.mark.slow
def test_machines_see_one_another_by_one_query(room) -> None:  # type: ignore[no-untyped-def]
    one, other = heartbeats_in(room), heartbeats_in(room)
    one.put(beat("i-0a"))
    one.put(beat("i-0a", cpu=5.0))
    other.put(beat("i-0b"))
    before = room.proxy.count()
    found = other.all()
    assert room.proxy.count() - before == 1
    assert {each.machine: each.cpu for each in found} == {"i-0a": 5.0, "i-0b": 78.4}
    (item,) = [each for each in room.items(room.index) if each["at"]["S"] == "i-0a"]
    assert item["view"]["S"] == "fleet"
    left = float(item["ttl"]["N"]) - time.time()
    assert FORGOTTEN_SECONDS - 30 < left <= FORGOTTEN_SECONDS


@pytest.mark.slow
def test_a_machine_is_forgotten_though_the_service_removes_its_row_days_late(room) -> None:  # type: ignore[no-untyped-def]
    store = heartbeats_in(room)
    # As on AWS, where an expired row stays for a while; DynamoDB Local removes it at once.
    old = beat("i-0a", seconds_ago=FORGOTTEN_SECONDS + 1)
    key = {"view": {"S": "fleet"}, "at": {"S": old.machine}}
    room.client.put_item(TableName=room.index, Item={**key, "h": {"S": old.as_text()}})
    store.put(beat("i-0b", seconds_ago=FORGOTTEN_SECONDS - 60))
    assert [each.machine for each in store.all()] == ["i-0b"]


@pytest.mark.slow
def test_a_word_is_heard_once_by_the_machine_it_is_for(room) -> None:  # type: ignore[no-untyped-def]
    one, other = heartbeats_in(room), heartbeats_in(room)
    assert not other.request_stop("i-0a"), "nobody heard of it"
    assert one.put(beat("i-0a")) is None
    assert other.request_stop("i-0a")
    asked = one.put(beat("i-0a"))
    assert asked is not None
    assert abs(asked - time.time()) < 5
    assert one.put(beat("i-0a")) is None


@pytest.mark.slow
def test_heartbeats_are_nobody_s_rows_to_a_reindex(room) -> None:  # type: ignore[no-untyped-def]
    heartbeats_in(room).put(beat("i-0a"))
    list(room.store.reindex(force=True))
    assert [each.machine for each in heartbeats_in(room).all()] == ["i-0a"]


@pytest.mark.slow
def test_what_the_store_refuses_is_told_as_ours(room) -> None:  # type: ignore[no-untyped-def]
    store = heartbeats_in(room)
    room.proxy.on("UpdateItem").answer(access_denied())
    room.proxy.on("Query").answer(access_denied())
    with pytest.raises(StorageUnavailable, match="dynamodb:UpdateItem"):
        store.put(beat("i-0a"))
    with pytest.raises(StorageUnavailable, match="dynamodb:Query"):
        store.all()


def test_the_first_request_begins_the_heartbeat_thread_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heartbeat_thread, "HEARTBEAT_SECONDS", 0.05)
    fleet = Fleet()
    before = threads_named("heartbeat")
    small = Small(tmp_path, fleet)
    assert not fleet.beats, "starting alone tells nobody"
    client = small.app.test_client()
    for _ in range(3):
        client.get("/healthz")
    wait_until(lambda: fleet.beats)
    assert threads_named("heartbeat") == before + 1
    first = fleet.beats[small.name].at
    wait_until(lambda: fleet.beats[small.name].at > first)


def test_one_worker_of_a_machine_beats_and_when_it_dies_the_next(tmp_path: Path) -> None:
    first = RuntimeDir(tmp_path).try_lock("heartbeat")
    assert first
    assert RuntimeDir(tmp_path).try_lock("heartbeat") is None
    first.close()
    second = RuntimeDir(tmp_path).try_lock("heartbeat")
    assert second
    second.close()


def test_a_store_that_fails_ends_no_heartbeat_thread_and_no_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heartbeat_thread, "HEARTBEAT_SECONDS", 0.05)
    fleet = Fleet()
    fleet.silent = True
    small = Small(tmp_path, fleet)
    client = small.app.test_client()
    assert client.get("/").status_code == 200
    time.sleep(0.3)
    assert client.get("/info").status_code == 200
    assert not fleet.beats
    fleet.silent = False
    wait_until(lambda: fleet.beats)


def test_a_directory_of_one_machine_has_no_heartbeat_thread(tmp_path: Path) -> None:
    small = Small(tmp_path)
    small.app.test_client().get("/healthz")
    assert HeartbeatThread(small.console)._pid == 0
    assert small.console.heartbeats is None


def test_the_cpu_is_read_as_the_kernel_tells_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(procfs, "PROC", tmp_path)
    (tmp_path / "stat").write_text("cpu  100 20 30 800 40 1 2 7 0 0\ncpu0 1\nbtime 1700000000\n")
    assert procfs.cpu_time() == CpuTime(busy=160, all=1000)
    assert procfs.up_since() == 1_700_000_000.0
    before, after = CpuTime(160, 1000), CpuTime(257, 1100)
    assert after.share_since(before) == 97.0
    assert before.share_since(before) is None


@pytest.mark.parametrize("content", [None, "", "nonsense", "cpu  a b c d e f g h\n", "cpu  1 2\n"])
def test_where_the_kernel_does_not_tell_nothing_is_made_up(
    tmp_path: Path, content: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(procfs, "PROC", tmp_path)
    if content is not None:
        (tmp_path / "stat").write_text(content)
        (tmp_path / "meminfo").write_text(content)
    assert procfs.cpu_time() is None
    assert procfs.up_since() is None
    assert procfs.memory() is None


def threads_named(name: str) -> int:
    return sum(each.name == name for each in threading.enumerate())
