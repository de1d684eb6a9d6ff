"""A request is known by the header of a load balancer or a named proxy, and of nobody else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.error import URLError

import pytest
from flask import Flask, g
from flask.testing import FlaskClient

from app.access.viewer import STRANGER, Role, Viewer
from app.accounts import audit_log
from app.accounts.accounts import Accounts
from app.accounts.audit_log import Event
from app.accounts.profile import Profile
from app.contracts.accounts import Account, Identity
from app.web.sign_in import balancer_keys, header_accounts
from app.web.sign_in.load_balancer import HEADER
from tests.support.balancer import ISSUER, SETTINGS, Balancer
from tests.support.small_app import small_app

PROXY = {"SIGN_IN_HEADER": "X-Remote-User", "SIGN_IN_HEADER_FROM": "127.0.0.1"}
ANA: dict[str, Any] = {"sub": "ana", "name": "Ana Ruiz", "email": "ana@corp.example"}


class Watched:
    """The accounts of an application, which count how often they are asked."""

    def __init__(self, accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
        self.profiles: list[tuple[Identity, Profile]] = []
        self.reads = 0
        self._accounts = accounts
        self._sign_in, self._get = accounts.sign_in, accounts.get
        monkeypatch.setattr(accounts, "sign_in", self.sign_in)
        monkeypatch.setattr(accounts, "get", self.get)

    def sign_in(self, identity: Identity, profile: Profile) -> Account:
        self.profiles.append((identity, profile))
        return self._sign_in(identity, profile)

    def get(self, account_id: str) -> Account | None:
        self.reads += 1
        return self._get(account_id)

    def change(self, **changes: Any) -> None:
        """Change the account of who signed in first, as another machine does."""
        store = self._accounts._store
        account = store.find_identity(self.profiles[0][0])
        assert account is not None
        store.update(replace(account, **changes), may_leave_no_admin=True)


class World:
    """An application, its accounts, and who each request was found to be of."""

    def __init__(self, app: Flask, balancer: Balancer, monkeypatch: pytest.MonkeyPatch) -> None:
        self.accounts = Watched(app.extensions["sign_in"].accounts, monkeypatch)
        self.balancer = balancer
        self.viewers: list[Viewer] = []
        self.client: FlaskClient = app.test_client()
        app.after_request(self._remember)

    def _remember(self, response: Any) -> Any:
        self.viewers.append(g.get("viewer", STRANGER))  # a probe has none
        return response

    def asks(self, path: str = "/", method: str = "GET", peer: str = "", **headers: str) -> int:
        """The status of the answer to a request with these headers, ``_`` for a hyphen."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        address = {"REMOTE_ADDR": peer or "127.0.0.1"}
        return self.client.open(path, method=method, headers=sent, environ_base=address).status_code

    def brings(self, claims: Any, path: str = "/", method: str = "GET", **header: Any) -> int:
        """The status of the answer to a request that comes through the balancer."""
        token = self.balancer.token(claims, **header)
        return self.asks(path, method, **{HEADER: token})

    @property
    def viewer(self) -> Viewer:
        return self.viewers[-1]


Begin = Callable[..., World]


@pytest.fixture
def balancer(monkeypatch: pytest.MonkeyPatch) -> Balancer:
    balancer = Balancer()
    monkeypatch.setattr(balancer_keys, "fetch_key", balancer.fetch)
    return balancer


@pytest.fixture
def world(tmp_path: Path, balancer: Balancer, monkeypatch: pytest.MonkeyPatch) -> Begin:
    """A function that makes a world with these settings."""

    def begin(**env: str) -> World:
        return World(
            small_app(tmp_path, None, **({"ACCESS": "sign-in"} | env)), balancer, monkeypatch
        )

    return begin


@pytest.fixture
def behind_balancer(world: Begin) -> World:
    return world(**SETTINGS)


