"""Health: alive without asking anyone, ready only when the database answers within a second."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.model.employee import Employee
from app.model.errors import StorageUnavailable
from app.text.person_names import SortBy
from app.web.machine.health import CHECK_SECONDS, REMEMBERED_SECONDS, Readiness
from tests.support.in_time import LATE, assert_ends_within, wait_until
from tests.support.model_store import ModelStore
from tests.support.small_app import small_app, stores_of


class Broken(ModelStore):
    """A database that refuses every check."""

    def check(self) -> None:
        raise StorageUnavailable(
            "the database", "dynamodb:DescribeTable", "Employees", "AccessDenied"
        )


class Silent(ModelStore):
    """A database that answers no check until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = threading.Event()
        self.asked = 0

    def check(self) -> None:
        self.asked += 1
        self.let_go.wait(30)


@pytest.fixture
def silent() -> Iterator[Silent]:
    store = Silent()
    yield store
    store.let_go.set()


def client_of(folder: Path, store: ModelStore) -> FlaskClient:
    return small_app(folder, stores_of(store, None, "Photos are off.")).test_client()


def test_alive_is_said_without_asking_the_database(tmp_path: Path, silent: Silent) -> None:
    answer = client_of(tmp_path, silent).get("/healthz")
    assert (answer.status_code, answer.text, silent.asked) == (200, "ok\n", 0)


@pytest.mark.parametrize("address", ["/readyz", "/monitor"])
def test_ready_tells_of_both_stores(tmp_path: Path, address: str) -> None:
    answer = client_of(tmp_path, ModelStore()).get(address)
    assert (answer.status_code, answer.json) == (
        200,
        {"database": "ok", "photos": "off", "disk": "ok"},
    )


def test_not_ready_names_the_action_and_the_table_for_the_operator(tmp_path: Path) -> None:
    answer = client_of(tmp_path, Broken()).get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {
        "database": "dynamodb:DescribeTable Employees: AccessDenied",
        "photos": "off",
        "disk": "ok",
    }


def test_a_database_that_hangs_is_not_ready_within_the_second(
    tmp_path: Path, silent: Silent
) -> None:
    client = client_of(tmp_path, silent)
    started = time.monotonic()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {
        "database": "no answer within a second",
        "photos": "off",
        "disk": "ok",
    }
    assert CHECK_SECONDS <= time.monotonic() - started < CHECK_SECONDS + LATE


def test_a_check_that_hangs_is_never_started_twice(
    silent: Silent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.web.machine.health.REMEMBERED_SECONDS", 0.0)
    readiness = Readiness()
    monkeypatch.setattr("app.web.machine.health.CHECK_SECONDS", 0.05)
    states = [readiness.of({"database": silent.check})["database"].works for _ in range(4)]
    assert (states, silent.asked) == ([False] * 4, 1)
    silent.let_go.set()
    wait_until(lambda: readiness.of({"database": silent.check})["database"].works)


def test_an_answer_is_remembered_so_that_probes_cost_nothing(silent: Silent) -> None:
    silent.let_go.set()
    readiness = Readiness()
    for _ in range(50):
        readiness.of({"database": silent.check})
    assert silent.asked == 1
    assert REMEMBERED_SECONDS == 5.0


def test_a_failure_of_photos_alone_leaves_the_directory_ready(tmp_path: Path) -> None:
    class NoPhotos:
        def check(self) -> None:
            raise StorageUnavailable("the photo store", "s3:HeadBucket", "faces", "NoSuchBucket")

        def origin(self) -> None:
            return None

    stores = stores_of(ModelStore(), NoPhotos())  # type: ignore[arg-type]
    answer = small_app(tmp_path, stores).test_client().get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {
        "database": "ok",
        "photos": "s3:HeadBucket faces: NoSuchBucket",
        "disk": "ok",
    }


def test_checks_that_hang_together_cost_one_second_together() -> None:
    events = [threading.Event() for _ in range(3)]
    checks = {str(number): partial(event.wait, 30) for number, event in enumerate(events)}

    def ask() -> None:
        states = Readiness().of(checks)  # type: ignore[arg-type]
        assert not any(state.works for state in states.values())

    try:
        assert_ends_within(2 * CHECK_SECONDS, ask)
    finally:
        for event in events:
            event.set()


def test_the_info_page_tells_of_a_disk_that_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.machine.disk._SQLITE_BYTES", 2**60)
    page = small_app(tmp_path).test_client().get("/info").text
    assert "the folder of the database has " in page
    assert str(tmp_path) not in page


def test_the_info_page_says_what_is_configured_and_never_a_secret(tmp_path: Path) -> None:
    secret = "wholly-unguessable-0815"
    page = (
        small_app(tmp_path, SECRET_KEY=secret, PHOTOS_BUCKET="<BUCKET>").test_client().get("/info")
    )
    assert page.status_code == 200
    assert "Not on EC2" in page.text
    assert "PHOTOS_BUCKET still has the placeholder" in page.text
    assert secret not in page.text


def test_lists_in_another_order_than_that_of_the_settings_are_told(tmp_path: Path) -> None:
    store = ModelStore().with_setting(SortBy.FAMILY)
    store.people["ada"] = Employee(id="ada", full_name="Ada King")
    client = client_of(tmp_path, store)
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json is not None
    told = "Lists are in order of given name. For SORT_BY=family, run flask reindex."
    assert answer.json["order"] == told
    assert told in client.get("/info").text
    assert f'<p class="list-note">{told}</p>' in client.get("/").text
    assert told in client.get("/doctor").text
