"""Behind gunicorn, a header says who asks only when the proxy that is named is connected."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest

from tests.support.servers.live_app import LiveApp
from tests.support.servers.server_process import HOST

pytestmark = pytest.mark.slow

PROXY = "127.0.0.2"  # all of 127.0.0.0/8 is this machine
SETTINGS = {"SIGN_IN_HEADER": "X-Remote-User", "SIGN_IN_HEADER_FROM": PROXY, "ACCESS": "sign-in"}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveApp]:
    folder = tmp_path_factory.mktemp("behind-a-proxy")
    settings = SETTINGS | {"INSTANCE_FOLDER": str(folder / "instance"), "TRUSTED_PROXIES": "1"}
    app = LiveApp(settings, log=folder / "log")
    app.start()
    yield app
    app.stop()


def ask(app: LiveApp, *headers: tuple[str, str], peer: str = PROXY) -> int:
    """The status of the list for who is connected from this address."""
    connection = HTTPConnection(HOST, app.port, timeout=30, source_address=(peer, 0))
    connection.putrequest("GET", "/")
    for name, value in headers:
        connection.putheader(name, value)
    connection.endheaders()
    status = connection.getresponse().status
    connection.close()
    return status


def test_the_named_proxy_is_believed(app: LiveApp) -> None:
    assert ask(app, ("X-Remote-User", "ana")) == 200
    assert ask(app) == 303


def test_a_foreign_peer_is_not_believed_whatever_it_forwards(app: LiveApp) -> None:
    for name in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Remote-Addr", "Remote-Addr"):
        headers = (("X-Remote-User", "ana"), (name, PROXY))
        assert ask(app, *headers, peer="127.0.0.1") == 303
        assert ask(app, *headers, peer="127.0.0.3") == 303
    assert '"event": "sign-in-header-dropped"' in app.log.read_text()


def test_who_the_proxy_forwards_for_changes_nothing(app: LiveApp) -> None:
    assert ask(app, ("X-Remote-User", "ana"), ("X-Forwarded-For", "203.0.113.9")) == 200


def test_a_header_that_looks_like_it_is_none(app: LiveApp) -> None:
    # A proxy that sets X-Remote-User lets this one of the client through.
    assert ask(app, ("X_Remote_User", "eve")) == 303
    assert ask(app, ("X_Remote-User", "eve"), ("X-Remote-User", "ana")) == 200


def test_a_header_that_was_sent_twice_is_refused(app: LiveApp) -> None:
    assert ask(app, ("X-Remote-User", "eve"), ("X-Remote-User", "ana")) == 401


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveApp]:
    """Nothing is configured: the course's way to start it, with a proxy in front."""
    folder = tmp_path_factory.mktemp("nothing-configured")
    settings = {"INSTANCE_FOLDER": str(folder / "instance"), "ACCESS": ""}
    app = LiveApp(settings, log=folder / "log")
    app.start()
    yield app
    app.stop()


@pytest.mark.parametrize(
    "headers",
    [
        {},  # nginx, proxy_pass alone: its own address as Host, and no word of who asks
        {"X-Forwarded-For": "127.0.0.1"},
        {"X-Remote-User": "admin", "X-Amzn-Oidc-Identity": "admin"},
        {"X-Amzn-Oidc-Data": "e30.e30.e30"},
    ],
)
def test_a_reverse_proxy_gives_nobody_a_right(plain: LiveApp, headers: dict[str, str]) -> None:
    connection = HTTPConnection(HOST, plain.port, timeout=30)
    sent = {"Host": f"{HOST}:{plain.port}"} | headers
    statuses = {}
    for method, path in (("GET", "/"), ("GET", "/add"), ("POST", "/add"), ("GET", "/export.csv")):
        connection.request(method, path, headers=sent)
        answer = connection.getresponse()
        statuses[f"{method} {path}"] = answer.status
        assert not re.search(rb"[\w.]+@[\w.]+\.\w", answer.read())
    connection.close()
    assert statuses.pop("GET /") == 200
    assert set(statuses.values()) <= {303, 400, 403}, statuses
