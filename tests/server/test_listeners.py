"""A listener of a server that ends: nobody new gets into its queue, and who is in it stays."""

import multiprocessing
import socket
import sys

import pytest

from app.server.listeners import drop_new_connections, nobody_else_accepts
from tests.support.servers.server_process import HOST

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a filter of Linux")


def test_who_is_in_the_queue_stays_and_nobody_new_gets_in() -> None:
    with socket.create_server((HOST, 0)) as listener:
        address = listener.getsockname()
        with socket.create_connection(address) as first:
            drop_new_connections(listener)
            with pytest.raises(TimeoutError):
                socket.create_connection(address, timeout=0.2)
            accepted, _ = listener.accept()
            with accepted:
                first.sendall(b"hello")
                assert accepted.recv(5) == b"hello"
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address, timeout=5)


@pytest.mark.parametrize("closed", [True, False])
def test_a_worker_knows_whether_the_server_or_itself_ends(closed: bool) -> None:
    """The first process closes its listener only if the whole server ends."""
    fork = multiprocessing.get_context("fork")
    told, tell = fork.Pipe(duplex=False)
    may_ask = fork.Event()
    with socket.create_server((HOST, 0)) as listener:

        def worker() -> None:
            may_ask.wait(20)
            tell.send(nobody_else_accepts(listener))

        process = fork.Process(target=worker)
        process.start()
        if closed:
            listener.close()
        may_ask.set()
        assert told.poll(20)
        assert told.recv() is closed
        process.join(20)
