"""Who a request is: by a cookie that only we can make, and only as long as its session goes on."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import cast

import pytest
from flask import Flask, Response, redirect, request
from flask.testing import FlaskClient

from app.access.viewer import Origin, Role
from app.accounts.sessions import Sessions
from app.contracts.accounts import AccessSettings, AccountStore, KnownSession
from app.model.errors import StorageUnavailable
from app.settings import Settings
from app.web.current import current_viewer
from app.web.http.viewers import COOKIE, SECURE_COOKIE, end_session, start_session
from tests.support.signed_in import add_account, services_of, sign_in, signed_in, store_of
from tests.support.small_app import app_for_people, small_app


class CountingReads:
    """Counts the sessions that are read, and can be silent."""

    def __init__(self, app: Flask) -> None:
        self.reads = 0
        self.is_silent = False
        store, sessions = store_of(app), services_of(app).sessions
        self._find = store.find_session
        sessions._store = cast(AccountStore, _Watched(store, self))

    def find_session(self, account_id: str, digest: str) -> KnownSession | None:
        self.reads += 1
        if self.is_silent:
            raise StorageUnavailable("the database")
        return self._find(account_id, digest)


class _Watched:
    def __init__(self, store: AccountStore, counting: CountingReads) -> None:
        self._store = store
        self.find_session = counting.find_session

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """A read-only directory, with an address that says who asks and others for the door."""
    app = small_app(tmp_path, ACCESS="read-only")
    app.view_functions["employees.people"] = who
    app.view_functions["employees.add_form"] = who

    @app.post("/in/<account_id>", endpoint="door.enter")
    def enter(account_id: str) -> Response:
        account = store_of(app).get(account_id)
        assert account is not None
        response = cast(Response, redirect("/", 303))
        start_session(response, account, how="test")
        return response

    @app.post("/out", endpoint="door.leave")
    def leave() -> Response:
        response = cast(Response, redirect("/", 303))
        end_session(response)
        return response

    app.config["WTF_CSRF_ENABLED"] = False
    make_public(app)
    return app


def make_public(app: Flask) -> None:
    """The door of these tests is for everybody."""
    from app.web.http import route_rights

    functions = app.before_request_funcs[None]
    functions[functions.index(route_rights._check)] = lambda: None


def who() -> dict[str, str]:
    viewer = current_viewer()
    return {"role": viewer.role.value, "name": viewer.name, "origin": viewer.origin.value}


def role(client: FlaskClient, address: str = "/", **options: str) -> str:
    return cast(str, client.get(address, **options).json["role"])  # type: ignore[arg-type,index]


def test_who_is_signed_in_has_the_role_of_the_account(app: Flask) -> None:
    for wanted in (Role.COLLEAGUE, Role.EDITOR, Role.ADMIN):
        client = signed_in(app, wanted, wanted.value)
        assert client.get("/").json == {"role": wanted, "name": wanted, "origin": Origin.SESSION}
    assert role(app.test_client()) == Role.VISITOR


def test_in_an_open_directory_nobody_may_do_less_by_signing_in(tmp_path: Path) -> None:
    app = small_app(tmp_path)
    app.view_functions["employees.people"] = who
    assert role(signed_in(app, Role.COLLEAGUE)) == Role.ADMIN


@pytest.mark.parametrize(
    "change",
    [
        lambda cookie: cookie[:-1] + ("A" if cookie[-1] != "A" else "B"),
        lambda cookie: cookie.replace(".ana.", ".eve."),
        lambda cookie: "A" + cookie[1:],
        lambda cookie: cookie.rpartition(".")[0],
        lambda cookie: "." + cookie,
        lambda _: "..",
        lambda _: "a.b.c",
        lambda cookie: cookie + "x" * 3000,
        lambda _: "ü.ü.ü",
    ],
)
def test_a_cookie_that_we_did_not_sign_is_nobodys_and_costs_no_read(app: Flask, change) -> None:  # type: ignore[no-untyped-def]
    add_account(app, Role.ADMIN, "Eve")
    client = app.test_client()
    cookie = sign_in(client, add_account(app, Role.COLLEAGUE))
    counting = CountingReads(app)
    client.set_cookie(COOKIE, change(cookie))
    assert role(client) == Role.VISITOR
    assert counting.reads == 0


def test_a_cookie_of_an_older_key_goes_on_and_one_of_a_removed_key_does_not(tmp_path: Path) -> None:
    old, new = "0ld-0123456789abcdef", "n3w-0123456789abcdef"
    app = small_app(tmp_path, ACCESS="read-only", SECRET_KEY=old)
    cookie = sign_in(app.test_client(), add_account(app, Role.EDITOR))
    for keys, wanted in ((f"{new},{old}", Role.EDITOR), (new, Role.VISITOR)):
        later = small_app(tmp_path, ACCESS="read-only", SECRET_KEY=keys)
        later.view_functions["employees.people"] = who
        client = later.test_client()
        client.set_cookie(COOKIE, cookie)
        assert role(client) == wanted


def test_signing_in_gives_a_new_session_whatever_the_browser_brought(app: Flask) -> None:
    ana, eve = add_account(app, Role.EDITOR), add_account(app, Role.COLLEAGUE, "Eve")
    client = app.test_client()
    planted = sign_in(client, eve)  # an attacker's own, for the victim to go on with
    client.post(f"/in/{ana.id}")
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    assert cookie.value != planted
    assert client.get("/").json["name"] == "Ana"  # type: ignore[index]
    attacker = app.test_client()
    attacker.set_cookie(COOKIE, planted)
    assert role(attacker) == Role.VISITOR


def test_the_form_tokens_of_before_a_sign_in_are_not_those_after_it(app: Flask) -> None:
    ana = add_account(app, Role.EDITOR)
    client = app.test_client()
    with client.session_transaction() as session:
        session["csrf_token"] = "planted"
    client.post(f"/in/{ana.id}")
    with client.session_transaction() as session:
        assert "csrf_token" not in session


def test_a_cookie_is_nobodys_after_its_sign_out_also_for_pages_at_once(app: Flask) -> None:
    client = app.test_client()
    cookie = sign_in(client, add_account(app, Role.EDITOR))
    assert role(client) == Role.EDITOR
    client.post("/out")
    assert client.get_cookie(COOKIE) is None
    replayed = app.test_client()
    replayed.set_cookie(COOKIE, cookie)
    assert role(replayed) == Role.VISITOR


def test_pages_read_a_session_once_in_half_a_minute_and_all_else_always(app: Flask) -> None:
    client = signed_in(app, Role.EDITOR)
    counting = CountingReads(app)
    clock = [0.0]
    services_of(app).sessions._known._clock = lambda: clock[0]
    for _ in range(3):
        client.get("/")
    assert counting.reads == 1
    for address in ("/add", "/export.csv", "/import", "/doctor"):
        client.get(address)
    assert counting.reads == 5
    client.post("/add")
    assert counting.reads == 6
    client.get("/")
    assert counting.reads == 6
    clock[0] = 31
    client.get("/")
    assert counting.reads == 7


def test_somebody_demoted_elsewhere_is_so_at_once_for_a_post_and_soon_for_pages(app: Flask) -> None:
    client = signed_in(app, Role.EDITOR)
    clock = [0.0]
    services_of(app).sessions._known._clock = lambda: clock[0]
    assert role(client) == Role.EDITOR
    demote(app, "ana")
    assert role(client) == Role.EDITOR
    clock[0] = 31
    assert role(client) == Role.COLLEAGUE
    assert role(client, "/add") == Role.COLLEAGUE


def test_somebody_demoted_elsewhere_is_so_at_once_where_it_counts(app: Flask) -> None:
    client = signed_in(app, Role.EDITOR)
    assert role(client) == Role.EDITOR
    demote(app, "ana")
    assert role(client, "/add") == Role.COLLEAGUE


def demote(app: Flask, account_id: str) -> None:
    """Make somebody a colleague, as another machine does it."""
    from dataclasses import replace

    stored = store_of(app).get(account_id)
    assert stored is not None
    store_of(app).update(replace(stored, role=Role.COLLEAGUE))


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/monitor", "/favicon.ico"])
def test_probes_and_files_never_ask_who_it_is(app: Flask, address: str) -> None:
    client = signed_in(app, Role.ADMIN)
    counting = CountingReads(app)
    counting.is_silent = True
    assert client.get(address).status_code == 200
    assert counting.reads == 0


def test_the_probe_of_a_balancer_never_asks_who_it_is(app: Flask) -> None:
    client = signed_in(app, Role.ADMIN)
    counting = CountingReads(app)
    client.get("/", headers={"User-Agent": "ELB-HealthChecker/2.0"})
    assert counting.reads == 0


def test_while_the_store_is_silent_whoever_it_knew_goes_on_and_others_are_told(app: Flask) -> None:
    known, new = signed_in(app, Role.EDITOR), signed_in(app, Role.EDITOR, "Bo")
    assert role(known) == Role.EDITOR
    CountingReads(app).is_silent = True
    assert role(known) == Role.EDITOR
    answer = new.get("/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert known.post("/add").status_code == 503


@pytest.mark.parametrize(("scheme", "name"), [("http", COOKIE), ("https", SECURE_COOKIE)])
def test_the_cookie_is_bound_to_the_host_exactly_over_tls(
    app: Flask, scheme: str, name: str
) -> None:
    add_account(app, Role.EDITOR)
    answer = app.test_client().post("/in/ana", base_url=f"{scheme}://people.example")
    cookie = next(each for each in answer.headers.getlist("Set-Cookie") if COOKIE in each)
    assert cookie.startswith(f"{name}=")
    parts = cookie.split("; ")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(parts)
    assert ("Secure" in parts) is (scheme == "https")
    assert "Max-Age=43200" in parts
    assert "Domain" not in cookie


def test_a_cookie_of_plain_http_is_nobodys_over_tls(app: Flask) -> None:
    client = signed_in(app, Role.EDITOR)
    assert role(client, base_url="https://localhost") == Role.VISITOR


def test_a_browser_forgets_a_cookie_whose_session_has_ended(app: Flask) -> None:
    client = app.test_client()
    account = add_account(app, Role.EDITOR)
    cookie = sign_in(client, account)
    services_of(app).sessions.end(cookie)
    client.get("/")
    assert client.get_cookie(COOKIE) is None


def test_no_page_may_be_kept_by_a_cache_for_somebody_else(app: Flask) -> None:
    signed, anonymous = signed_in(app, Role.EDITOR), app.test_client()
    for client in (signed, anonymous):
        assert client.get("/").headers["Cache-Control"] == "private, no-store"


def test_the_tag_of_a_page_is_of_what_its_viewer_sees(tmp_path: Path) -> None:
    app = small_app(tmp_path, ACCESS="read-only")
    app.view_functions["insights.charts"] = lambda: f"<p>{current_viewer().name}</p>"
    tag = signed_in(app, Role.EDITOR).get("/insights").headers["ETag"]
    answer = app.test_client().get("/insights", headers={"If-None-Match": tag})
    assert answer.status_code == 200


def test_somebody_who_is_disabled_cannot_begin_a_session(app: Flask) -> None:
    add_account(app, Role.EDITOR, is_disabled=True)
    client = app.test_client()
    answer = client.post("/in/ana")
    assert answer.status_code == 403
    assert "disabled" in answer.text
    assert client.get_cookie(COOKIE) is None


def test_nothing_is_half_made_if_the_store_is_silent_while_somebody_signs_in(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_account(app, Role.EDITOR)

    def silent(*_: object, **__: object) -> str:
        raise StorageUnavailable("the database")

    monkeypatch.setattr(Sessions, "begin", silent)
    client = app.test_client()
    answer = client.post("/in/ana")
    assert answer.status_code == 503
    assert client.get_cookie(COOKIE) is None


def test_whoever_changes_too_much_is_told_to_wait_and_when(app: Flask) -> None:
    client, other = signed_in(app, Role.EDITOR), signed_in(app, Role.EDITOR, "Bo")
    answers = (client.post("/out-of-nowhere") for _ in range(5_000))
    answer = next(each for each in answers if each.status_code != 404)
    assert answer.status_code == 429
    assert re.fullmatch(r"[1-9]\d*", answer.headers["Retry-After"])
    assert other.post("/out-of-nowhere").status_code == 404
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("address", ["/import/none/stop", "/sign-in/ended"])
def test_imports_and_what_a_provider_tells_are_not_limited(app: Flask, address: str) -> None:
    client = signed_in(app, Role.EDITOR)
    with app.test_request_context(address, method="POST"):
        known = request.endpoint
    app.view_functions[known or ""] = lambda **_: "told"
    assert {client.post(address).status_code for _ in range(300)} == {200}


def test_while_nobody_knows_what_holds_without_a_sign_in_nothing_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = app_for_people(Settings.from_env({"INSTANCE_FOLDER": str(tmp_path)}))
    client = app.test_client()
    store = store_of(app)

    def silent() -> AccessSettings:
        raise StorageUnavailable("the database", advice="Start the database.")

    with monkeypatch.context() as context:
        context.setattr(store, "access_settings", silent)
        answer = client.get("/")
        assert answer.status_code == 503
        assert "Start the database." in answer.text
        assert client.get("/export.csv").status_code == 503
        assert client.get("/healthz").status_code == 200
    services_of(app).access.forget()
    assert client.get("/").status_code == 200


def test_who_was_not_allowed_what_is_in_the_log_of_those_who_are_signed_in(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    app = small_app(tmp_path, ACCESS="read-only")
    client = signed_in(app, Role.COLLEAGUE)
    with caplog.at_level(logging.INFO, "app.accounts.audit_log"):
        assert client.get("/import").status_code == 403
        assert app.test_client().get("/import").status_code == 303
    (line,) = [each for each in caplog.records if each.getMessage() == "not-allowed"]
    assert line.directory == {  # type: ignore[attr-defined]
        "event": "not-allowed",
        "account": "ana",
        "reason": "import people",
    }
