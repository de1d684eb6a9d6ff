"""Each fault of the relay, on connections that are open and on new ones."""

import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest

from tests.support.servers.server_process import HOST
from tests.support.servers.tcp_relay import TcpRelay


@pytest.fixture
def echo() -> Iterator[int]:
    """The port of a server that gives back what it is sent."""
    listener = socket.create_server((HOST, 0))

    def serve(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            while data := connection.recv(1000):
                connection.sendall(data)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


@pytest.fixture
def relay(echo: int) -> Iterator[TcpRelay]:
    started = TcpRelay(echo)
    yield started
    started.stop()


@contextlib.contextmanager
def connected(relay: TcpRelay) -> Iterator[socket.socket]:
    with socket.create_connection((HOST, relay.port), timeout=0.5) as connection:
        yield connection


def ask(connection: socket.socket) -> bytes:
    connection.sendall(b"hello")
    return connection.recv(1000)


def test_a_relay_that_hangs_answers_neither_open_nor_new_connections(relay: TcpRelay) -> None:
    with connected(relay) as old:
        assert ask(old) == b"hello"
        relay.hang()
        with pytest.raises(TimeoutError):
            ask(old)
    with connected(relay) as new, pytest.raises(TimeoutError):
        ask(new)
    relay.recover()
    with connected(relay) as new:
        assert ask(new) == b"hello"


def test_a_reset_strikes_open_and_new_connections(relay: TcpRelay) -> None:
    with connected(relay) as old:
        assert ask(old) == b"hello"
        relay.reset()
        with pytest.raises(ConnectionResetError):
            old.recv(1)
    with pytest.raises(ConnectionResetError), connected(relay) as new:
        new.recv(1)
    relay.recover()
    with connected(relay) as new:
        assert ask(new) == b"hello"


def test_a_reset_strikes_what_hangs(relay: TcpRelay) -> None:
    relay.hang()
    with connected(relay) as old:
        old.sendall(b"hello")
        relay.reset()
        with pytest.raises(ConnectionResetError):
            old.recv(1000)


def test_a_relay_that_refuses_ends_open_connections_and_takes_no_new_ones(relay: TcpRelay) -> None:
    with connected(relay) as old:
        assert ask(old) == b"hello"
        relay.refuse()
        assert old.recv(1) == b""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((HOST, relay.port))
    relay.recover()
    with connected(relay) as new:
        assert ask(new) == b"hello"
