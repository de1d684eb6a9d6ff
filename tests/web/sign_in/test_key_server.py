"""The key of a load balancer is fetched over HTTP within limits: of time, of size, of hosts."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError

import pytest

from app.model.errors import StorageUnavailable
from app.web.sign_in import balancer_keys
from app.web.sign_in.balancer_keys import BalancerKeys, fetch_key
from tests.support.balancer import KEY_ID, Balancer, public_pem

KEY = public_pem(Balancer().key)


class KeyServer(BaseHTTPRequestHandler):
    """Answers as its path says."""

    hang = threading.Event()

    def do_GET(self) -> None:
        if self.path == "/redirect":
            self.send_response(302)
            self.send_header("Location", "/key")
            self.end_headers()
            return
        if self.path == "/slow":
            self.hang.wait(30)
        self.send_response(200 if self.path != "/unknown" else 403)
        self.end_headers()
        self.wfile.write(b"x" * 5000 if self.path == "/long" else KEY)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    KeyServer.hang.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), KeyServer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    KeyServer.hang.set()
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_key_is_fetched(server: str) -> None:
    assert fetch_key(f"{server}/key") == KEY


@pytest.mark.parametrize("path", ["redirect", "unknown"])
def test_a_redirect_leads_nowhere(server: str, path: str) -> None:
    with pytest.raises(HTTPError) as error:
        fetch_key(f"{server}/{path}")
    error.value.close()
    assert error.value.code in (302, 403)


def test_what_is_longer_than_a_key_is_not_read(server: str) -> None:
    with pytest.raises(OSError, match="more than 4096 bytes"):
        fetch_key(f"{server}/long")


def test_a_server_that_hangs_is_not_waited_for(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(balancer_keys, "TIMEOUT_SECONDS", 0.2)
    keys = BalancerKeys("eu-central-1", lambda _: fetch_key(f"{server}/slow"))
    with pytest.raises(StorageUnavailable):
        keys.get(KEY_ID)


def test_many_who_ask_for_a_key_at_once_fetch_it_once() -> None:
    asked: list[str] = []
    may_answer = threading.Event()

    def fetch(address: str) -> bytes:
        asked.append(address)
        may_answer.wait(10)
        return KEY

    keys = BalancerKeys("eu-central-1", fetch)
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(keys.get(KEY_ID))) for _ in range(8)]
    for thread in threads:
        thread.start()
    may_answer.set()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(asked) == 1
