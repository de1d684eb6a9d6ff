"""gunicorn with our worker and settings, limits of milliseconds, and the echo application."""

import contextlib
import os
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.support.environment import isolated
from tests.support.repository import ROOT
from tests.support.servers.server_process import HOST, ServerProcess, free_port, listens

_SETTINGS = """
exec(open({settings!r}).read().replace("__file__", repr({settings!r})))
preload_app = False
post_worker_init = lambda worker: None
from app.server import connection, outgoing, worker
for module in (connection, outgoing, worker):
    for name, value in {limits!r}.items():
        if hasattr(module, name):
            setattr(module, name, value)
"""


class EchoServer:
    """One worker with two threads; ``limits`` replaces numbers of ``app.server.limits``."""

    def __init__(self, folder: Path, *, options: tuple[str, ...] = (), **limits: float) -> None:
        self.port = free_port()
        settings = folder / "settings.py"
        settings.write_text(
            _SETTINGS.format(settings=str(ROOT / "gunicorn.conf.py"), limits=limits)
        )
        self.log = folder / "echo.log"
        self.process = ServerProcess(
            [
                *(sys.executable, "-m", "gunicorn", "--config", str(settings)),
                *("--bind", f"{HOST}:{self.port}", "--workers", "1", "--threads", "2"),
                *options,
                "tests.support.servers.echo_app:application",
            ],
            folder=ROOT,
            log=self.log,
            environment=isolated(),
        )
        self._connections: list[socket.socket] = []
        self.process.wait_until(lambda: listens(self.port))

    def connect(self, sent: bytes = b"") -> socket.socket:
        """A connection that has sent this."""
        connection = socket.create_connection((HOST, self.port), timeout=20)
        self._connections.append(connection)
        connection.sendall(sent)
        return connection

    def hang_up(self) -> None:
        """Close all connections."""
        while self._connections:
            self._connections.pop().close()

    def pause(self) -> None:
        """Stop its processes where they are; what they are told waits until ``resume``."""
        os.killpg(self.process.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Let its processes go on."""
        os.killpg(self.process.pid, signal.SIGCONT)

    def terminate(self) -> None:
        """Tell it to stop, as systemd does; returns at once."""
        os.kill(self.process.pid, signal.SIGTERM)

    def ask(self, sent: bytes) -> bytes:
        """All that is answered until the server closes."""
        with self.connect(sent) as connection:
            return rest_of(connection)


def rest_of(connection: socket.socket) -> bytes:
    """What the server sends until it closes the connection, or resets it."""
    received = bytearray()
    with contextlib.suppress(ConnectionError):
        while data := connection.recv(65536):
            received += data
    return bytes(received)


@contextlib.contextmanager
def echo_server(
    folder: Path, *, options: tuple[str, ...] = (), **limits: float
) -> Iterator[EchoServer]:
    """Serve until left."""
    server = EchoServer(folder, options=options, **limits)
    try:
        yield server
    finally:
        server.hang_up()
        server.process.stop()