@pytest.fixture
def behind_proxy(world: Begin) -> World:
    return world(**PROXY)


def test_whom_the_balancer_signed_in_sees_the_directory(behind_balancer: World) -> None:
    assert behind_balancer.brings(ANA) == 200
    viewer = behind_balancer.viewer
    assert (viewer.name, viewer.role) == ("Ana Ruiz", Role.COLLEAGUE)
    ((identity, profile),) = behind_balancer.accounts.profiles
    assert identity == (ISSUER, "ana")
    assert profile == Profile("Ana Ruiz", "ana@corp.example", email_is_proven=False)


@pytest.mark.parametrize(
    ("claims", "is_proven"),
    [({"email_verified": True}, True), ({"email_verified": "true"}, True),
     ({"email_verified": False}, False), ({"email_verified": "false"}, False),
     ({"email_verified": 1.5}, False), ({"email_verified": ["true"]}, False), ({}, False),
     ({"email": "no address", "email_verified": True}, False)],
)  # fmt: skip
def test_an_email_is_proven_if_the_provider_says_so(
    behind_balancer: World, claims: dict[str, object], is_proven: bool
) -> None:
    behind_balancer.brings(ANA | claims)
    assert behind_balancer.accounts.profiles[0][1].email_is_proven is is_proven


@pytest.mark.parametrize(
    ("groups", "names"),
    [(["b", "a", "b"], ("a", "b")), ("hr", ("hr",)), ({"a": 1}, ()), ([1, None, "x" * 300], ()),
     (["a"] * 1500, ("a",)), (None, ())],
)  # fmt: skip
def test_groups_are_the_texts_of_the_claim(
    behind_balancer: World, groups: object, names: tuple[str, ...]
) -> None:
    assert behind_balancer.brings(ANA | {"groups": groups}) == 200
    assert behind_balancer.accounts.profiles[0][1].groups == names


@pytest.mark.parametrize(
    "changed",
    [{"signer": "arn:aws:elasticloadbalancing:eu-central-1:1:loadbalancer/app/d/1"},
     {"client": "another"}, {"iss": "https://evil.example"}, {"exp": 1}, {"alg": "HS256"},
     {"kid": "../../x"}, {"kid": "0" * 36}, {"der": True}],
    ids=lambda each: next(iter(each)),
)  # fmt: skip
def test_a_wrong_token_is_401_on_every_page_and_is_counted(
    behind_balancer: World, changed: dict[str, Any]
) -> None:
    before = audit_log.counts().get(Event.REFUSED, 0)
    for path in ("/", "/info", "/add", "/photos/a.jpg", "/no-such-page"):
        assert behind_balancer.brings(ANA, path, **changed) == 401
        assert behind_balancer.viewer.role is Role.NOBODY
    assert behind_balancer.accounts.profiles == []
    assert audit_log.counts()[Event.REFUSED] == before + 5


def test_the_page_of_a_wrong_token_says_what_to_do(behind_balancer: World) -> None:
    token = behind_balancer.balancer.token(ANA, exp=1)
    answer = behind_balancer.client.get("/", headers={HEADER: token})
    assert answer.status_code == 401
    assert "Your sign-in could not be verified" in answer.text
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("subject", [None, "", 5, " ana", "a\nb", "x" * 256])
def test_claims_about_nobody_are_401(behind_balancer: World, subject: object) -> None:
    assert behind_balancer.brings(ANA | {"sub": subject}) == 401


def test_without_a_token_a_request_is_nobodys(behind_balancer: World) -> None:
    assert behind_balancer.asks() == 303
    assert behind_balancer.viewer.role is Role.NOBODY


def test_the_headers_that_are_not_signed_are_not_read(behind_balancer: World) -> None:
    assert behind_balancer.asks(X_Amzn_Oidc_Identity="ana", X_Amzn_Oidc_Accesstoken="ana") == 303
    assert behind_balancer.accounts.profiles == []


