"""A large file is received only from somebody who may be known, before anything else is asked."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask

from app.access.modes import Mode
from app.access.viewer import Role
from app.web.http.viewers import COOKIE, SECURE_COOKIE
from app.web.imports.views import MAX_MEGABYTES
from tests.support.routes import ROUTES
from tests.support.signed_in import add_account, services_of, signed_in
from tests.support.small_app import small_app
from tests.web.test_who_may_what import address_of

LARGE, SMALL = MAX_MEGABYTES * 2**20, 20 * 2**20
FIELD = b'--b\r\nContent-Disposition: form-data; name="about"\r\n\r\n1\r\n'
MANY = 300_000
URLENCODED = "application/x-www-form-urlencoded"
TOO_MUCH = {
    "empty fields": (URLENCODED, b"a=1&" * MANY),
    "one long text": (URLENCODED, b"about=" + b"x" * 4 * MANY),
    "parts": ("multipart/form-data; boundary=b", FIELD * 2_000 + b"--b--\r\n"),
    "one long part": (
        "multipart/form-data; boundary=b",
        FIELD + b"x" * 4 * MANY + b"\r\n--b--\r\n",
    ),
}
FORMS = [rule for rule, route in ROUTES.items() if "POST" in route.methods]


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


@pytest.mark.parametrize("role", [None, Role.COLLEAGUE, Role.ADMIN])
@pytest.mark.parametrize("kind", TOO_MUCH)
def test_a_form_of_megabytes_of_texts_is_refused_by_every_page(
    tmp_path: Path, kind: str, role: Role | None
) -> None:
    app = asked(tmp_path, ACCESS="read-only", STRESS="off")
    client = signed_in(app, role) if role else app.test_client()
    content_type, body = TOO_MUCH[kind]
    for rule in FORMS:
        sent = BytesIO(body)
        answer = client.post(address_of(rule), input_stream=sent, content_type=content_type,
                             content_length=len(body))  # fmt: skip
        assert answer.status_code in (403, 404, 413), (rule, answer.status_code)
        if content_type == URLENCODED and role is None and rule in ("/add", "/sign-in/password"):
            assert answer.status_code == 413
            assert "more fields or more text than our pages send" in answer.text
