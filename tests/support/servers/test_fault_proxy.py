"""Each fault of the proxy, shown on a small web server and on the AWS libraries."""

import http.client
import http.server
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import botocore.config
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from tests.support.aws_errors import (
    access_denied,
    s3_error,
    server_error,
    table_missing,
    throttled,
    throughput_exceeded,
    token_expired,
    transaction_conflict,
)
from tests.support.in_time import wait_until
from tests.support.servers.fault_proxy import FaultProxy, black_hole
from tests.support.servers.faults import Exchange, Gate, Rule, pass_on

pytestmark = pytest.mark.slow

PATIENCE_SECONDS = 60.0

StartProxy = Callable[[str], FaultProxy]


class EchoHandler(http.server.BaseHTTPRequestHandler):
    """Answers every request with what it was sent, and remembers it."""

    protocol_version = "HTTP/1.1"
    served: list[tuple[str, str, bytes]]

    def answer(self) -> None:
        body = self._read_body()
        self.server.served.append((self.command, self.path, body))  # type: ignore[attr-defined]
        self.server.working.wait()  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_POST = do_PUT = answer

    def _read_body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def log_message(self, *_: object) -> None:
        pass


class EchoServer(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), EchoHandler)
        self.served: list[tuple[str, str, bytes]] = []
        self.working = threading.Event()
        self.working.set()
        self.endpoint = f"http://127.0.0.1:{self.server_port}"


@pytest.fixture
def server() -> Iterator[EchoServer]:
    with EchoServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.working.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def proxy(server: EchoServer, fault_proxy: StartProxy) -> FaultProxy:
    return fault_proxy(server.endpoint)


@pytest.fixture
def client(proxy: FaultProxy) -> Iterator[http.client.HTTPConnection]:
    client = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=PATIENCE_SECONDS)
    yield client
    client.close()


def assert_no_answer(client: http.client.HTTPConnection) -> None:
    """It hears nothing for as long as an answer of these servers takes many times over."""
    if client.sock is None:
        client.connect()
        client.request("POST", "/path", b"hello")
    client.sock.settimeout(0.5)
    with pytest.raises(TimeoutError):
        client.getresponse()
    client.close()


def ask(client: http.client.HTTPConnection, body: bytes = b"hello", method: str = "POST") -> bytes:
    try:
        client.request(method, "/path", body)
        return client.getresponse().read()
    except (OSError, http.client.HTTPException):
        client.close()
        raise


def test_without_a_rule_requests_pass_over_one_kept_connection(proxy, client):
    assert [ask(client, b"one"), ask(client, b"two")] == [b"one", b"two"]
    assert proxy.count() == proxy.count("POST") == 2
    assert [request.raw_body for request in proxy.requests] == [b"one", b"two"]
    assert len(proxy._connections) == 1


def test_chunked_bodies_pass(proxy, client, server):
    client.request("POST", "/path", iter([b"chunk one, ", b"chunk two"]), encode_chunked=True)
    assert client.getresponse().read() == b"chunk one, chunk two"


def test_a_client_that_waits_to_be_asked_for_its_body_is_asked(proxy, client, server):
    client.putrequest("PUT", "/path")
    client.putheader("Content-Length", "4")
    client.putheader("Expect", "100-continue")
    client.endheaders()
    assert client.sock.recv(100).startswith(b"HTTP/1.1 100 ")
    client.send(b"body")
    assert client.getresponse().read() == b"body"
    assert server.served == [("PUT", "/path", b"body")]


def test_a_head_reply_has_no_body(proxy, client):
    assert ask(client, b"hello", method="HEAD") == b""
    assert ask(client) == b"hello"


def test_a_reset_request_never_reaches_the_server(proxy, client, server):
    proxy.on("POST").reset(times=1)
    with pytest.raises(ConnectionResetError) as reset:
        ask(client)
    assert reset.type is ConnectionResetError, "a reset, not a polite end"
    assert server.served == []
    assert ask(client) == b"hello"


def test_a_lost_reply_was_done_by_the_server(proxy, client, server):
    proxy.on("POST").lose_reply(times=1)
    with pytest.raises(ConnectionResetError):
        ask(client)
    assert server.served == [("POST", "/path", b"hello")]


def test_a_reply_that_never_comes_was_done_by_the_server(proxy, client, server):
    proxy.on("POST").never_reply()
    assert_no_answer(client)
    assert server.served == [("POST", "/path", b"hello")]


def test_a_replaced_reply_was_done_by_the_server(proxy, client, server):
    proxy.on("POST").replace_reply(s3_error("InternalError", 500), times=1)
    assert b"InternalError" in ask(client)
    assert server.served == [("POST", "/path", b"hello")]
    assert ask(client) == b"hello"


