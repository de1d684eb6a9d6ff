"""Slow, silent and lying clients, against the commands of the README."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import os
import signal
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.servers.live_app import LiveApp
from tests.support.servers.server_process import HOST, free_port, listens
from tests.support.servers.slow_clients import (
    Client,
    SlowClients,
    assert_pages_come_in_time,
    slow_and_silent_clients,
)
from tests.support.servers.warm_process import PythonProcess

pytestmark = pytest.mark.slow
# Beyond the time that the slowest of them are allowed.
ATTACK_SECONDS = 30.0


@contextlib.contextmanager
def flask_run(folder: Path) -> Iterator[int]:
    """``flask run``, as on a laptop."""
    port = free_port()
    server = PythonProcess(
        *("-m", "flask", "run", "--port", str(port)),
        log=folder / "flask.log",
        settings={"INSTANCE_FOLDER": str(folder), "FLASK_APP": "application.py"},
    )
    try:
        server.wait_until(lambda: listens(port))
        yield port
    finally:
        server.kill()


@contextlib.contextmanager
def plain_gunicorn(folder: Path) -> Iterator[int]:
    """``gunicorn --bind ... --workers 2 --threads 8 application:application``."""
    app = LiveApp({"INSTANCE_FOLDER": str(folder)}, log=folder / "gunicorn.log", workers=2)
    app.start()
    try:
        yield app.port
    finally:
        app.kill()


@pytest.mark.parametrize("command", [plain_gunicorn, flask_run])
def test_no_page_waits_for_152_slow_and_silent_clients(
    command: Callable[[Path], contextlib.AbstractContextManager[int]], tmp_path: Path
) -> None:
    clients = slow_and_silent_clients()
    with command(tmp_path) as port, SlowClients(port, clients):
        assert_pages_come_in_time(port, ATTACK_SECONDS)
    if command is plain_gunicorn:  # a laptop has a thread for each of them
        slow = [client for client in clients if client.kind in ("half", "upload")]
        assert_told_that_they_are_slow(slow)


def assert_told_that_they_are_slow(clients: list[Client]) -> None:
    statuses = Counter(client.status for client in clients)
    assert statuses == {"HTTP/1.1 408 Request Timeout": len(clients)}
    assert all(client.ended_after for client in clients)


LIES = {
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Ssl": "on",
    "X-Forwarded-Protocol": "ssl",
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Host": "planted.example",
    "X-Forwarded-Prefix": "/planted",
    "X-Script-Name": "/planted",
    "Script-Name": "/planted",
    "SCRIPT_NAME": "/planted",
    "PATH_INFO": "/info",
    "REMOTE_ADDR": "203.0.113.9",
}


@pytest.mark.parametrize("command", [plain_gunicorn, flask_run])
def test_the_plain_command_believes_no_client_about_a_proxy(
    command: Callable[[Path], contextlib.AbstractContextManager[int]], tmp_path: Path
) -> None:
    with command(tmp_path) as port:
        connection = http.client.HTTPConnection(HOST, port, timeout=10)
        with contextlib.closing(connection):
            for name, value in LIES.items():
                connection.request("GET", "/add", headers={name: value})
                answer = connection.getresponse()
                page = answer.read().decode()
                assert answer.status == 200, name
                assert answer.headers["Strict-Transport-Security"] is None, name
                assert "Secure" not in answer.headers["Set-Cookie"], name
                assert 'action="/add"' in page, name
                assert "planted" not in page, name


def test_a_stopped_server_under_load_resets_nobody(tmp_path: Path) -> None:
    """Forty visitors, each page on a new connection: who was let in gets the page to its end."""
    app = LiveApp({"INSTANCE_FOLDER": str(tmp_path)}, log=tmp_path / "log", workers=2)
    app.start()
    with contextlib.ExitStack() as stack, ThreadPoolExecutor(40) as visitors:
        stack.callback(app.kill)
        visits = [visitors.submit(visit_until_refused, app.port) for _ in range(40)]
        time.sleep(1.5)
        os.kill(app.server.pid, signal.SIGTERM)
        seen = [future.result() for future in visits]
        assert app.server.wait(15) == 0
    assert [problem for _, problem in seen if problem] == []
    assert min(pages for pages, _ in seen) > 0


def visit_until_refused(port: int) -> tuple[int, str]:
    """Ask for pages until nobody listens; return how many came, and what went wrong."""
    for pages in itertools.count():
        with socket.socket() as connection:
            connection.settimeout(20)
            try:
                connection.connect((HOST, port))
            except ConnectionRefusedError:
                return pages, ""
            try:
                connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                answer = b"".join(iter(lambda: connection.recv(65536), b""))
            except OSError as error:
                return pages, repr(error)
        if not (answer.startswith(b"HTTP/1.1 200") and answer.rstrip().endswith(b"</html>")):
            return pages, answer[-200:].decode()
    raise AssertionError("unreachable")
