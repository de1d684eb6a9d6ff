"""The lean reader: signed, sent and read without the SDK's response machinery, on both engines."""

import json
import os
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from botocore.credentials import RefreshableCredentials

from app.contracts import Query
from app.history.changes import Write
from app.model.errors import StorageUnavailable
from app.runtime import deadline
from app.settings import Settings
from app.storage.dynamodb import open_dynamodb_store
from tests.support.in_time import assert_ends_within
from tests.support.servers.server_process import HOST
from tests.support.stores.dynamodb_binding import DynamoRoom, MotoRoom, settings_for
from tests.support.stores.people import add, everyone, names, person

pytestmark = pytest.mark.slow


@pytest.fixture(
    params=[
        pytest.param("local", marks=[pytest.mark.slow, pytest.mark.dynamodb_local]),
        pytest.param("moto", marks=pytest.mark.slow),
    ]
)
def room(request):
    """Each engine."""
    if request.param == "moto":
        opened: DynamoRoom = MotoRoom()
    else:
        opened = DynamoRoom(request.getfixturevalue("dynamodb_local"))
    yield opened
    opened.close()


def test_it_reads_what_was_written(room):
    add(room.store, person("1", "Ann"), person("2", 'Quote " \\ Ü 山田'), person("3", "Zoë"))
    assert names(everyone(room.store)) == ["Ann", 'Quote " \\ Ü 山田', "Zoë"]
    assert room.store.get("3").full_name == "Zoë"


def test_an_error_of_either_engine_names_action_and_table(room):
    for table in (room.people, room.index):
        room.client.update_table(TableName=table, DeletionProtectionEnabled=False)
        room.client.delete_table(TableName=table)
    for action, call in (
        ("dynamodb:GetItem", lambda: room.store.get("1")),
        ("dynamodb:Query", lambda: room.store.browse(Query())),
    ):
        with pytest.raises(StorageUnavailable, match="flask setup") as refused:
            call()
        assert refused.value.action == action
        assert refused.value.resource.startswith("Employees")
    room.store.set_up()


EMPTY = (200, b'{"Items":[],"Count":0,"ScannedCount":0}')


class Answers:
    """A server that gives prepared answers, then the last for ever, and keeps the requests."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, bytes]] = []
        self.last = EMPTY
        self.requests: list[tuple[dict[str, str], bytes]] = []
        answers = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                answers.requests.append((dict(self.headers), body))
                status, content = answers.answers.pop(0) if answers.answers else answers.last
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *parts: object) -> None:
                return

        self._server = HTTPServer((HOST, 0), Handler)
        self.endpoint = f"http://{HOST}:{self._server.server_port}"
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,))

    def __enter__(self) -> "Answers":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def answers():
    with Answers() as server:
        os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = server.endpoint
        yield server


@pytest.fixture
def store():
    return open_dynamodb_store(settings_for("Employees"))


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((200, b"<html>proxy</html>"), "no response"),
        ((200, b'{"Items":[{"at":'), "no response"),
        ((404, b"<html>not found</html>"), "404"),
        ((403, b'{"__type":"x#AccessDeniedException","Message":"no"}'), "access was denied"),
        ((400, b'{"__type":"AccessDeniedException"}'), "access was denied"),
        ((413, b""), "413"),
        ((500, b""), "internal error"),
        ((503, b"Service Unavailable"), "internal error"),
        ((400, b"[]"), "400"),
    ],
)
def test_every_odd_answer_is_unavailable_and_never_an_empty_list(answers, store, answer, reason):
    answers.last = answer
    with deadline.within(4.0), pytest.raises(StorageUnavailable, match=reason):
        store.browse(Query())


def test_a_strange_answer_is_asked_for_again_and_a_refusal_is_not(answers, store):
    answers.answers = [(200, b"<html>"), EMPTY]
    assert store.browse(Query()).cards == ()
    answers.answers = [(400, b'{"__type":"ValidationException"}'), EMPTY]
    with pytest.raises(StorageUnavailable, match="ValidationException"):
        store.browse(Query())
    asked = [headers["X-Amz-Target"].rpartition(".")[2] for headers, _ in answers.requests]
    assert asked == ["Query", "Query", "Query", "DescribeTable"]  # which may explain the refusal


def test_a_list_is_one_strongly_consistent_query(answers, store):
    answers.answers = [EMPTY]
    store.browse(Query())
    [(headers, body)] = answers.requests
    assert headers["X-Amz-Target"] == "DynamoDB_20120810.Query"
    assert "/us-west-2/dynamodb/aws4_request" in headers["Authorization"]
    assert json.loads(body)["ConsistentRead"] is True
    assert json.loads(body)["TableName"] == "Employees-index"


def test_credentials_that_rotate_are_those_of_the_moment(answers, store):
    answers.answers = [EMPTY, EMPTY, EMPTY]
    store.browse(Query())
    session = store.calls._connection.session
    keys = iter(["SECOND", "THIRD"])

    def renew() -> dict[str, str]:
        soon = datetime.now(UTC) + timedelta(seconds=1)  # so it is asked for at every call
        return {
            "access_key": next(keys),
            "secret_key": "secret",
            "token": "a-token",
            "expiry_time": soon.isoformat(),
        }

    first = renew()
    session._credentials = RefreshableCredentials.create_from_metadata(
        {**first, "access_key": "FIRST"}, refresh_using=renew, method="test"
    )
    keys = iter(["SECOND", "THIRD"])
    store.calls._fast_path._endpoint = None
    store.browse(Query())
    store.browse(Query())
    used = [
        headers["Authorization"].partition("Credential=")[2][:6] for headers, _ in answers.requests
    ]
    assert used == ["testin", "SECOND", "THIRD/"]
    assert answers.requests[1][0]["X-Amz-Security-Token"] == "a-token"


def test_without_a_region_the_first_call_says_what_to_set(monkeypatch):
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    store = open_dynamodb_store(Settings.from_env({"DYNAMO_MODE": "on"}))
    for call in (
        lambda: store.get("1"),
        lambda: store.add(person("1"), Write("form")),
        store.check,
    ):
        with pytest.raises(StorageUnavailable, match="AWS_DEFAULT_REGION"):
            call()


def test_without_credentials_every_call_says_what_to_give_and_later_ones_find_them(
    answers, store, monkeypatch
):
    with monkeypatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.delenv(name)
        for call in (
            lambda: store.get("1"),
            lambda: store.add(person("1"), Write("form")),
            store.check,
        ):
            with pytest.raises(StorageUnavailable, match="IAM role"):
                call()
    answers.answers = [EMPTY]
    assert store.browse(Query()).cards == ()


def test_opening_asks_nothing_and_takes_next_to_no_time(answers):
    assert_ends_within(0.05, lambda: open_dynamodb_store(settings_for("Employees")))
    assert answers.requests == []


def test_an_unknown_error_is_told_in_the_words_of_the_service(room):
    with pytest.raises(StorageUnavailable, match="ValidationException"):
        room.store.calls.read("Query", room.index, {"TableName": room.index})


@pytest.mark.slow
def test_a_read_goes_out_at_once(dynamodb_local):
    """Head and body of a request leave apart: without TCP_NODELAY each read takes 40 ms."""
    room = DynamoRoom(dynamodb_local)
    add(room.store, person("1"))
    seconds = []
    for _ in range(60):
        began = time.perf_counter()
        room.store.browse(Query())
        seconds.append(time.perf_counter() - began)
    room.close()
    assert sorted(seconds)[len(seconds) // 6] < 0.03
