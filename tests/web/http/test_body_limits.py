"""A large file is received only from somebody who may be known, before anything else is asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from app.access.modes import Mode
from app.access.viewer import Role
from app.web.http.viewers import COOKIE, SECURE_COOKIE
from app.web.imports.views import MAX_MEGABYTES
from tests.support.signed_in import add_account, services_of
from tests.support.small_app import small_app

LARGE, SMALL = MAX_MEGABYTES * 2**20, 20 * 2**20


def limit(app: Flask, path: str = "/import", **headers: str) -> int:
    pairs = [(name.upper().replace("_", "-"), value) for name, value in headers.items()]
    found: int = app.extensions["body_limit"](path, pairs)
    return found


def asked(folder: Path, **env: str) -> Flask:
    """The application after its first page."""
    app = small_app(folder, None, **env)
    app.test_client().get("/")
    return app


@pytest.mark.parametrize("mode", [Mode.READ_ONLY, Mode.SIGN_IN])
def test_a_stranger_sends_no_large_file(tmp_path: Path, mode: Mode) -> None:
    app = asked(tmp_path, ACCESS=mode)
    assert limit(app) == SMALL
    assert limit(app, cookie=f"{COOKIE}=a.b.c; x=1", x_amzn_oidc_data="x") == SMALL


@pytest.mark.parametrize("name", [COOKIE, SECURE_COOKIE])
def test_somebody_with_a_session_does(tmp_path: Path, name: str) -> None:
    app = asked(tmp_path, ACCESS="read-only")
    account = add_account(app, Role.EDITOR)
    cookie = services_of(app).sessions.begin(account, how="test")
    assert limit(app, cookie=f"a=b; {name}={cookie}") == LARGE
    assert limit(app, "/add", cookie=f"{name}={cookie}") == SMALL
    assert limit(app, cookie=f"{name}={cookie}x") == SMALL


def test_everybody_does_in_an_open_directory(tmp_path: Path) -> None:
    app = asked(tmp_path, ACCESS="open")
    assert (limit(app), limit(app, "/add")) == (LARGE, SMALL)


def test_whoever_a_proxy_names_does(tmp_path: Path) -> None:
    app = asked(
        tmp_path, ACCESS="sign-in", SIGN_IN_HEADER="X-Remote-User", SIGN_IN_HEADER_FROM="10.0.0.5"
    )
    assert limit(app, x_remote_user="ana") == LARGE
    assert limit(app) == SMALL


def test_before_anything_is_known_no_store_is_asked(tmp_path: Path) -> None:
    app = small_app(tmp_path, ACCESS="read-only")
    services_of(app).access._store = None  # type: ignore[assignment]
    assert limit(app) == LARGE
