"""The console: GET asks and POST does, numbers are measured or not known, the fleet is true."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3
from flask import Flask
from werkzeug.test import TestResponse

from app.accounts.audit_log import Event, record
from app.contracts.heartbeats import Heartbeat
from app.machine import Console
from app.machine.load_test import LoadFailed
from app.model.errors import StorageUnavailable
from tests.support.in_time import wait_until
from tests.support.model_store import ModelStore
from tests.support.page_reader import Page, PageReader
from tests.support.small_app import small_app, stores_of

pytestmark = pytest.mark.slow

SECRET = "a key for tests that nobody guesses"
WRONG = ["abc", "-1", "0", "1e3", "601", "99999999", "--help", "%20", "5.0", "٥"]


class Fleet:
    """Heartbeats in memory."""

    def __init__(self) -> None:
        self.beats: dict[str, Heartbeat] = {}
        self.asked: dict[str, float] = {}
        self.silent = False

    def put(self, heartbeat: Heartbeat) -> float | None:
        self._answer()
        self.beats[heartbeat.machine] = heartbeat
        return self.asked.pop(heartbeat.machine, None)

    def all(self) -> list[Heartbeat]:
        self._answer()
        return list(self.beats.values())

    def request_stop(self, machine: str) -> bool:
        self._answer()
        if machine in self.beats:
            self.asked[machine] = time.time()
        return machine in self.beats

    def _answer(self) -> None:
        if self.silent:
            raise StorageUnavailable("the database", "dynamodb:Query", "x-index", "no answer")


class Small:
    """An application on a machine of its own, read like a strict browser."""

    def __init__(self, folder: Path, fleet: Fleet | None = None, **env: str) -> None:
        self.fleet = fleet or Fleet()
        stores = stores_of(ModelStore(), None, "Photos are off.", heartbeats=fleet)
        self.app: Flask = small_app(folder, stores, SECRET_KEY=SECRET, **env)
        self.console: Console = self.app.extensions["console"]
        self.reader = PageReader(self.app)

    def get(self, address: str, status: int = 200) -> Page:
        return self.reader.get(address, status)

    def token(self) -> str:
        self.client = self.app.test_client()
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get("/info").text)
        assert found, "the console has a form"
        self.last_token = found[1]
        return found[1]

    def post(self, address: str, **form: str) -> TestResponse:
        token = self.token()
        return self.client.post(address, data={"csrf_token": token, **form})

    @property
    def name(self) -> str:
        return self.console.current_machine().machine


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Small]:
    small = Small(tmp_path)
    yield small
    if small.console.stress:
        small.console.stress.stop()


def beat(machine: str = "i-0b71e04c9aa25d318", seconds_ago: float = 1, **more: object) -> Heartbeat:
    facts: dict[str, object] = {
        "zone": "us-west-2a", "type": "t3.small", "region": "us-west-2", "cores": 2, "cpu": 78.4,
        "requests": 63.0, "up_since": time.time() - 9000, "memory_used": 1_181_116_006,
        "memory_all": 2**31, "load_1": 1.82, "load_5": 0.94, "load_15": 0.41,
    }  # fmt: skip
    return Heartbeat(machine=machine, at=time.time() - seconds_ago, **(facts | more))  # type: ignore[arg-type]


def fleet_of(*beats: Heartbeat) -> Fleet:
    fleet = Fleet()
    for each in beats:
        fleet.put(each)
    return fleet


def row(page: Page, machine: str) -> str:
    (found,) = [each for each in page.all("tr") if each.get("data-machine") == machine]
    return " ".join(" ".join(found.itertext()).split())


def test_the_console_shows_this_machine_as_it_is(small: Small) -> None:
    page = small.get("/info")
    assert page.h1 == "Console"
    assert small.name in page.text
    assert "Not on EC2" in page.text
    assert "Only this machine is shown" in page.text
    assert re.search(r"\d+\.\d of \d+\.\d GB", page.text)
    assert re.search(r"(Today|, \d\d:\d\d UTC), \d", page.text) or "UTC" in page.text
    assert "One machine:" in page.text


def test_cpu_is_measured_and_requests_are_not_made_up_before_there_are_two_readings(
    small: Small,
) -> None:
    first = small.console.current_machine()
    assert first.cpu is not None
    assert 0 <= first.cpu <= 100
    assert first.requests is None
    assert row(small.get("/info"), small.name).count("–") == 2, "no zone, no requests yet"


@pytest.mark.slow
def test_requests_a_second_are_those_of_all_workers_of_the_machine(tmp_path: Path) -> None:
    one, same = Small(tmp_path).console, Small(tmp_path).console
    same.count_requests = one.count_requests  # as after a fork
    one.current_machine()
    before, one.count_requests = one.count_requests(), lambda: before + 1_000
    same.count_requests = one.count_requests
    time.sleep(2.1)
    found = one.current_machine().requests
    assert found is not None
    assert 50 < found < 500
    assert same.current_machine().requests == found, "whichever worker is asked"


@pytest.mark.slow
def test_a_server_that_began_anew_answered_what_it_counts(tmp_path: Path) -> None:
    console = Small(tmp_path).console
    console.count_requests = lambda: 1_000_000
    console.current_machine()
    console.count_requests = lambda: 500
    time.sleep(2.1)
    found = console.current_machine().requests
    assert found is not None
    assert 25 < found < 250


def test_asking_for_a_load_starts_none(small: Small) -> None:
    for address in ("/info/stress_cpu/60", "/info/stress_cpu/1", "/info/stress_cpu/600"):
        assert small.get(address).status == 200
    assert small.get("/info/stress_cpu/300").h1 == "Start a load test of 5 minutes?"
    assert small.app.test_client().head("/info/stress_cpu/60").status_code == 200
    assert small.app.test_client().get("/info/stress_stop").status_code == 405
    assert small.app.test_client().get("/info/stress_cpu").status_code == 405
    assert small.console.load() is None


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_no_length_is_refused_and_starts_nothing(small: Small, wrong: str) -> None:
    asked = small.get(f"/info/stress_cpu/{wrong}", 422)
    assert "Enter a whole number of seconds from 1 to 600." in asked.text
    assert small.post(f"/info/stress_cpu/{wrong}").status_code == 422
    assert small.post("/info/stress_cpu", seconds=wrong).status_code == 422
    assert small.console.load() is None


def test_a_start_without_a_token_starts_nothing(small: Small) -> None:
    answer = small.app.test_client().post("/info/stress_cpu/60")
    assert answer.status_code == 400
    assert small.console.load() is None


@pytest.mark.parametrize("address", ["/info/stress_cpu/60", "/info/stress_cpu"])
def test_a_load_is_started_shown_and_stopped(small: Small, address: str) -> None:
    started = small.post(address, seconds="60")
    assert started.status_code == 303
    assert started.headers["Location"] == f"/info?machine={small.name}"
    after = small.client.get(started.headers["Location"]).text
    assert f"Load test started on {small.name}: 1 minute, until" in after
    page = small.get("/info")
    assert re.search(r"(0:5\d|1:00) left of 1:00", page.text)
    assert "It stops by itself" in page.text
    assert "load test until" in row(page, small.name)
    assert "one under a load test" in page.text
    stopped = small.post("/info/stress_stop", machine=small.name)
    assert stopped.status_code == 303
    assert "Load test stopped on" in small.client.get("/info").text
    assert small.console.load() is None
    small.post("/info/stress_stop", machine=small.name)
    assert "No load test was running" in small.client.get("/info").text


def test_a_second_start_is_a_conflict_that_says_until_when(small: Small) -> None:
    small.post("/info/stress_cpu/60")
    load = small.console.load()
    assert load
    answer = small.client.post("/info/stress_cpu/5", data={"csrf_token": small.last_token})
    assert answer.status_code == 409
    until = time.strftime("%H:%M:", time.gmtime(load.until))
    assert until in answer.text
    assert 1 <= int(answer.headers["Retry-After"]) <= 61
    asked = small.get("/info/stress_cpu/5")
    assert "already running, until" in asked.text


def test_a_load_that_cannot_be_started_says_why(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(seconds: int) -> None:
        raise LoadFailed("The load test was not started: No space left on device.")

    monkeypatch.setattr(small.console.stress, "start", fail)
    answer = small.post("/info/stress_cpu/5")
    assert answer.status_code == 503
    assert "No space left on device" in answer.text


def test_switched_off_there_is_no_load_test_anywhere(tmp_path: Path) -> None:
    small = Small(tmp_path, STRESS="off")
    page = small.get("/info")
    assert "Load test" not in page.text
    assert not page.all("form")
    add = small.app.test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', add.get("/add").text)
    assert token
    for address in ("/info/stress_cpu/60", "/info/stress_cpu", "/info/stress_stop"):
        answer = add.post(address, data={"csrf_token": token[1], "seconds": "60"})
        assert answer.status_code == 404, address
    assert add.get("/info/stress_cpu/60").status_code == 404
    assert not (tmp_path / "run" / "load").exists()


def test_the_fleet_shows_every_machine_in_its_state(tmp_path: Path) -> None:
    now = time.time()
    machines = fleet_of(
        beat("i-0a", cpu=46.0),
        beat("i-0b", cpu=78.0, load_since=now - 10, load_until=now + 50),
        beat("i-0c", cpu=97.0),
        beat("i-0d", up_since=now - 30, cpu=12.0, requests=0.0),
        beat("i-0e", seconds_ago=120),
    )
    small = Small(tmp_path, machines)
    page = small.get("/info")
    assert "Six machines: four in service, one starting, one not responding" in page.text
    assert "In service 46%" in row(page, "i-0a")
    assert "Busy load test until" in row(page, "i-0b")
    assert "Busy 97%" in row(page, "i-0c")
    assert "Starting 12%" in row(page, "i-0d")
    assert "Not responding Unknown –" in row(page, "i-0e")
    assert "2 min ago" in row(page, "i-0e")
    assert "this one" in row(page, small.name)
    named = [each.get("data-machine") for each in page.all("tr") if each.get("data-machine")]
    assert named == sorted(named), "no row moves by its load"


def test_another_machine_is_shown_by_its_heartbeat_whoever_answers(tmp_path: Path) -> None:
    now = time.time()
    other = beat("i-0b", load_since=now - 162, load_until=now + 138, region="us-west-2")
    small = Small(tmp_path, fleet_of(other))
    page = small.get("/info?machine=i-0b")
    assert "Another machine" in page.text
    assert "us-west-2a, t3.small" in page.text
    assert "1.1 of 2.0 GB" in page.text
    assert re.search(r"2:1[78] left of 5:00", page.text)
    assert page.one("progress").get("value") == "54"
    unknown = small.get("/info?machine=i-0x")
    assert "This machine" in unknown.text


def test_a_stop_reaches_the_machine_that_it_names(tmp_path: Path) -> None:
    fleet = fleet_of(beat("i-0b"))
    small = Small(tmp_path, fleet)
    answer = small.post("/info/stress_stop", machine="i-0b")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/info?machine=i-0b"
    assert "i-0b was asked to stop its load test" in small.client.get("/info").text
    assert "i-0b" in fleet.asked
    small.post("/info/stress_stop", machine="i-0x")
    assert "No machine i-0x was seen recently" in small.client.get("/info").text


def test_a_machine_does_what_it_was_told_and_not_what_was_said_before(tmp_path: Path) -> None:
    fleet = Fleet()
    small = Small(tmp_path, fleet)
    stress = small.console.stress
    assert stress
    try:
        small.console.send_heartbeat()
        fleet.request_stop(small.name)
        time.sleep(0.05)
        stress.start(60)
        small.console.send_heartbeat()
        assert stress.running(), "that word was about an earlier load"
        fleet.request_stop(small.name)
        small.console.send_heartbeat()
        # Killed processes of the lowest priority go when a busy machine lets them.
        wait_until(lambda: stress.running() is None)
    finally:
        stress.stop()


def test_when_the_fleet_cannot_be_read_this_machine_is_shown_and_the_reason(
    tmp_path: Path,
) -> None:
    fleet = Fleet()
    small = Small(tmp_path, fleet)
    fleet.silent = True
    page = small.get("/info")
    assert page.status == 200
    assert "The list of machines could not be read: no answer." in page.text
    assert row(page, small.name)


def test_without_a_key_the_console_is_shown_and_nothing_can_be_started(tmp_path: Path) -> None:
    class Keyless(ModelStore):
        def shared_secret(self, proposal: str) -> str | None:
            raise StorageUnavailable("the database", "dynamodb:GetItem", "x-index", "no answer")

    app = small_app(tmp_path, stores_of(Keyless(), None, "Photos are off."))
    page = PageReader(app).get("/info")
    assert page.status == 200
    assert "A load test cannot start now" in page.text
    assert "It cannot start now" in PageReader(app).get("/info/stress_cpu/60").text
    for address in ("/info/stress_cpu/60", "/info/stress_stop"):
        assert app.test_client().post(address).status_code == 503
    assert app.extensions["console"].load() is None


def test_programs_get_json_and_no_mark_of_the_key(tmp_path: Path) -> None:
    small = Small(tmp_path, fleet_of(beat("i-0b", key_mark="0123abcd")))
    answer = small.app.test_client().get("/info", headers={"Accept": "application/json"})
    told = answer.json
    assert told
    assert told["machine"]["machine"] == small.name
    assert {each["machine"] for each in told["fleet"]} == {"i-0b", small.name}
    assert told["stores"] == {"database": "ok", "photos": "off", "disk": "ok"}
    assert {"name", "state", "found", "how", "mend", "after"} == set(told["doctor"]["checks"][0])
    assert {each["state"] for each in told["doctor"]["checks"]} <= {"broken", "look", "fine"}
    assert "key_mark" not in answer.text
    assert SECRET not in answer.text


def test_the_part_that_changes_is_to_be_had_alone(small: Small) -> None:
    answer = small.app.test_client().get("/info?part=live")
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert 'id="fleet-rows"' in answer.text


def test_a_strange_name_is_text_and_nothing_else(tmp_path: Path) -> None:
    name = "<script>alert(1)</script>\"'"
    small = Small(tmp_path, fleet_of(beat(name)))
    answer = small.app.test_client().get("/info?machine=" + name)
    assert "<script>alert" not in answer.text
    assert "alert(1)" in answer.text


@pytest.mark.slow
def test_workers_share_one_load_and_their_death_does_not_end_it(live_app, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    app = live_app({"INSTANCE_FOLDER": str(tmp_path), "SECRET_KEY": SECRET}, workers=2)
    client = urllib3.PoolManager(retries=False)
    page = client.request("GET", f"{app.url}/info")
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.data.decode())
    assert token
    cookie = page.headers["Set-Cookie"].partition(";")[0]

    def post(address: str) -> int:
        return client.request(
            "POST",
            app.url + address,
            fields={"csrf_token": token[1]},
            headers={"Cookie": cookie, "Connection": "close"},
            redirect=False,
            timeout=60,
        ).status

    try:
        assert post("/info/stress_cpu/120") == 303
        assert [post("/info/stress_cpu/8") for _ in range(6)] == [409] * 6, "from any worker"
        app.kill()
        app.start()
        assert post("/info/stress_cpu/8") == 409, "it outlives the service, and is known to it"
        assert [post("/info/stress_stop") for _ in range(2)] == [303] * 2
        assert Small(tmp_path).console.load() is None
        assert post("/info/stress_cpu/120") == 303
    finally:
        stress = Small(tmp_path).console.stress
        assert stress
        stress.stop()


def test_the_console_tells_how_often_people_signed_in_and_were_refused(tmp_path: Path) -> None:
    app = small_app(tmp_path)
    client = app.test_client()

    def refused() -> int:
        answer = client.get("/info", headers={"Accept": "application/json"}).get_json()
        return int(answer["events"].get("sign-in-refused", 0))

    before = refused()
    record(Event.REFUSED, reason="wrong")
    assert refused() == before + 1
    assert "<dt>Refused sign-ins</dt>" in client.get("/info").text
