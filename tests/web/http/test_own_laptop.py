"""``flask run`` is open to the person at the laptop, and to nobody who only looks like them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import EnvironBuilder

from app.access.modes import Mode
from app.accounts.access import Access
from app.settings import Settings
from app.web.http.own_laptop import is_own_laptop
from app.web.http.viewers import mode_of_request
from tests.support.small_app import app_for_people

LAPTOP = {
    "SERVER_SOFTWARE": "Werkzeug/3.1.3",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "SERVER_NAME": "127.0.0.1",
    "REMOTE_ADDR": "127.0.0.1",
    "HTTP_HOST": "127.0.0.1:5000",
}


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"HTTP_HOST": "localhost:5000"},
        {"HTTP_HOST": "LOCALHOST"},
        {"HTTP_HOST": "[::1]:5000", "SERVER_NAME": "::1", "REMOTE_ADDR": "::1"},
        {"REMOTE_ADDR": "::ffff:127.0.0.1"},
        {"HTTP_ORIGIN": "http://127.0.0.1:5000"},
    ],
)
def test_somebody_at_the_laptop(change: dict[str, str]) -> None:
    assert is_own_laptop(LAPTOP | change)


@pytest.mark.parametrize(
    "change",
    [
        {"HTTP_HOST": "evil.example"},  # DNS rebinding
        {"HTTP_HOST": "127.0.0.1.evil.example"},
        {"HTTP_HOST": "localhost@evil.example"},
        {"HTTP_HOST": "[::1"},
        {"HTTP_HOST": ""},
        {"HTTP_ORIGIN": "http://evil.example"},
        {"HTTP_ORIGIN": "null"},
        {"REMOTE_ADDR": "10.0.0.7"},
        {"REMOTE_ADDR": ""},
        {"SERVER_NAME": "0.0.0.0"},
        {"SERVER_NAME": "::"},
        {"SERVER_SOFTWARE": "gunicorn/23.0.0"},  # behind a proxy that leaves no header
        {"SERVER_SOFTWARE": ""},
        {"SERVER_PROTOCOL": "HTTP/1.0"},  # as nginx asks
        {"HTTP_X_FORWARDED_FOR": "203.0.113.9"},
        {"HTTP_X_FORWARDED_HOST": "people.example"},
        {"HTTP_FORWARDED": "for=203.0.113.9"},
        {"HTTP_VIA": "1.1 proxy"},
        {"HTTP_X_REAL_IP": "203.0.113.9"},
        {"HTTP_CF_CONNECTING_IP": "203.0.113.9"},  # a tunnel to the laptop
    ],
)
def test_somebody_who_only_looks_like_it(change: dict[str, str]) -> None:
    assert not is_own_laptop(LAPTOP | change)


def mode_for(app: Flask, environ: dict[str, Any]) -> Mode:
    with app.request_context(EnvironBuilder(path="/").get_environ() | environ):
        return mode_of_request()


def new_app(folder: Path, **env: str) -> Flask:
    """An application whose ACCESS is not set, as on a machine with nothing configured."""
    return app_for_people(Settings.from_env({"INSTANCE_FOLDER": str(folder), **env}))


def test_with_nothing_configured_a_laptop_is_open_and_all_else_is_read_only(tmp_path: Path) -> None:
    app = new_app(tmp_path)
    assert mode_for(app, LAPTOP) is Mode.OPEN
    assert mode_for(app, LAPTOP | {"HTTP_HOST": "evil.example"}) is Mode.READ_ONLY
    assert mode_for(app, LAPTOP | {"SERVER_SOFTWARE": "gunicorn/23.0.0"}) is Mode.READ_ONLY


def test_a_laptop_with_a_proxy_is_no_laptop(tmp_path: Path) -> None:
    assert mode_for(new_app(tmp_path, TRUSTED_PROXIES="1"), LAPTOP) is Mode.READ_ONLY


@pytest.mark.parametrize("chosen", [Mode.READ_ONLY, Mode.SIGN_IN])
def test_a_laptop_whose_administrator_chose_otherwise_is_not_open(
    tmp_path: Path, chosen: Mode
) -> None:
    app = new_app(tmp_path)
    access: Access = app.extensions["access"]
    access.choose(access.settings(), mode=chosen, visibility={})
    assert mode_for(app, LAPTOP) is chosen


def test_a_laptop_where_people_sign_in_is_not_open(tmp_path: Path) -> None:
    app = new_app(tmp_path)
    store = app.extensions["access"]._store
    app.extensions["access"] = Access(store, mode=None, has_sign_in=True)
    assert mode_for(app, LAPTOP) is Mode.SIGN_IN


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        (LAPTOP, "whoever uses this computer sees and changes everything"),
        (LAPTOP | {"HTTP_HOST": "evil.example"}, "anyone can look, and no one can change anything"),
    ],
    ids=["at the laptop", "from elsewhere"],
)
def test_a_claim_is_told_what_it_changes(
    tmp_path: Path, environ: dict[str, str], words: str
) -> None:
    client = new_app(tmp_path).test_client()
    assert words in client.get("/setup", environ_overrides=environ).text
