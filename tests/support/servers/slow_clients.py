"""Clients that are slow or silent, connected by a thread of the test."""

import contextlib
import http.client
import selectors
import socket
import threading
import time
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import cast

from tests.support.servers.server_process import HOST

_HEALTH_SECONDS = 0.5
_PAGE_SECONDS = 1.0
# One late answer may be the machine's; an answer that is late each time is ours.
_TRIES = 3
_UPLOAD = (
    b"POST /add HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\n"
    b"Content-Length: 3000000\r\n\r\n"
    b'--b\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\n'
)
_BODY = b"POST /add HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 500\r\n\r\n"
_HALVES = (b"GET /hea", b"GET / HTTP/1.1\r\nHost: x\r\nX-Wai", _BODY)


@dataclass
class Client:
    """One connection: what it sends at first, then each second; what it was answered."""

    kind: str
    first: bytes
    each_second: bytes = b""
    reads: bool = True
    received: bytearray = field(default_factory=bytearray)
    ended_after: float | None = None

    @property
    def status(self) -> str:
        """The first status line it was sent; empty if none."""
        return self.received.partition(b"\r\n")[0].decode()


def half_sent(number: int) -> list[Client]:
    """Clients in the middle of a request line, of a header, of a body, that go on byte by byte."""
    return [Client("half", first, b"x") for first in islice(cycle(_HALVES), number)]


def slow_uploads(number: int) -> list[Client]:
    """Clients that send a photo at a kilobyte a second."""
    return [Client("upload", _UPLOAD, b"x" * 1000) for _ in range(number)]


def readers_that_do_not_read(number: int, paths: tuple[str, ...]) -> list[Client]:
    """Clients that ask for one of these again and again, and take nothing of it."""
    asked = [f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode() * 4 for path in paths]
    return [Client("reader", request, reads=False) for request in islice(cycle(asked), number)]


def silent(number: int) -> list[Client]:
    """Clients that connect and send nothing."""
    return [Client("silent", b"") for _ in range(number)]


def slow_and_silent_clients() -> list[Client]:
    """All kinds of them, 152 together."""
    paths = ("/", "/static/style.css", "/export.csv")
    return [*half_sent(40), *slow_uploads(24), *readers_that_do_not_read(24, paths), *silent(64)]


class SlowClients:
    """Keeps clients connected until it is left."""

    def __init__(self, port: int, clients: list[Client]) -> None:
        self.port = port
        self.clients = clients
        self._sockets: dict[socket.socket, Client] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "SlowClients":
        for client in self.clients:
            connection = socket.socket()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.settimeout(10)
            connection.connect((HOST, self.port))
            connection.sendall(client.first)
            self._sockets[connection] = client
        self.began = time.monotonic()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        for connection in self._sockets:
            connection.close()

    def _run(self) -> None:
        selector = selectors.DefaultSelector()
        for connection, client in self._sockets.items():
            connection.setblocking(False)
            if client.reads:
                selector.register(connection, selectors.EVENT_READ)
        while not self._stop.wait(0.5):
            for key, _ in selector.select(timeout=0):
                if not self._receive(cast(socket.socket, key.fileobj)):
                    selector.unregister(key.fileobj)
            for connection, client in self._sockets.items():
                if client.each_second and client.ended_after is None:
                    with contextlib.suppress(OSError):
                        connection.send(client.each_second[: len(client.each_second) // 2 or 1])

    def _receive(self, connection: socket.socket) -> bool:
        client = self._sockets[connection]
        try:
            data = connection.recv(65536)
        except BlockingIOError:
            return True
        except OSError:
            data = b""
        client.received += data
        if not data:
            client.ended_after = time.monotonic() - self.began
        return bool(data)


def assert_pages_come_in_time(port: int, seconds: float) -> None:
    """For so many seconds, a visitor has the health check and the list in the time promised."""
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        assert_in_time(port, "/healthz", _HEALTH_SECONDS)
        assert_in_time(port, "/", _PAGE_SECONDS)
        time.sleep(0.1)


def assert_in_time(port: int, path: str, seconds: float) -> None:
    """A new visitor has the page within so many seconds, if not at first then at the third try."""
    taken: list[float] = []
    while len(taken) < _TRIES and (not taken or taken[-1] >= seconds):
        taken.append(seconds_of(port, path))
    assert taken[-1] < seconds, f"{path} took {taken} s"


def seconds_of(port: int, path: str) -> float:
    """Seconds until a new visitor has the whole page, 200."""
    began = time.monotonic()
    with contextlib.closing(http.client.HTTPConnection(HOST, port, timeout=10)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
    assert answer.status == 200, (path, answer.status)
    return time.monotonic() - began
