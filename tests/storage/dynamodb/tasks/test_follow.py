"""flask follow: what other programs write is listed by the next look, at what changes cost."""

import logging
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from app.history.changes import Write
from app.model.errors import StorageUnavailable
from app.model.revision import revision_of
from app.storage.dynamodb.index.rows import PROJECTION
from app.storage.dynamodb.tasks import follow, lease
from tests.storage.dynamodb.index.test_repair import manifest_of, set_manifest
from tests.support.aws_errors import dynamodb_error, throttled
from tests.support.dynamodb_audit import audit
from tests.support.in_time import LATE, wait_until
from tests.support.servers.warm_process import PythonProcess
from tests.support.stores.dynamodb_binding import DynamoRoom
from tests.support.stores.people import add, everyone, found, names, person

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def impatience(monkeypatch):
    """What takes seconds takes a tenth of them."""
    monkeypatch.setattr(follow, "_BUSY_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(follow, "_ACTIVE_PAUSE_SECONDS", 0.05)
    monkeypatch.setattr(follow, "_IDLE_PAUSE_SECONDS", 0.2)


@pytest.fixture
def room(dynamodb_local):
    """Followed since before Ada and Bob came."""
    opened = DynamoRoom(dynamodb_local)
    look(opened)
    add(opened.store, person("ada", location="London", badges=("bug",)), person("bob", "Bob"))
    yield opened
    opened.close()


def look(room: DynamoRoom) -> list[str]:
    return list(room.open_another().follow(threading.Event(), once=True))


class Following:
    """A follower in a thread of its own; what it says is kept."""

    def __init__(self, room: DynamoRoom) -> None:
        self.said: list[str] = []
        self.stop = threading.Event()
        self._store = room.open_another()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        self.said += self._store.follow(self.stop)

    def end(self) -> None:
        self.stop.set()
        self._thread.join(20)
        assert not self._thread.is_alive()


@pytest.fixture
def following(room):
    started = []

    def start() -> Following:
        started.append(Following(room))
        return started[-1]

    yield start
    for each in started:
        each.end()


def eve(room: DynamoRoom, employee_id: str = "eve") -> None:
    name, place = {"S": f"Eve Side {employee_id}"}, {"S": "Rome"}
    room.put_item({"id": {"S": employee_id}, "full_name": name, "location": place})


# What others write


def test_a_person_put_at_the_console_is_listed(room):
    eve(room)
    assert look(room) == ["Updated the index for 1 record changed by other programs."]
    assert found(room.store, words="eve", location="Rome") == ["Eve Side eve"]
    assert audit(room) == []


def test_a_person_changed_at_the_console_is_listed_as_they_are(room):
    room.change_outside("ada", "full_name", "Ada King")
    look(room)
    assert names(everyone(room.store)) == ["Ada King", "Bob"]
    assert audit(room) == []


def test_a_person_deleted_outside_is_unlisted(room):
    room.delete_outside("ada")
    look(room)
    assert names(everyone(room.store)) == ["Bob"]
    assert audit(room) == []


def test_a_record_replaced_by_the_courses_app_loses_no_row_and_gets_its_hash_back(room):
    raw = room.item("ada")
    room.put_item({name: raw[name] for name in ("id", "full_name", "badges")})
    look(room)
    assert found(room.store, location="London") == []
    assert room.item("ada")["ix"]
    assert audit(room) == []


def test_an_old_copy_put_back_after_a_deletion_is_listed_though_its_hash_is_right(room):
    raw = room.item("ada")
    room.store.delete("ada", None, Write("form"))
    look(room)
    room.put_item({**raw, "updated_at": {"S": "2026-01-01T00:00:00+00:00"}})
    look(room)
    assert found(room.store, words="ada") == ["Ada Lovelace"]
    assert audit(room) == []


def test_many_changes_of_many_people_are_all_brought_in(room, monkeypatch):
    monkeypatch.setattr(follow, "_HEAL_BATCH_SIZE", 20)
    for number in range(50):
        eve(room, f"e{number}")
    for number in range(0, 50, 2):
        room.delete_outside(f"e{number}")
    look(room)
    assert len(found(room.store, location="Rome")) == 25
    assert audit(room) == []


def test_while_it_runs_a_change_is_listed_within_seconds(room, following):
    following()
    wait_until(lambda: is_followed(room))
    eve(room)
    wait_until(lambda: found(room.store, words="eve"))
    assert audit(room) == []


def is_followed(room: DynamoRoom) -> bool:
    key = {"view": {"S": "lease#follow"}, "at": {"S": "-"}}
    held = room.client.get_item(TableName=room.index, Key=key, ConsistentRead=True)["Item"]
    return float(held["held_until"]["N"]) > time.time()


# What it costs


@pytest.fixture
def proxy(dynamodb_local, fault_proxy, monkeypatch, room):
    started = fault_proxy(dynamodb_local)
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", started.endpoint)
    return started


def reads_of_records(proxy) -> int:
    """Folding the counts reads too, by GetItem and Query, and knows of no record."""
    return proxy.count("BatchGetItem") + proxy.count("Scan")


def test_our_own_saves_are_known_without_a_read(room, proxy):
    look(room)
    store = room.store
    add(store, *(person(f"p{number}", f"Person {number}") for number in range(20)))
    for number in range(20):
        stored = store.get(f"p{number}")
        store.update(replace(stored, full_name="Renamed"), revision_of(stored), Write(f"f{number}"))
    list(store.add_many([person(f"b{number}", f"Bulk {number}") for number in range(60)]))
    proxy.forget()
    assert look(room) == []
    assert proxy.count("GetRecords") > 0
    assert reads_of_records(proxy) == 0
    assert audit(room) == []


def test_a_change_by_others_is_read_once_and_its_heal_not_again(room, proxy):
    look(room)
    for number in range(5):
        eve(room, f"e{number}")
    proxy.forget()
    look(room)
    look(room)
    assert reads_of_records(proxy) == 5


def test_an_idle_follower_reads_nothing_but_the_stream(room, proxy):
    look(room)
    proxy.forget()
    look(room)
    asked = {request.operation for request in proxy.requests}
    assert asked - {"GetRecords", "GetShardIterator", "DescribeStream", "DescribeTable"} <= {
        "UpdateItem",  # the lease and the place
        "GetItem",  # whether there are counts to fold, once
        "Query",
    }


def test_counts_that_wait_are_folded(room):
    add(room.store, *(person(f"p{number}", f"Person {number}") for number in range(40)))
    assert deltas(room) > 30
    look(room)
    assert deltas(room) == 0
    assert audit(room) == []


def deltas(room: DynamoRoom) -> int:
    rows = room.items(room.index)
    return sum(row["view"]["S"] == "tally" and row["at"]["S"].startswith("d#") for row in rows)


# Where it goes on


FOLLOW = """
import os
import threading
from app.settings import Settings
from app.storage.dynamodb.tasks import follow, lease
from app.storage.dynamodb import open_dynamodb_store
lease.LIFE_SECONDS, lease.RENEW_SECONDS = 2.0, 0.2
follow._BUSY_PAUSE_SECONDS, follow._ACTIVE_PAUSE_SECONDS = 0.01, 0.05
follow._IDLE_PAUSE_SECONDS = 0.2
for sentence in open_dynamodb_store(Settings.from_env(os.environ)).follow(threading.Event()):
    print(sentence, flush=True)
"""


def start(room: DynamoRoom, endpoint: str, folder: Path, *program: str) -> PythonProcess:
    settings = {
        "AWS_ENDPOINT_URL_DYNAMODB": endpoint,
        "DYNAMO_MODE": "on",
        "DYNAMO_TABLE": room.people,
    }
    log = folder / f"{time.monotonic_ns()}.log"
    return PythonProcess(*program, log=log, settings=settings)


def start_follower(room: DynamoRoom, endpoint: str, folder: Path) -> PythonProcess:
    return start(room, endpoint, folder, "-c", FOLLOW)


def in_rome_after_a_look(room: DynamoRoom) -> int:
    look(room)
    return len(found(room.store, location="Rome"))


@pytest.mark.parametrize("heals_before", [0, 3, 10])
def test_killed_in_the_middle_it_goes_on_and_nothing_is_lost(room, proxy, tmp_path, heals_before):
    look(room)
    for number in range(12):
        eve(room, f"e{number}")
    held = proxy.on("TransactWriteItems").hold(after=heals_before, times=None)
    killed = start_follower(room, proxy.endpoint, tmp_path)
    held.wait_until_reached(60)
    killed.kill()
    proxy.recover()
    room.delete_outside("e1")
    eve(room, "late")
    proxy.forget()
    wait_until(lambda: not is_followed(room))
    wait_until(lambda: in_rome_after_a_look(room) == 12)  # a busy emulator may say "nothing yet"
    assert proxy.count("Scan") == 0
    assert audit(room) == []


def test_of_two_followers_one_works_and_the_other_takes_over_when_it_dies(
    room, dynamodb_local, tmp_path
):
    first = start_follower(room, dynamodb_local, tmp_path)
    wait_until(lambda: is_followed(room))
    second = start_follower(room, dynamodb_local, tmp_path)
    try:
        wait_until(lambda: "Another machine is already following" in second.log_text())
        eve(room, "e1")
        wait_until(lambda: found(room.store, words="eve") == ["Eve Side e1"])
        wait_until(lambda: "Updated the index for 1" in first.log_text())
        assert "Updated the index" not in second.log_text()
        first.kill()
        eve(room, "e2")
        wait_until(lambda: len(found(room.store, words="eve")) == 2)
        wait_until(lambda: "Updated the index for 1" in second.log_text())
    finally:
        first.kill()
        second.kill()
    assert audit(room) == []


def test_one_that_is_stopped_leaves_the_way_and_its_place(room, following, proxy):
    first = following()
    eve(room, "e1")
    wait_until(lambda: found(room.store, words="eve"))
    proxy.forget()
    wait_until(lambda: proxy.count("GetRecords") > 2)  # it has seen what its heal wrote
    first.end()
    eve(room, "e2")
    proxy.forget()
    assert look(room) == ["Updated the index for 1 record changed by other programs."]
    assert reads_of_records(proxy) == 1


def test_the_command_ends_well_and_lets_go_when_systemd_stops_it(room, dynamodb_local, tmp_path):
    eve(room)
    running = start(room, dynamodb_local, tmp_path, "-m", "flask", "follow")
    try:
        running.wait_until(lambda: "Updated the index" in running.log_text())
        running.stop(60)
    finally:
        running.kill()
    assert running.wait() == 0
    said = running.log_text()
    assert said.splitlines().count("Updated the index for 1 record changed by other programs.") == 1
    assert "Traceback" not in said
    assert not is_followed(room)


def test_one_whose_lease_was_taken_waits_and_the_other_loses_nothing(room, following, monkeypatch):
    first = following()
    wait_until(lambda: is_followed(room))
    other = lease.Lease(room.store.calls, room.store.tables, "follow")
    monkeypatch.setattr(lease, "RENEW_SECONDS", 0.1)
    monkeypatch.setattr(lease, "LIFE_SECONDS", 2.0)
    with monkeypatch.context() as later:
        now = time.time
        later.setattr(lease.time, "time", lambda: now() + 60)
        assert other.try_acquire()["stream"]
    wait_until(lambda: "Another machine is already following the table." in first.said)
    other.release()
    eve(room)
    wait_until(lambda: found(room.store, words="eve"))


# When the place is lost


def lose_the_place(room: DynamoRoom, **changes) -> None:
    held = lease.Lease(room.store.calls, room.store.tables, "follow")
    held.checkpoint({**held.try_acquire(), **changes})
    held.release()


def hide_changes(room: DynamoRoom) -> None:
    """Changes of which the stream knows nothing any more: a new one is begun after them."""
    room.change_outside("ada", "full_name", "Ada King")
    eve(room)
    room.delete_outside("bob")
    renew_stream(room)


def renew_stream(room: DynamoRoom, view: str = "NEW_IMAGE") -> None:
    off = {"StreamEnabled": False}
    room.client.update_table(TableName=room.people, StreamSpecification=off)
    on = {"StreamEnabled": True, "StreamViewType": view}
    room.client.update_table(TableName=room.people, StreamSpecification=on)


def test_the_first_follower_of_all_compares_the_whole_index(dynamodb_local):
    room = DynamoRoom(dynamodb_local)
    eve(room)
    renew_stream(room)
    assert look(room) == [
        "The table was not followed before. Checking the whole index against the records.",
        "The index matches the records; 1 repaired.",
    ]
    assert audit(room) == []
    assert look(room) == []
    room.close()


def test_the_first_change_of_an_empty_table_is_no_lost_place(dynamodb_local):
    room = DynamoRoom(dynamodb_local)
    look(room)
    running = Following(room)
    wait_until(lambda: is_followed(room))
    time.sleep(0.5)
    eve(room)
    wait_until(lambda: running.said)
    running.end()
    assert running.said == ["Updated the index for 1 record changed by other programs."]
    room.close()


def test_a_new_stream_has_the_whole_index_compared(room):
    look(room)
    hide_changes(room)
    assert look(room)[0].startswith("The table has a new stream. Checking")
    assert names(everyone(room.store)) == ["Ada King", "Eve Side eve"]
    assert audit(room) == []
    assert look(room) == []


def test_a_stream_that_is_renewed_while_it_runs_is_noticed(room, following):
    running = following()
    wait_until(lambda: is_followed(room))
    hide_changes(room)
    wait_until(lambda: any("a new stream" in said for said in running.said))
    wait_until(lambda: names(everyone(room.store)) == ["Ada King", "Eve Side eve"])
    eve(room, "later")
    wait_until(lambda: len(found(room.store, words="eve")) == 2)
    assert audit(room) == []


def test_a_place_of_over_a_day_ago_has_the_whole_index_compared(room):
    look(room)
    lose_the_place(room, at=time.time() - 24 * 3600 - 1)
    assert look(room)[0].startswith("The table was not followed for a day. Checking")
    assert look(room) == []


@pytest.mark.parametrize("operation", ["GetShardIterator", "GetRecords"])
def test_a_stream_that_was_trimmed_has_the_whole_index_compared(room, proxy, operation):
    look(room)
    eve(room)
    proxy.on(operation).answer(dynamodb_error("TrimmedDataAccessException"), times=1)
    said = look(room)
    assert said[0].startswith("The stream no longer has the changes after the last position.")
    assert said[1] == "The index matches the records; 1 repaired."
    assert audit(room) == []


def test_a_shard_that_is_forgotten_before_its_end_has_the_whole_index_compared(room):
    look(room)
    lose_the_place(room, places={"shardId-gone": "123"})
    assert look(room)[0].startswith("The stream no longer has")
    lose_the_place(room, places={"shardId-gone": "end"})
    assert look(room) == []


def test_killed_while_it_compares_it_compares_again(room, proxy, tmp_path):
    hide_changes(room)
    held = proxy.on("TransactWriteItems").hold()
    killed = start_follower(room, proxy.endpoint, tmp_path)
    held.wait_until_reached(60)
    killed.kill()
    proxy.recover()
    said: list[str] = []
    # Its lease runs out by the clock of each machine: until then another looks in vain.
    wait_until(lambda: said.extend(look(room)) or any("The index matches" in each for each in said))
    assert audit(room) == [], said


# Troubles


def test_throttling_and_outages_are_waited_out_with_one_line_each(room, proxy, following, caplog):
    caplog.set_level(logging.INFO)
    running = following()
    wait_until(lambda: is_followed(room))
    proxy.on("GetRecords").answer(throttled())
    wait_until(lambda: "following is waiting" in caplog.text)
    proxy.recover()
    wait_until(lambda: "following resumed" in caplog.text)
    proxy.refuse()
    wait_until(lambda: "could not connect" in caplog.text)
    eve(room)
    time.sleep(1)
    proxy.recover()
    wait_until(lambda: found(room.store, words="eve"))
    running.end()
    assert 2 <= caplog.text.count("following is waiting") <= 4
    assert audit(room) == []


def test_a_heal_that_meets_an_outage_is_done_later(room, proxy, following):
    following()
    wait_until(lambda: is_followed(room))
    proxy.on("TransactWriteItems").reset(times=5)
    eve(room)
    wait_until(lambda: found(room.store, words="eve"))
    assert audit(room) == []


def test_it_stops_at_once_also_while_it_waits_for_an_outage_to_end(room, proxy, following, caplog):
    running = following()
    wait_until(lambda: is_followed(room))
    proxy.refuse()
    wait_until(lambda: "following is waiting" in caplog.text)
    began = time.monotonic()
    running.end()
    assert time.monotonic() - began < 1 + LATE


def test_once_says_what_does_not_work(room, proxy):
    proxy.on("GetRecords").answer(throttled())
    with pytest.raises(StorageUnavailable, match="throttled"):
        look(room)
    proxy.recover()
    room.client.update_table(TableName=room.people, StreamSpecification={"StreamEnabled": False})
    with pytest.raises(StorageUnavailable, match="no stream: run flask setup"):
        look(room)


def test_a_record_that_a_newer_release_wrote_is_left_alone(room):
    look(room)
    newer = f'[{PROJECTION + 1},"hash","ada lovelace",["ada"],[],[]]'
    set_manifest(room, "ada", "m", {"S": newer})
    room.change_outside("ada", "full_name", "Ada King")
    eve(room)
    assert look(room) == ["Updated the index for 1 record changed by other programs."]
    assert manifest_of(room, "ada")["m"] == {"S": newer}


def test_a_record_that_is_too_full_for_its_hash_does_not_hold_up_the_others(room, caplog):
    look(room)
    full = {"id": {"S": "full"}, "full_name": {"S": "Full"}, "x": {"S": "x" * (409_600 - 30)}}
    room.put_item(full)
    eve(room)
    assert look(room) == ["Updated the index for 2 records changed by other programs."]
    assert "the record 'full' is in the index, but could not be marked as indexed" in caplog.text
    assert found(room.store, words="eve") == ["Eve Side eve"]
    assert found(room.store, words="full") == ["Full"]


@pytest.mark.parametrize("view", ["KEYS_ONLY", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"])
def test_a_stream_of_another_view_is_left_as_it_is_and_followed(room, view):
    renew_stream(room, view)
    told = [each for each in room.store.set_up() if "stream" in each]
    assert told == [] if view == "NEW_AND_OLD_IMAGES" else f"shows {view}" in told[0]
    look(room)
    eve(room)
    room.change_outside("ada", "full_name", "Ada King")
    room.delete_outside("bob")
    look(room)
    assert names(everyone(room.store)) == ["Ada King", "Eve Side eve"]
    assert audit(room) == []


# Setting it up


def test_setup_switches_the_stream_on_and_says_so_once(dynamodb_local):
    room = DynamoRoom(dynamodb_local)
    found_table = room.client.describe_table(TableName=room.people)["Table"]
    assert found_table["StreamSpecification"]["StreamViewType"] == "NEW_IMAGE"
    assert not any("stream" in sentence for sentence in room.store.set_up())
    room.client.update_table(TableName=room.people, StreamSpecification={"StreamEnabled": False})
    said = room.store.set_up()
    assert f"Turned on the stream of changes for the table {room.people}." in said
    again = room.client.describe_table(TableName=room.people)["Table"]
    assert again["StreamSpecification"]["StreamViewType"] == "NEW_IMAGE"
    assert again["DeletionProtectionEnabled"]
    index = room.client.describe_table(TableName=room.index)["Table"]
    assert "StreamSpecification" not in index
    room.close()


def test_setup_tells_the_permission_that_it_lacks_for_the_stream(room, proxy):
    room.client.update_table(TableName=room.people, StreamSpecification={"StreamEnabled": False})
    proxy.on("UpdateTable").answer(dynamodb_error("AccessDeniedException"))
    (said,) = [each for each in room.open_another().set_up() if "stream" in each]
    assert (
        f"Could not turn on the stream of changes for the table {room.people}: dynamodb:UpdateTable"
        in said
    )