def test_without_the_setting_no_token_is_read(world: Begin, balancer: Balancer) -> None:
    elsewhere = world()
    assert elsewhere.brings(ANA) == 303
    assert elsewhere.brings(ANA, alg="none") == 303
    assert balancer.asked == []


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/monitor", "/favicon.ico"])
def test_probes_and_files_ask_for_no_token(behind_balancer: World, path: str) -> None:
    assert behind_balancer.asks(path) == 200
    assert behind_balancer.brings(ANA, path, exp=1) == 200


def test_the_probe_of_the_balancer_at_the_root_needs_no_token(behind_balancer: World) -> None:
    assert behind_balancer.asks(User_Agent="ELB-HealthChecker/2.0") == 200


def test_a_key_that_cannot_be_had_is_503(behind_balancer: World) -> None:
    behind_balancer.balancer.failure = URLError("timed out")
    assert behind_balancer.brings(ANA) == 503
    behind_balancer.balancer.failure = None
    assert behind_balancer.brings(ANA) == 200


def test_pages_write_nothing_and_read_the_account_once_in_a_while(behind_balancer: World) -> None:
    for _ in range(20):
        assert behind_balancer.brings(ANA) == 200
    assert len(behind_balancer.accounts.profiles) == 1
    assert behind_balancer.accounts.reads == 0


def test_what_changes_at_the_provider_is_taken_over(behind_balancer: World) -> None:
    behind_balancer.brings(ANA)
    behind_balancer.brings(ANA | {"groups": ["editors"]})
    behind_balancer.brings(ANA | {"groups": ["editors"], "exp": 5, "nonce": "other"})
    assert [each[1].groups for each in behind_balancer.accounts.profiles] == [(), ("editors",)]


def test_a_role_that_was_taken_away_ends_at_the_next_post(behind_balancer: World) -> None:
    behind_balancer.brings(ANA)
    behind_balancer.accounts.change(role=Role.ADMIN)
    for path, method in (("/", "GET"), ("/add", "POST"), ("/", "GET")):
        behind_balancer.brings(ANA, path, method)
    behind_balancer.accounts.change(role=Role.COLLEAGUE)
    behind_balancer.brings(ANA, "/export.csv")
    # The list of people shows what was known within 30 seconds; the other pages ask.
    roles = [viewer.role for viewer in behind_balancer.viewers]
    assert roles == [Role.COLLEAGUE, Role.COLLEAGUE, Role.ADMIN, Role.ADMIN, Role.COLLEAGUE]
    assert len(behind_balancer.accounts.profiles) == 1