def test_a_cut_reply_ends_in_its_middle(proxy, client, server):
    proxy.on("POST").cut_reply()
    with pytest.raises((http.client.HTTPException, ConnectionResetError)):
        ask(client, b"x" * 10_000)
    assert len(server.served) == 1


def test_a_hanging_request_is_never_answered_and_ends_at_recovery(proxy, client, server):
    proxy.on("POST").hang()
    assert_no_answer(client)
    assert server.served == []
    proxy.recover()
    assert ask(client) == b"hello"


def test_recovery_ends_what_hangs(proxy, server):
    proxy.on("POST").hang()
    patient = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=PATIENCE_SECONDS)
    patient.request("POST", "/path", b"hello")
    while not proxy.count("POST"):
        time.sleep(0.01)
    time.sleep(0.1)
    proxy.recover()
    with pytest.raises(ConnectionError):
        patient.getresponse()
    patient.close()


def test_a_slow_answer_comes_late(proxy, client):
    proxy.on("POST").slow_down(0.2)
    began = time.monotonic()
    assert ask(client) == b"hello"
    assert time.monotonic() - began >= 0.2


def test_a_refusing_proxy_ends_open_connections_until_it_recovers(proxy, client):
    assert ask(client) == b"hello"
    proxy.refuse()
    with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
        ask(client)
    with pytest.raises(ConnectionRefusedError):
        ask(client)
    proxy.recover()
    assert ask(client) == b"hello"


@pytest.fixture
def under_way(proxy, client, server) -> http.client.HTTPConnection:
    """A request that the server is working on, over a connection that was used before."""
    assert ask(client) == b"hello"
    server.working.clear()
    client.request("POST", "/path", b"hello")
    wait_until(lambda: len(server.served) == 2)
    return client


def test_a_hang_that_seizes_swallows_the_answer_that_is_under_way(proxy, under_way, server):
    proxy.seize("POST").hang()
    server.working.set()
    assert_no_answer(under_way)
    assert_no_answer(under_way)
    proxy.recover()
    assert ask(under_way) == b"hello"


@pytest.mark.parametrize("fault", ["reset", "lose_reply"])
def test_a_reset_that_seizes_takes_the_place_of_the_answer(proxy, under_way, server, fault):
    getattr(proxy.seize("*"), fault)()
    with pytest.raises(ConnectionResetError) as seized:
        under_way.getresponse()  # the server is still working
    assert seized.type is ConnectionResetError
    server.working.set()
    under_way.close()
    proxy.recover()
    assert ask(under_way) == b"hello"


def test_what_a_seizure_does_not_mean_goes_on(proxy, under_way, server):
    proxy.seize("GET").reset()
    server.working.set()
    assert under_way.getresponse().read() == b"hello"
    assert ask(under_way) == b"hello"


def test_a_reset_of_everything_strikes_connections_that_wait_too(proxy, client):
    assert ask(client) == b"hello"
    proxy.seize("*").reset()
    assert client.sock is not None
    with pytest.raises(ConnectionResetError):
        client.sock.recv(1)
    client.close()


def test_a_reset_strikes_a_connection_whose_reply_has_just_gone(proxy, client):
    gate = Gate()

    def answer_and_stay(exchange: Exchange) -> None:
        pass_on(exchange)
        gate.pass_through()

    proxy.script.add(Rule(lambda _: True, answer_and_stay, None, 0))
    assert ask(client) == b"hello"
    gate.wait_until_reached()
    proxy.seize("*").reset()
    gate.open()
    with pytest.raises(ConnectionResetError):
        client.sock.recv(1)


def test_what_hangs_already_can_be_reset(proxy, client):
    proxy.on("POST").hang()
    client.request("POST", "/path", b"hello")
    wait_until(lambda: any(each.hanging for each in proxy._connections))
    proxy.seize("POST").reset()
    with pytest.raises(ConnectionResetError):
        client.getresponse()


def test_a_black_hole_does_not_even_answer_the_connection():
    with black_hole() as endpoint:
        client = boto3.client(
            "s3",
            endpoint_url=endpoint,
            config=botocore.config.Config(connect_timeout=0.3, retries={"total_max_attempts": 1}),
        )
        with pytest.raises(ConnectTimeoutError):
            client.list_buckets()
        client.close()


def test_a_rule_strikes_so_many_times_after_so_many_requests(proxy, client):
    rule = proxy.on("POST").answer(s3_error("SlowDown", 503), times=2, after=1)
    replies = [ask(client) == b"hello" for _ in range(5)]
    assert replies == [True, False, False, True, True]
    assert rule.hits == 2


