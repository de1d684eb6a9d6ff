"""The worker with real sockets: requests in pieces, slow readers, limits, and its end."""

import json
import select
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.server.worker import BufferingWorker
from tests.support.servers.echo_app import pieces
from tests.support.servers.echo_server import EchoServer, echo_server, rest_of
from tests.support.servers.server_process import HOST

pytestmark = pytest.mark.slow
GET = b"GET /%s HTTP/1.1\r\nHost: x\r\n\r\n"
LAST = b"GET /%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
POST = b"POST /%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"


@pytest.fixture(scope="module")
def quick_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EchoServer]:
    folder = tmp_path_factory.mktemp("echo")
    with echo_server(
        folder,
        HEAD_SECONDS=0.5,
        BODY_GRACE_SECONDS=0.5,
        MIN_BODY_BYTES_PER_SECOND=20_000,
        STALLED_SECONDS=1.0,
        MAX_UNSENT_BYTES=2_000_000,
    ) as started:
        yield started


@pytest.fixture
def server(quick_server: EchoServer) -> Iterator[EchoServer]:
    yield quick_server
    quick_server.hang_up()


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def tale_of(answer: bytes) -> dict[str, object]:
    """What the application was sent, by its own account."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert status_of(head) == 200, answer
    tale: dict[str, object] = json.loads(body)
    return tale


def test_a_request_may_come_byte_by_byte(server: EchoServer) -> None:
    with server.connect() as connection:
        for byte in LAST % b"page?seconds=0":
            connection.sendall(bytes([byte]))
        assert tale_of(rest_of(connection))["PATH_INFO"] == "/page"


def test_requests_sent_at_once_are_answered_in_their_order(server: EchoServer) -> None:
    answers = server.ask(GET % b"one" + GET % b"two" + LAST % b"three")
    told = [part.partition(b"}")[0] for part in answers.split(b'"PATH_INFO": "/')[1:]]
    assert [text.partition(b'"')[0] for text in told] == [b"one", b"two", b"three"]


def test_a_body_that_nobody_read_is_not_taken_for_a_request(server: EchoServer) -> None:
    unread = POST.replace(b"close", b"keep-alive") % b"send?bytes=3"
    answers = server.ask(unread + b"Content-Length: 5\r\n\r\nGET /" + LAST % b"next")
    assert answers.count(b"HTTP/1.1 200") == 2
    assert b'"PATH_INFO": "/next"' in answers


@pytest.mark.parametrize("size", [0, 1, 300_000, 7_000_000])
def test_a_body_arrives_whole(server: EchoServer, size: int) -> None:
    head = POST % b"page" + b"Content-Length: %d\r\n\r\n" % size
    assert tale_of(server.ask(head + bytes(size)))["received"] == size


@pytest.mark.parametrize("size", [1, 300_000])
def test_a_chunked_body_arrives_whole_however_it_is_cut(server: EchoServer, size: int) -> None:
    head = POST % b"page" + b"Transfer-Encoding: chunked\r\n\r\n"
    body = b"%x;note=1\r\n" % size + bytes(size) + b"\r\n3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n"
    cut = max(1, len(body) // 97)
    with server.connect(head) as connection:
        for begin in range(0, len(body), cut):
            connection.sendall(body[begin : begin + cut])
        assert tale_of(rest_of(connection))["received"] == size + 3


@pytest.mark.parametrize("body", [b"nonsense\r\n\r\n", b"-5\r\n\r\n", b"x" * 30_000])
def test_a_chunked_body_that_is_none_is_refused(server: EchoServer, body: bytes) -> None:
    head = POST % b"page" + b"Transfer-Encoding: chunked\r\n\r\n"
    assert status_of(server.ask(head + body)) == 400


def test_a_client_that_asks_first_is_told_to_send_its_body(server: EchoServer) -> None:
    head = POST % b"page" + b"Expect: 100-continue\r\nContent-Length: 4\r\n\r\n"
    with server.connect(head) as connection:
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"body")
        assert tale_of(rest_of(connection))["received"] == 4


def test_a_body_over_the_limit_reaches_the_application_unread(server: EchoServer) -> None:
    head = POST % b"small" + b"Expect: 100-continue\r\nContent-Length: 100001\r\n\r\n"
    assert tale_of(server.ask(head))["received"] == 0  # and it was not told to send it


def test_a_stranger_may_send_less_than_somebody_who_may_be_known(server: EchoServer) -> None:
    head = POST % b"known" + b"Content-Length: 200000\r\n"
    assert tale_of(server.ask(head + b"\r\n" + bytes(200_000)))["received"] < 200_000  # cut
    known = head + b"Cookie: who=ana\r\n\r\n" + bytes(200_000)
    assert tale_of(server.ask(known))["received"] == 200_000


def test_the_sender_of_too_much_still_reads_the_answer(server: EchoServer) -> None:
    with server.connect(POST % b"small" + b"Content-Length: 3000000\r\n\r\n") as connection:
        connection.sendall(bytes(3_000_000))  # never reset while it sends
        assert status_of(rest_of(connection)) == 200


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET / HTTP/1.1\nHost: x\n\n", 400),
        (b"nonsense\r\n\r\n", 400),
        (b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-A: 1\r\n" * 9000, 431),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-A: " + b"1" * 70_000, 431),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n", 400),
        (POST % b"" + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0", 400),
    ],
)
def test_what_is_no_request_is_refused(server: EchoServer, sent: bytes, status: int) -> None:
    assert status_of(server.ask(sent)) == status


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /hal",
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Wai",
        POST % b"page" + b"Content-Length: 30\r\n\r\nhalf",
        POST % b"page" + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhal",
    ],
)
def test_who_does_not_end_a_request_is_told_so(server: EchoServer, sent: bytes) -> None:
    answer = server.ask(sent)
    assert status_of(answer) == 408
    assert b"Nothing was saved" in answer


def test_a_slow_body_that_keeps_the_least_rate_is_received(server: EchoServer) -> None:
    with server.connect(POST % b"page" + b"Content-Length: 60000\r\n\r\n") as connection:
        for _ in range(30):
            connection.sendall(bytes(2000))
            time.sleep(0.05)
        assert tale_of(rest_of(connection))["received"] == 60_000


def test_who_takes_the_answer_slowly_gets_it_whole(server: EchoServer) -> None:
    size = 6_000_000  # more than a connection may leave unread: the thread waits for some of it
    with server.connect(LAST % b"send?bytes=%d" % size) as connection:
        received = bytearray()
        while data := connection.recv(400_000):
            received += data
            time.sleep(0.02)
    assert received.partition(b"\r\n\r\n")[2] == b"".join(pieces(size))


def test_who_takes_nothing_of_the_answer_is_given_up(server: EchoServer) -> None:
    asked = LAST % b"send?bytes=7900000"
    stuck = [server.connect(asked) for _ in range(4)]  # twice as many as there are threads
    time.sleep(3)
    assert tale_of(server.ask(LAST % b"page"))["PATH_INFO"] == "/page"
    assert all(len(rest_of(connection)) < 7_900_000 for connection in stuck)


def test_those_who_hold_a_connection_leave_the_threads_free(server: EchoServer) -> None:
    size = b"1900000"  # as much as a connection may leave unread
    for sent in (b"", b"GET", GET % b"send?bytes=%s" % size) * 4:
        server.connect(sent)
    assert tale_of(server.ask(LAST % b"page"))["PATH_INFO"] == "/page"


def test_a_health_check_does_not_wait_for_a_thread(server: EchoServer) -> None:
    busy = [server.connect(GET % b"page?seconds=2") for _ in range(6)]
    assert tale_of(server.ask(LAST % b"healthz"))["PATH_INFO"] == "/healthz"
    assert tale_of(server.ask(LAST % b"static/style.css"))
    load_balancer = (
        b"GET / HTTP/1.1\r\nUser-Agent: ELB-HealthChecker/2.0\r\nConnection: close\r\n\r\n"
    )
    assert tale_of(server.ask(load_balancer))["PATH_INFO"] == "/"
    answered, _, _ = select.select(busy, [], [], 0)
    assert len(answered) < 4, "it waited for a thread, of which there are two"
    assert all(connection.recv(100) for connection in busy)


def test_the_longest_silent_gives_its_place_to_a_new_connection(tmp_path: Path) -> None:
    with echo_server(tmp_path, options=("--worker-connections", "12")) as server:
        silent = [server.connect() for _ in range(40)]
        assert tale_of(server.ask(LAST % b"page"))["PATH_INFO"] == "/page"
        assert rest_of(silent[0]) == b""  # closed, without an answer to what was never asked
        silent[-1].sendall(LAST % b"page")
        assert tale_of(rest_of(silent[-1]))["PATH_INFO"] == "/page"


def test_bodies_of_all_together_have_a_limit(tmp_path: Path) -> None:
    with echo_server(tmp_path, MAX_STORED_BYTES=900_000) as server:
        half = POST % b"page" + b"Content-Length: 800000\r\n\r\n" + bytes(600_000)
        first = server.connect(half)
        time.sleep(0.3)
        refused = server.ask(half)
        assert status_of(refused) == 503
        assert b"Retry-After: 60" in refused
        first.sendall(bytes(200_000))
        assert tale_of(rest_of(first))["received"] == 800_000


@pytest.mark.parametrize("waits", [False, True], ids=["for a thread", "in the queue of the port"])
def test_a_server_that_is_told_to_stop_answers_who_is_connected(
    tmp_path: Path, waits: bool
) -> None:
    with echo_server(tmp_path) as server:
        idle = server.connect(GET % b"first")
        assert idle.recv(1000)
        waiting = [server.connect(GET % b"page?seconds=0.3") for _ in range(8)]
        if waits:
            server.pause()
        waiting += [server.connect(GET % b"page?seconds=0.1") for _ in range(8)]
        server.terminate()
        server.resume()
        answers = [rest_of(connection) for connection in waiting]
        assert [status_of(answer) for answer in answers] == [200] * 16
        idle.sendall(GET % b"last")
        answer = rest_of(idle)
        assert answer == b"" or status_of(answer) == 200
        server.process.wait(10)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((HOST, server.port))


def test_tls_is_refused_in_a_sentence() -> None:
    with pytest.raises(RuntimeError, match="proxy in front"):
        BufferingWorker.check_config(type("Settings", (), {"is_ssl": True}), None)
