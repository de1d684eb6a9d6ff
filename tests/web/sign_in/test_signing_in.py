"""Sign in by email and password or by a provider, go on where one wanted to, and sign out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.accounts.errors import PasswordsBusy
from app.model.errors import StorageUnavailable
from app.web.sign_in.ways import add_way
from tests.support.front_door import (
    EMAIL,
    PASSWORD,
    SETUP_LINK,
    WHO,
    FrontDoor,
    Provider,
    who_cookies,
)
from tests.support.page_reader import PageReader, words_of

ATTACKS = [
    "//evil.example", "/\\evil.example", "https:evil.example", "\\\\evil.example",
    "https://evil.example", "/\r\nSet-Cookie: a=b", "/\t/evil.example",
    "javascript:alert(1)", "/sign-out",
]  # fmt: skip


def test_a_wrong_password_and_an_unknown_email_are_told_in_the_same_words(door: FrontDoor) -> None:
    door.owner()
    browser = door.browser()
    wrong = door.sign_in(browser, password="seven quiet owls", status=422)
    unknown = door.sign_in(browser, email="nobody@example.com", status=422)
    assert words_of(wrong.by_id("notice")) == words_of(unknown.by_id("notice"))
    assert wrong.title.startswith("Error: Sign in")
    assert wrong.by_id("email").get("value") == EMAIL
    assert wrong.by_id("password").get("value") == ""
    assert "autofocus" in wrong.by_id("notice").attrib
    assert "seven quiet owls" not in wrong.response.text
    assert not door.is_signed_in(browser)


def test_one_goes_on_to_the_page_that_was_wanted(door: FrontDoor) -> None:
    door.owner()
    browser = door.browser()
    page = browser.get("/sign-in?next=/insights%3Fa%3Db")
    assert page.fields("/sign-in/password")["next"] == ["/insights?a=b"]
    assert door.sign_in(browser, next_path="/insights?a=b").response.headers["Location"] == (
        "/insights?a=b"
    )
    again = browser.client.get("/sign-in?next=/insights")
    assert (again.status_code, again.headers["Location"]) == (303, "/insights")


@pytest.mark.parametrize(
    "address",
    ["/insights", "/?q=a&badge=bug", "/?q=a%26b", "/employee/a%20b", "/employee/a%3Fb%25", "/add",
     "/employee/zo%C3%AB", "/employee?key=Li4"],
)  # fmt: skip
def test_a_page_that_needs_a_sign_in_is_come_back_to(door: FrontDoor, address: str) -> None:
    door.owner()
    browser = door.browser()
    to_the_door = browser.client.get(address).headers["Location"]
    [wanted] = browser.get(to_the_door).fields("/sign-in/password")["next"]
    assert door.sign_in(browser, next_path=wanted).response.headers["Location"] == address


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_address_leads_to_another_site(door: FrontDoor, attack: str) -> None:
    door.owner()
    browser = door.browser()
    asked = browser.client.get("/sign-in", query_string={"next": attack})
    assert "evil" not in asked.text
    where = door.sign_in(browser, next_path=attack).response.headers["Location"]
    assert where == "/"
    signed_in = browser.client.get("/sign-in", query_string={"next": attack})
    assert signed_in.headers["Location"] == "/"


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host", "Forwarded", "X-Forwarded-Server"])
def test_the_host_of_an_attacker_is_in_no_link_and_no_redirect(tmp_path: Path, header: str) -> None:
    door = FrontDoor(tmp_path, TRUSTED_PROXIES="1")
    value = "for=1.2.3.4;host=evil.example" if header == "Forwarded" else "evil.example"
    headers = {header: value}
    client = door.browser().client
    for address in (
        "/", "/sign-in", "/sign-in?choose", "/sign-out", "/me", "/setup", SETUP_LINK,
        "/setup?code=x", "/invite/x", "/sign-in?next=//evil.example",
    ):  # fmt: skip
        answer = client.get(address, headers=headers)
        assert "evil" not in answer.text, address
        assert "evil" not in str(answer.headers), address
    form = PageReader(door.app).get(SETUP_LINK).fields()
    posted = client.post("/sign-in/password", data=form, headers=headers)
    assert "evil" not in posted.text + str(posted.headers)


def test_a_sign_in_takes_neither_a_session_nor_a_form_that_was_there_before(
    door: FrontDoor,
) -> None:
    owner = door.owner()
    browser = door.browser()
    form = browser.get("/sign-in").fields("/sign-in/password")
    planted = owner.client.get_cookie(WHO)
    assert planted is not None
    browser.client.set_cookie(WHO, "planted.account.signature")
    before = browser.client.get_cookie("directory_session")
    [cookie] = who_cookies(door.sign_in(browser).response)
    assert "planted" not in cookie
    assert planted.value not in cookie
    after = browser.client.get_cookie("directory_session")
    assert before != after
    # A form of whoever planted the first cookie does nothing in the new session.
    refused = browser.client.post("/sign-out", data={"csrf_token": form["csrf_token"][0]})
    assert refused.status_code == 400
    assert door.is_signed_in(browser)


def test_a_sign_out_asks_first_and_ends_the_cookie_itself(door: FrontDoor) -> None:
    browser = door.owner()
    kept = browser.client.get_cookie(WHO)
    assert kept is not None
    page = browser.get("/sign-out")
    assert door.is_signed_in(browser)
    done = browser.post("/sign-out", page.fields("/sign-out"))
    assert browser.follow(done).h1 == "You are signed out"
    assert not door.is_signed_in(browser)
    browser.client.set_cookie(WHO, kept.value)
    assert not door.is_signed_in(browser)
    assert browser.get("/sign-out").links()["Sign in"] == "/sign-in?choose"


@pytest.mark.parametrize(
    "address", ["/sign-in/password", "/sign-out", "/me/sign-out-others", "/me/password"]
)
def test_a_form_without_its_token_does_nothing(door: FrontDoor, address: str) -> None:
    browser = door.owner()
    answer = browser.client.post(address, data={"email": EMAIL, "password": PASSWORD})
    assert answer.status_code == 400
    assert not who_cookies(answer)
    assert door.is_signed_in(browser)


def test_a_locked_account_is_told_how_long_to_wait(door: FrontDoor) -> None:
    door.owner()
    browser = door.browser()
    for _ in range(5):
        form = browser.get("/sign-in").fields("/sign-in/password")
        typed = {"email": EMAIL, "password": "no otters at all"}
        last = browser.send("/sign-in/password", {**form, **typed})
    locked = door.sign_in(browser, status=429)
    assert "Wait" in words_of(locked.by_id("notice"))
    assert int(locked.response.headers["Retry-After"]) > 0
    assert locked.by_id("email").get("value") == EMAIL
    assert last.status_code in (422, 429)


def test_a_store_that_is_down_signs_nobody_in(
    door: FrontDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    door.owner()
    browser = door.browser()
    form = browser.get("/sign-in").fields("/sign-in/password")

    def fail(*args: object, **more: object) -> None:
        raise StorageUnavailable("the database", "begin session", reason="down")

    monkeypatch.setattr(door.app.extensions["sign_in"].sessions, "begin", fail)
    answer = browser.send("/sign-in/password", {**form, "email": EMAIL, "password": PASSWORD})
    assert answer.status_code == 503
    assert "Retry-After" in answer.headers
    assert not who_cookies(answer)
    assert EMAIL in answer.text
    assert PASSWORD not in answer.text
    monkeypatch.undo()
    assert not door.is_signed_in(browser)
    door.sign_in(browser)
    assert door.is_signed_in(browser)


def test_while_too_many_passwords_are_checked_one_is_asked_to_wait(
    door: FrontDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    door.owner()

    def busy(*args: object) -> None:
        raise PasswordsBusy

    services = door.app.extensions["sign_in"]
    monkeypatch.setattr(type(services.password_sign_in), "sign_in", busy)
    page = door.sign_in(door.browser(), status=503)
    assert "Try again in a few seconds" in words_of(page.by_id("notice"))
    assert page.by_id("email").get("value") == EMAIL


def test_where_a_proxy_signs_in_the_page_says_so(tmp_path: Path) -> None:
    proxy = {"SIGN_IN_HEADER": "X-Remote-User", "SIGN_IN_HEADER_FROM": "192.0.2.1"}
    door = FrontDoor(tmp_path, **proxy)
    assert "The proxy in front" in door.browser().get("/sign-in").text
    known = PageReader(door.app)
    known.client.environ_base.update(REMOTE_ADDR="192.0.2.1", HTTP_X_REMOTE_USER="ana")
    page = known.get(SETUP_LINK)
    assert not page.all("input", type="password")
    claimed = known.post(SETUP_LINK, page.fields())
    assert not who_cookies(claimed.response)
    assert "Admin" in known.get("/me").text
    assert "Sign out there" in known.get("/sign-out").text


def test_the_only_way_is_gone_to_at_once_and_not_after_a_sign_out(door: FrontDoor) -> None:
    okta = Provider()
    add_way(door.app, okta)
    browser = door.browser()
    answer = browser.client.get("/sign-in?next=/insights")
    assert answer.headers["Location"] == "https://id.example/authorize"
    assert okta.begun == ["/insights"]
    assert browser.get("/sign-in?choose").links()["Continue with Okta"] == "/sign-in/with/okta"
    assert okta.begun == ["/insights"]


def test_several_ways_are_offered_and_carry_the_page_that_was_wanted(door: FrontDoor) -> None:
    door.owner()
    add_way(door.app, Provider())
    add_way(door.app, Provider("entra", "Microsoft"))
    door.app.extensions["sign_in"].local_accounts.expire()
    page = door.browser().get("/sign-in?next=/insights")
    links = page.links()
    assert links["Continue with Okta"] == "/sign-in/with/okta?next=/insights"
    assert links["Continue with Microsoft"] == "/sign-in/with/entra?next=/insights"
    assert page.fields("/sign-in/password")["next"] == ["/insights"]
    assert door.browser().client.get("/sign-in/with/nobody").status_code == 404


def test_a_provider_that_is_down_keeps_its_button_and_is_told(door: FrontDoor) -> None:
    door.owner()
    okta = Provider()
    okta.is_down = True
    add_way(door.app, okta)
    door.app.extensions["sign_in"].local_accounts.expire()
    page = door.browser().get("/sign-in/with/okta?next=/insights", 503)
    assert words_of(page.by_id("notice")) == (
        "Okta is not answering. Try again, or use a local account."
    )
    assert page.links()["Continue with Okta"] == "/sign-in/with/okta?next=/insights"
    assert "Retry-After" in page.response.headers


def test_a_directory_of_nobody_leads_to_its_setup_link(door: FrontDoor) -> None:
    page = door.browser().get("/sign-in")
    assert page.links()["Claim this directory"] == "/setup"
    assert not page.all("input", type="password")
    door.owner()
    assert door.browser().get("/sign-in").all("input", type="password")


def test_plain_http_works_and_says_so(door: FrontDoor) -> None:
    door.owner()
    client = door.browser().client
    plain = client.get("/sign-in", base_url="http://people.example.com")
    assert plain.status_code == 200
    assert "not encrypted" in plain.text
    assert "not encrypted" not in client.get("/sign-in", base_url="https://people.example.com").text
    assert "not encrypted" not in client.get("/sign-in", base_url="http://127.0.0.1:5000").text
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    theirs = client.get("/sign-in", base_url="http://localhost", environ_overrides=elsewhere)
    assert "not encrypted" in theirs.text


def test_the_door_is_in_no_cache_and_no_referrer(door: FrontDoor) -> None:
    door.owner()
    answer = door.browser().client.get("/sign-in")
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "ETag" not in answer.headers


def test_the_log_has_neither_email_nor_password(
    door: FrontDoor, capsys: pytest.CaptureFixture[str]
) -> None:
    door.owner()
    browser = door.browser()
    door.sign_in(browser)
    door.sign_in(door.browser(), email="who@example.com", status=422)
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line) for line in lines]
    assert not [line for line in lines if EMAIL in line or PASSWORD in line or "who@" in line]
