"""Signing in at a provider: what a browser goes through, and what an attacker tries."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import itsdangerous.timed
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.access.viewer import Role
from app.contracts.accounts import Account, Identity
from app.history.changes import Write
from app.model.employee import Employee
from app.model.errors import StorageUnavailable
from tests.support.servers.lying_provider import (
    DISCOVERY,
    KEYS,
    TOKEN,
    LyingProvider,
    address_of,
)
from tests.support.small_app import small_app

HOME = "http://localhost"
PENDING, WHO = "directory_sign_in", "directory_who"
Answer = dict[str, Any]


class Door:
    """A directory with this provider, and a browser before it."""

    def __init__(self, folder: Path, idp: LyingProvider, **env: str) -> None:
        self.idp = idp
        settings = {"ACCESS": "sign-in", "SETUP_CODE": "quiet-otters-7315", **idp.environment(HOME)}
        self.app = small_app(folder, **{**settings, **env})
        self.stores = self.app.extensions["directory"].employees
        self.accounts = self.app.extensions["sign_in"].accounts
        self.browser = self.new_browser()

    def new_browser(self) -> FlaskClient:
        return self.app.test_client()

    def begin(self, next_path: str = "/", **options: Any) -> str:
        """The address at the provider to which the browser is sent."""
        browser = options.pop("browser", self.browser)
        query = {"next": next_path}
        begun = browser.get("/sign-in/with/oidc", query_string=query, **options)
        assert begun.status_code == 303, begun.text
        return str(begun.location)

    def come_back(self, answer: Answer, browser: FlaskClient | None = None) -> TestResponse:
        return (browser or self.browser).get(address_of("/sign-in/back", answer))

    def sign_in(self, subject: str = "ana", browser: FlaskClient | None = None) -> TestResponse:
        browser = browser or self.browser
        return self.come_back(self.idp.approve(self.begin(browser=browser), subject), browser)

    def is_signed_in(self, browser: FlaskClient | None = None) -> bool:
        return (browser or self.browser).get("/").status_code == 200

    def account(self, subject: str = "ana") -> Account:
        identity = Identity(self.idp.issuer, subject)
        found = self.accounts._store.find_identity(identity)
        assert isinstance(found, Account)
        return found

    def add_person(self, employee_id: str, email: str) -> Employee:
        person = Employee(id=employee_id, full_name=f"Person {employee_id}", email=email)
        return self.stores.add(person, Write(f"form-{employee_id}"))


@pytest.fixture
def door(tmp_path: Path, idp: LyingProvider) -> Door:
    return Door(tmp_path, idp)


def refused(response: TestResponse, status: int = 400) -> str:
    """The sentence of a page that refuses a sign-in, with nobody signed in."""
    assert response.status_code == status
    assert not any(WHO in line for line in response.headers.getlist("Set-Cookie"))
    found = re.search(r'role="alert">.*?<p>(.*?)</p>', response.text, re.DOTALL)
    assert found, response.text
    return found[1]


def test_a_sign_in_ends_at_the_page_that_was_asked_for(door: Door) -> None:
    assert not door.is_signed_in()
    back = door.come_back(door.idp.approve(door.begin("/?q=ada")))
    assert (back.status_code, back.location) == (303, "/?q=ada")
    assert door.is_signed_in()
    account = door.account()
    assert (account.name, account.email, account.role) == ("Ana Ruiz", "ana@example.com",
                                                           Role.COLLEAGUE)  # fmt: skip


def test_the_request_asks_for_a_code_that_only_this_browser_can_use(door: Door) -> None:
    asked = parse_qs(urlsplit(door.begin()).query)
    assert asked["redirect_uri"] == [f"{HOME}/sign-in/back"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["scope"] == ["openid email profile"]
    assert len(asked["state"][0]) >= 30
    assert len(asked["nonce"][0]) >= 30
    (cookie,) = door.browser.get("/sign-in/with/oidc").headers.getlist("Set-Cookie")
    assert cookie.startswith(f"{PENDING}=")
    for attribute in ("HttpOnly", "Path=/sign-in", "SameSite=Lax", "Max-Age=600"):
        assert attribute in cookie


def test_the_cookie_goes_over_tls_only_where_the_directory_has_it(
    tmp_path: Path, idp: LyingProvider
) -> None:
    door = Door(tmp_path, idp, PUBLIC_ADDRESS="https://localhost")
    begun = door.browser.get("/sign-in/with/oidc", base_url="https://localhost")
    assert "Secure" in begun.headers["Set-Cookie"]


def test_groups_are_asked_for_where_they_give_roles(tmp_path: Path, idp: LyingProvider) -> None:
    door = Door(tmp_path, idp, ADMIN_GROUPS="IT", EDITOR_GROUPS="HR")
    assert "openid+email+profile+groups" in door.begin()
    idp.claims["groups"] = ["HR", "IT"]
    door.sign_in("boss", door.new_browser())  # the last administrator would stay one
    door.sign_in()
    assert door.account().role is Role.ADMIN
    idp.claims["groups"] = ["HR"]
    door.sign_in()
    assert door.account().role is Role.EDITOR


# The attacks


@pytest.mark.parametrize("state", ["another", "", None, "ä" * 40])
def test_a_wrong_or_absent_state_is_refused_and_its_code_is_not_used(
    door: Door, state: str | None
) -> None:
    answer = door.idp.approve(door.begin())
    assert "not begun in this browser" in refused(door.come_back({**answer, "state": state}))
    assert door.idp.count(TOKEN) == 0
    assert door.come_back(answer).status_code == 303, "the sign-in that was begun goes on"


def test_an_answer_is_used_once(door: Door) -> None:
    answer = door.idp.approve(door.begin())
    assert door.come_back(answer).status_code == 303
    assert "not begun in this browser" in refused(door.come_back(answer))
    assert door.idp.count(TOKEN) == 1


@pytest.mark.parametrize("named", ["https://evil.example", None, ""])
def test_a_response_of_another_issuer_is_refused_without_a_request_to_the_token_endpoint(
    door: Door, named: str | None
) -> None:
    answer = door.idp.approve(door.begin())
    assert "This answer is not of Example" in refused(door.come_back({**answer, "iss": named}))
    assert door.idp.count(TOKEN) == 0


def test_an_attackers_answer_signs_nobody_in_as_the_attacker(door: Door) -> None:
    attacker = door.new_browser()
    answer = door.idp.approve(door.begin(browser=attacker), "mallory")
    begun = door.begin()
    refused(door.come_back(answer))
    assert not door.is_signed_in()
    assert door.come_back(door.idp.approve(begun)).status_code == 303


def test_a_stolen_answer_is_of_no_use_in_another_browser(door: Door) -> None:
    answer = door.idp.approve(door.begin())
    thief = door.new_browser()
    door.begin(browser=thief)
    refused(door.come_back(answer, thief))
    assert door.idp.count(TOKEN) == 0


def test_a_sign_in_begun_later_takes_the_place_of_the_first(door: Door) -> None:
    first = door.idp.approve(door.begin())
    second = door.idp.approve(door.begin())
    refused(door.come_back(first))
    assert door.come_back(second).status_code == 303


def test_forty_begun_sign_ins_leave_one_small_cookie(door: Door) -> None:
    for _ in range(40):
        door.begin("/?q=" + "x" * 100)
    cookie = door.browser.get_cookie(PENDING, path="/sign-in")
    assert cookie is not None
    assert len(cookie.value) < 600


def test_a_page_whose_address_no_cookie_holds_is_not_gone_on_to(door: Door) -> None:
    long = "/?q=" + "".join(chr(0x4E00 + 7 * number) for number in range(1900))
    back = door.come_back(door.idp.approve(door.begin(long)))
    assert (back.status_code, back.location) == (303, "/")


def test_a_sign_in_that_took_more_than_ten_minutes_is_refused(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = door.idp.approve(door.begin())
    later = time.time() + 601
    monkeypatch.setattr(itsdangerous.timed.time, "time", lambda: later)
    assert "ten minutes ago" in refused(door.come_back(answer))
    assert door.idp.count(TOKEN) == 0


@pytest.mark.parametrize("cookie", ["", "x", "W10.x.y", "a" * 3000])
def test_a_cookie_that_we_did_not_sign_is_none(door: Door, cookie: str) -> None:
    answer = door.idp.approve(door.begin())
    door.browser.set_cookie(PENDING, cookie, path="/sign-in")
    refused(door.come_back(answer))
    assert door.idp.count(TOKEN) == 0


@pytest.mark.parametrize("claims", [{"nonce": "another"}, {"aud": "another"}, {"exp": 1}])
def test_a_token_that_is_not_valid_signs_nobody_in(door: Door, claims: dict[str, Any]) -> None:
    door.idp.claims = claims
    assert "not valid here" in refused(door.sign_in())
    assert not door.is_signed_in()


@pytest.mark.parametrize(
    "address", ["//evil.example", "/\\evil.example", "https://evil.example", "/%0d%0aX: y", "/\t/e"]
)
def test_a_sign_in_never_ends_at_another_site(door: Door, address: str) -> None:
    location = door.come_back(door.idp.approve(door.begin(address))).location
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))
    assert "\r" not in location


def test_the_host_of_an_attacker_is_in_no_address(door: Door) -> None:
    evil = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    location = door.begin("/?q=ada", headers=evil)
    assert location.startswith(f"{HOME}/sign-in/with/oidc?")
    again = door.browser.get(location, headers=evil)
    asked = parse_qs(urlsplit(again.location).query)
    assert asked["redirect_uri"] == [f"{HOME}/sign-in/back"]


def test_the_session_is_a_new_one_and_the_one_before_it_ends(door: Door) -> None:
    door.sign_in()
    before = door.browser.get_cookie(WHO)
    assert before is not None
    door.sign_in()
    after = door.browser.get_cookie(WHO)
    assert after is not None
    assert after.value != before.value
    other = door.new_browser()
    other.set_cookie(WHO, before.value)
    assert not door.is_signed_in(other)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("access_denied", "did not let you in"),
        ("server_error", "(server_error)"),
        ("<script>alert(1)</script>", "(unknown)"),
    ],
)
def test_what_the_provider_refuses_is_told(door: Door, error: str, words: str) -> None:
    answer = door.idp.approve(door.begin())
    del answer["code"]
    response = door.come_back({**answer, "error": error, "error_description": "<b>no</b>"})
    assert words in refused(response)
    assert "<script>alert" not in response.text
    assert "<b>no" not in response.text


@pytest.mark.parametrize("code", [None, "", "x" * 5000])
def test_a_code_that_is_none_is_not_sent_to_the_provider(door: Door, code: str | None) -> None:
    answer = door.idp.approve(door.begin())
    refused(door.come_back({**answer, "code": code}))
    assert door.idp.count(TOKEN) == 0


# Whose record it is


@pytest.mark.parametrize("stored", ["ana@example.com", "Ana@Example.COM"])
def test_a_proven_email_makes_the_record_ones_own(door: Door, stored: str) -> None:
    door.add_person("a1", stored)
    door.sign_in()
    assert door.account().person_id == "a1"


def test_capitals_of_the_providers_email_do_not_count(door: Door) -> None:
    door.add_person("a1", "ana@example.com")
    door.idp.claims["email"] = "ANA@Example.com"
    door.sign_in()
    assert door.account().person_id == "a1"


def test_an_unproven_email_is_nobodys(door: Door) -> None:
    door.add_person("a1", "ana@example.com")
    door.idp.claims["email_verified"] = False
    door.sign_in("mallory")
    assert door.account("mallory").person_id == ""


def test_an_email_of_two_people_is_nobodys(door: Door) -> None:
    door.add_person("a1", "ana@example.com")
    door.add_person("a2", "ana@example.com")
    door.sign_in()
    assert door.account().person_id == ""


def test_the_email_of_a_person_with_an_account_links_no_second_one(door: Door) -> None:
    door.add_person("a1", "ana@example.com")
    door.sign_in()
    door.sign_in("second", door.new_browser())
    assert (door.account().person_id, door.account("second").person_id) == ("a1", "")


# The provider is down, or the store


@pytest.mark.parametrize("path", [DISCOVERY, TOKEN, KEYS])
@pytest.mark.parametrize("fault", ["500", "html"])
def test_while_the_provider_is_down_only_signing_in_is(
    tmp_path: Path, idp: LyingProvider, path: str, fault: str
) -> None:
    door = Door(tmp_path, idp)
    door.sign_in()
    fresh = Door(tmp_path, idp)  # the other machine knows nothing of the provider yet
    newcomer = fresh.new_browser()
    idp.faults[path] = fault
    if path == DISCOVERY:
        response = newcomer.get("/sign-in/with/oidc")
    else:
        response = fresh.come_back(idp.approve(fresh.begin(browser=newcomer)), newcomer)
    assert "Example is not answering" in refused(response, 503)
    assert door.is_signed_in()
    idp.faults.clear()
    assert fresh.sign_in(browser=newcomer).status_code == 303


def test_a_store_that_does_not_answer_leaves_nothing_half_made(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = door.accounts._store

    def fail(*_: object, **__: object) -> None:
        raise StorageUnavailable("the database", "begin", "session", "it hangs")

    with monkeypatch.context() as patched:
        patched.setattr(type(store), "begin_session", fail)
        response = door.sign_in()
        assert response.status_code == 503
    assert not door.is_signed_in()
    assert door.sign_in().status_code == 303
    assert door.is_signed_in()


def test_an_account_that_is_disabled_is_told_so(door: Door) -> None:
    from app.access.viewer import operator

    door.sign_in()
    door.accounts.disable(door.account().id, by=operator())
    assert "disabled" in refused(door.sign_in(), 403)


# The first administrator


def test_who_claims_the_directory_may_sign_in_at_the_provider_for_it(door: Door) -> None:
    link = "/setup/quiet-otters-7315"
    back = door.come_back(door.idp.approve(door.begin(link)))
    assert back.location == link
    assert door.account().role is Role.COLLEAGUE
    form = door.browser.get(link)
    token = re.search(r'name="csrf_token" value="([^"]+)"', form.text)
    assert token
    fields = {"csrf_token": token[1], "code": "quiet-otters-7315", "with": "account"}
    assert door.browser.post("/setup", data=fields).status_code == 303
    assert door.account().role is Role.ADMIN
    assert door.new_browser().get(link).status_code == 410


# Signing out at the provider


def end(door: Door, token: str) -> int:
    return door.new_browser().post("/sign-in/ended", data={"logout_token": token}).status_code


def test_whoever_signs_out_at_the_provider_is_signed_out_here_in_every_browser(door: Door) -> None:
    other = door.new_browser()
    door.sign_in()
    door.sign_in(browser=other)
    door.sign_in("bo", someone := door.new_browser())
    assert end(door, door.idp.logout_token()) == 200
    assert not door.is_signed_in()
    assert not door.is_signed_in(other)
    assert door.is_signed_in(someone)


def test_a_logout_token_that_is_sent_again_ends_no_session_that_began_later(door: Door) -> None:
    door.sign_in()
    token = door.idp.logout_token()
    assert end(door, token) == 200
    door.sign_in()
    assert end(door, token) == 200
    assert door.is_signed_in()


@pytest.mark.parametrize("claims", [{"aud": "another"}, {"nonce": "n"}, {"events": {}}])
def test_what_is_no_logout_token_ends_nothing(door: Door, claims: dict[str, Any]) -> None:
    door.sign_in()
    assert end(door, door.idp.logout_token(**claims)) == 400
    assert end(door, "") == 400
    assert door.is_signed_in()


def test_a_logout_token_of_somebody_who_never_signed_in_here_changes_nothing(door: Door) -> None:
    door.sign_in()
    assert end(door, door.idp.logout_token("stranger")) == 200
    assert door.is_signed_in()


# Without a provider


def test_a_provider_that_is_set_up_in_part_is_told_where_people_sign_in(
    tmp_path: Path, idp: LyingProvider
) -> None:
    door = Door(tmp_path, idp, PUBLIC_ADDRESS="")
    page = door.browser.get("/sign-in")
    assert page.status_code == 200
    assert "Nobody can sign in at Example, because PUBLIC_ADDRESS is not set." in page.text
    assert "/sign-in/with/oidc" not in page.text


@pytest.fixture
def bare(tmp_path: Path) -> FlaskClient:
    return small_app(tmp_path, ACCESS="sign-in").test_client()


def test_without_a_provider_its_addresses_lead_nowhere(bare: FlaskClient) -> None:
    assert bare.get("/sign-in/with/oidc").status_code == 404
    assert bare.get("/sign-in/back").status_code == 404
    assert bare.post("/sign-in/ended").status_code == 404