def test_the_first_rule_that_strikes_decides(proxy, client):
    proxy.on("POST", path="/else/*").hang()
    proxy.on("POST").answer(s3_error("First", 500), times=1)
    proxy.on(lambda request: b"hello" in request.raw_body).answer(s3_error("Second", 500), times=1)
    assert [b"First" in ask(client), b"Second" in ask(client)] == [True, True]
    assert ask(client) == b"hello"


@pytest.mark.parametrize("held", ["hold", "hold_reply"])
def test_a_held_request_waits_until_its_gate_is_opened(proxy, client, server, held):
    gate = getattr(proxy.on("POST"), held)()
    answers: list[bytes] = []
    thread = threading.Thread(target=lambda: answers.append(ask(client)))
    thread.start()
    gate.wait_until_reached()
    assert len(server.served) == (0 if held == "hold" else 1)
    assert answers == []
    gate.open()
    thread.join()
    assert answers == [b"hello"]


def test_a_held_request_of_a_client_that_has_gone_is_not_done(proxy, client, server):
    gate = proxy.on("POST").hold()
    client.request("POST", "/path", b"hello")
    gate.wait_until_reached()
    client.close()
    gate.open()
    time.sleep(0.1)
    assert server.served == []


def test_what_was_seen_can_be_forgotten(proxy, client):
    ask(client)
    proxy.forget()
    assert proxy.count() == 0


def dynamodb_through(proxy: FaultProxy, attempts: int = 1):
    retries = {"total_max_attempts": attempts, "mode": "standard"}
    config = botocore.config.Config(retries=retries)
    return boto3.client("dynamodb", endpoint_url=proxy.endpoint, config=config)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (throttled, "ThrottlingException"),
        (throughput_exceeded, "ProvisionedThroughputExceededException"),
        (access_denied, "AccessDeniedException"),
        (token_expired, "ExpiredTokenException"),
        (table_missing, "ResourceNotFoundException"),
        (server_error, "InternalServerError"),
    ],
)
def test_dynamodb_says_no_by_its_own_codes(proxy, answer, code):
    proxy.on("ListTables").answer(answer())
    client = dynamodb_through(proxy)
    with pytest.raises(ClientError) as refusal:
        client.list_tables()
    assert refusal.value.response["Error"]["Code"] == code
    client.close()


def test_a_throttled_read_is_tried_again_and_each_try_is_counted(dynamodb_local, fault_proxy):
    proxy = fault_proxy(dynamodb_local)
    proxy.on("ListTables").answer(throttled(), times=1)
    client = dynamodb_through(proxy, attempts=2)
    assert "TableNames" in client.list_tables()
    assert proxy.count("ListTables") == 2
    client.close()


def test_a_transaction_conflict_names_the_action_that_conflicts(dynamodb_local, fault_proxy):
    proxy = fault_proxy(dynamodb_local)
    proxy.on("TransactWriteItems").answer(transaction_conflict(action=0), times=1)
    client = dynamodb_through(proxy)
    check = {"TableName": "no-such", "Key": {"id": {"S": "x"}}}
    actions = [{"Delete": check}, {"Delete": {**check, "Key": {"id": {"S": "y"}}}}]
    with pytest.raises(ClientError) as refusal:
        client.transact_write_items(TransactItems=actions)
    reasons = refusal.value.response["CancellationReasons"]
    assert [reason["Code"] for reason in reasons] == ["TransactionConflict", "None"]
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        client.transact_write_items(TransactItems=actions)
    client.close()


def test_photos_pass_and_fail_by_method_and_path(s3_server, fault_proxy, tmp_path: Path):
    proxy = fault_proxy(s3_server)
    config = botocore.config.Config(retries={"total_max_attempts": 1}, read_timeout=5)
    client = boto3.client("s3", endpoint_url=proxy.endpoint, config=config)
    location = {"LocationConstraint": "us-west-2"}
    client.create_bucket(Bucket="fault-proxy", CreateBucketConfiguration=location)
    client.put_object(Bucket="fault-proxy", Key="a", Body=b"photo" * 9_999)
    assert client.get_object(Bucket="fault-proxy", Key="a")["Body"].read() == b"photo" * 9_999
    proxy.on("PUT", path="/fault-proxy/*").answer(s3_error("SlowDown", 503))
    with pytest.raises(ClientError, match="SlowDown"):
        client.put_object(Bucket="fault-proxy", Key="b", Body=b"photo")
    client.close()