def test_an_account_is_read_anew_after_30_seconds(
    behind_balancer: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(header_accounts, "KNOWN_SECONDS", 0.0)
    behind_balancer.brings(ANA)
    behind_balancer.accounts.change(role=Role.EDITOR)
    behind_balancer.brings(ANA)
    assert behind_balancer.viewer.role is Role.EDITOR
    assert len(behind_balancer.accounts.profiles) == 1


def test_an_account_that_is_disabled_is_refused(behind_balancer: World) -> None:
    behind_balancer.brings(ANA)
    behind_balancer.accounts.change(is_disabled=True)
    assert behind_balancer.brings(ANA, "/add", "POST") == 403
    assert behind_balancer.brings(ANA) == 403
    assert behind_balancer.viewer.role is Role.NOBODY


def test_whom_a_named_proxy_names_sees_the_directory(behind_proxy: World) -> None:
    assert behind_proxy.asks(X_Remote_User="ana") == 200
    ((identity, profile),) = behind_proxy.accounts.profiles
    assert identity == ("proxy", "ana")
    assert profile == Profile("ana")


def test_whom_a_header_names_is_signed_in_once_in_the_log(behind_proxy: World) -> None:
    before = audit_log.counts().get(Event.SIGN_IN.value, 0)
    for path in ("/", "/insights", "/info"):
        behind_proxy.asks(path, X_Remote_User="ana")
    assert audit_log.counts()[Event.SIGN_IN.value] == before + 1


def test_the_header_of_anybody_else_is_dropped_and_counted(behind_proxy: World) -> None:
    before = audit_log.counts().get(Event.HEADER_DROPPED, 0)
    assert behind_proxy.asks(peer="10.0.0.9", X_Remote_User="ana") == 303
    assert behind_proxy.viewer.role is Role.NOBODY
    assert behind_proxy.accounts.profiles == []
    assert audit_log.counts()[Event.HEADER_DROPPED] == before + 1


def test_the_peer_is_who_is_connected_whatever_is_forwarded(world: Begin) -> None:
    behind_two = world(**PROXY, TRUSTED_PROXIES="1")
    believed = {"X_Remote_User": "ana", "X_Forwarded_For": "127.0.0.1"}
    assert behind_two.asks(peer="10.0.0.9", **believed) == 303
    assert behind_two.asks(peer="127.0.0.1", **believed | {"X_Forwarded_For": "10.0.0.9"}) == 200


@pytest.mark.parametrize("name", ["ana,eve", "eve, ana", "x" * 201, "a\x7fb", "\udcff"])
def test_a_name_that_cannot_be_one_is_401(behind_proxy: World, name: str) -> None:
    encoded = name.encode("utf-8", "surrogateescape").decode("latin-1")
    assert behind_proxy.asks(X_Remote_User=encoded) == 401
    assert behind_proxy.accounts.profiles == []


def test_an_empty_name_is_nobodys(behind_proxy: World) -> None:
    assert behind_proxy.asks(X_Remote_User="  ") == 303


def test_a_name_may_have_any_letters(behind_proxy: World) -> None:
    behind_proxy.asks(X_Remote_User="zoë".encode().decode("latin-1"))
    assert behind_proxy.accounts.profiles[0][0].subject == "zoë"


@pytest.mark.parametrize("is_proven", [True, False])
def test_a_login_name_that_is_an_email_is_one(world: Begin, is_proven: bool) -> None:
    behind_proxy = world(**PROXY, OIDC_EMAIL_IS_PROVEN="on" if is_proven else "")
    behind_proxy.asks(X_Remote_User="ana@corp.example")
    profile = behind_proxy.accounts.profiles[0][1]
    assert profile == Profile("ana@corp.example", "ana@corp.example", email_is_proven=is_proven)


def test_signing_out_makes_the_browser_forget_that_the_balancer_signed_it_in(
    behind_balancer: World,
) -> None:
    browser, headers = behind_balancer.client, {HEADER: behind_balancer.balancer.token(ANA)}
    page = browser.get("/sign-out", headers=headers).text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    answer = browser.post("/sign-out", data={"csrf_token": token}, headers=headers)
    assert answer.status_code == 303
    ended = [cookie for cookie in answer.headers.getlist("Set-Cookie") if "Max-Age=0" in cookie]
    names = {cookie.partition("=")[0] for cookie in ended}
    assert names >= {"AWSELBAuthSessionCookie-0", "AWSELBAuthSessionCookie-1"}
    assert all("Path=/" in cookie for cookie in ended)


def test_whoever_the_balancer_signed_in_claims_a_new_directory(behind_balancer: World) -> None:
    services = behind_balancer.client.application.extensions["sign_in"]
    link = services.setup_link.address()
    headers = {HEADER: behind_balancer.balancer.token(ANA)}
    page = behind_balancer.client.get(link, headers=headers).text
    assert "Ana Ruiz" in page
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    typed = {"csrf_token": token, "code": link.rpartition("/")[2], "with": "account"}
    assert behind_balancer.client.post("/setup", data=typed, headers=headers).status_code == 303
    behind_balancer.brings(ANA, "/settings")
    assert behind_balancer.viewer.role is Role.ADMIN
