"""Which machine this is: asked of a small stand-in of EC2's metadata service."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from app.runtime import ec2_metadata
from app.runtime.ttl import TtlValue
from tests.support.in_time import LATE

pytestmark = pytest.mark.slow

TOKEN = "AQAEAtoken=="
DOCUMENT = {
    "accountId": "123456789012",
    "availabilityZone": "us-west-2b",
    "instanceId": "i-0123456789abcdef0",
    "instanceType": "t3.micro",
    "region": "us-west-2",
}


class Imds(BaseHTTPRequestHandler):
    """Hands out a token for its lifetime's header, and the document for the token only."""

    protocol_version = "HTTP/1.1"
    server: "ImdsServer"

    def do_PUT(self) -> None:
        asked = self.headers.get("X-aws-ec2-metadata-token-ttl-seconds", "")
        right = self.path == "/latest/api/token" and asked.isdigit()
        self.answer(self.server.token_status if right else 400, TOKEN)

    def do_GET(self) -> None:
        if "X-Forwarded-For" in self.headers:
            self.answer(403, "")
        elif self.headers.get("X-aws-ec2-metadata-token") != TOKEN:
            self.answer(401, "")
        elif self.path != "/latest/dynamic/instance-identity/document":
            self.answer(404, "")
        else:
            self.answer(self.server.status, self.server.document)

    def answer(self, status: int, body: str) -> None:
        self.server.asked += 1
        time.sleep(self.server.seconds)
        raw = body.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        for at in range(len(raw)):
            self.wfile.write(raw[at : at + 1])
            time.sleep(self.server.seconds_a_byte)

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            self.close_connection = True  # the client waits no longer

    def log_message(self, *_: object) -> None:
        pass


class ImdsServer(ThreadingHTTPServer):
    daemon_threads = True
    document = json.dumps(DOCUMENT)
    token_status = 200
    status = 200
    seconds = 0.0
    seconds_a_byte = 0.0
    asked = 0


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ec2_metadata, "_cache", TtlValue(ec2_metadata.RETRY_SECONDS))
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")


@pytest.fixture
def imds(monkeypatch: pytest.MonkeyPatch) -> Iterator[ImdsServer]:
    server = ImdsServer(("127.0.0.1", 0), Imds)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    point_at(monkeypatch, server.server_port)
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def point_at(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", f"http://127.0.0.1:{port}/")


def asked_within_its_limit() -> ec2_metadata.Machine | None:
    began = time.monotonic()
    machine = ec2_metadata.current_machine()
    assert time.monotonic() - began < ec2_metadata.ALL_SECONDS + LATE
    return machine


def test_a_machine_on_ec2_is_named(imds):
    assert asked_within_its_limit() == ec2_metadata.Machine(
        instance_id="i-0123456789abcdef0", zone="us-west-2b", type="t3.micro", region="us-west-2"
    )


def test_a_machine_that_is_known_is_not_asked_for_again(imds):
    first = ec2_metadata.current_machine()
    asked = imds.asked
    assert ec2_metadata.current_machine() == first
    assert imds.asked == asked == 2


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_a_service_that_refuses_names_no_machine(imds, status):
    imds.status = status
    assert asked_within_its_limit() is None


def test_a_service_that_gives_no_token_names_no_machine(imds):
    imds.token_status = 403
    assert asked_within_its_limit() is None


@pytest.mark.parametrize(
    "document",
    [
        "<!doctype html><title>Log in to the guest network</title>",
        "",
        "null",
        "[]",
        "{}",
        json.dumps(DOCUMENT | {"instanceId": None}),
        json.dumps(DOCUMENT | {"instanceId": "<script>"}),
        json.dumps({"instanceId": "i-0123456789abcdef0"}),
    ],
)
def test_an_answer_that_is_no_document_names_no_machine(imds, document):
    imds.document = document
    assert asked_within_its_limit() is None


def test_a_slow_service_is_left_after_a_second(imds):
    imds.seconds = 2
    assert asked_within_its_limit() is None


def test_a_service_that_drips_is_left_after_a_second(imds):
    imds.seconds_a_byte = 0.2
    assert asked_within_its_limit() is None


def test_a_service_that_never_answers_is_left_after_a_second(monkeypatch):
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        point_at(monkeypatch, silent.getsockname()[1])
        assert asked_within_its_limit() is None


def test_where_nothing_listens_there_is_no_machine(monkeypatch):
    point_at(monkeypatch, free_port())
    assert asked_within_its_limit() is None


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as unused:
        return int(unused.getsockname()[1])


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:99999/", "nonsense", "http://[::"])
def test_an_endpoint_that_is_no_address_names_no_machine(monkeypatch, endpoint):
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", endpoint)
    assert asked_within_its_limit() is None


def test_a_machine_that_was_not_found_is_asked_for_again_after_a_minute(imds, monkeypatch):
    imds.status = 500
    assert ec2_metadata.current_machine() is None
    imds.status = 200
    assert ec2_metadata.current_machine() is None
    clock = time.monotonic
    monkeypatch.setattr(ec2_metadata._cache, "_clock", lambda: clock() + 61)
    assert ec2_metadata.current_machine() is not None


def test_a_machine_that_may_not_be_asked_for_is_not(imds, monkeypatch):
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "TRUE")
    assert ec2_metadata.current_machine() is None
    assert imds.asked == 0
