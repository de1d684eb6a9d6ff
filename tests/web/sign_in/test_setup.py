"""The setup link makes one administrator, once, and only by a POST."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.access.viewer import operator
from app.model.employee import Employee
from app.web.sign_in.ways import add_way
from tests.support.front_door import (
    EMAIL,
    NAME,
    PASSWORD,
    SETUP_CODE,
    SETUP_LINK,
    WHO,
    FrontDoor,
    Provider,
    who_cookies,
)
from tests.support.page_reader import fields_of, words_of


def test_opening_the_link_a_hundred_times_spends_nothing(door: FrontDoor) -> None:
    browser = door.browser()
    for _ in range(50):
        assert browser.client.get(SETUP_LINK).status_code == 200
        assert browser.client.head(SETUP_LINK).status_code == 200
    assert not door.app.extensions["access"].settings().claimed_by
    assert door.claim(browser).response.headers["Location"] == "/settings"
    assert door.is_signed_in(browser)


def test_of_two_claims_at_once_one_is_made_and_the_third_is_gone(door: FrontDoor) -> None:
    browsers = [door.browser() for _ in range(2)]
    forms = [browser.get(SETUP_LINK).fields() for browser in browsers]

    def claim(number: int) -> int:
        typed = {"name": f"N {number}", "email": f"n{number}@example.com", "password": PASSWORD}
        data = {**forms[number], **typed}
        return browsers[number].send(SETUP_LINK, data).status_code

    with ThreadPoolExecutor(2) as pool:
        statuses = sorted(pool.map(claim, range(2)))
    assert statuses == [303, 410]
    assert door.app.extensions["sign_in"].accounts.page().next is None
    assert len(door.app.extensions["sign_in"].accounts.page().accounts) == 1
    third = browsers[0].client.post(SETUP_LINK, data=forms[0])
    assert third.status_code == 410


def test_after_the_claim_the_link_and_its_form_are_gone(door: FrontDoor) -> None:
    late = door.browser()
    form = late.get(SETUP_LINK).fields()
    door.owner()
    door.app.extensions["access"].forget()
    assert late.get(SETUP_LINK, 410).h1 == "This directory has an owner"
    assert late.get("/setup", 410).links()["Sign in"] == "/sign-in"
    typed = {"name": "M", "email": "m@example.com", "password": PASSWORD}
    assert late.post(SETUP_LINK, {**form, **typed}, 410).h1 == "This directory has an owner"
    assert not door.is_signed_in(late)


def test_the_claimer_is_signed_in_as_the_administrator(door: FrontDoor) -> None:
    browser = door.owner()
    page = browser.get("/me")
    assert NAME in page.text
    assert EMAIL in page.text
    assert "Admin" in page.text


def test_the_code_may_be_typed_into_the_form(door: FrontDoor) -> None:
    browser = door.browser()
    form = browser.get("/setup").fields()
    typed = {"code": SETUP_CODE, "name": NAME, "email": EMAIL, "password": PASSWORD}
    browser.post("/setup", {**form, **typed})
    assert door.is_signed_in(browser)


def test_the_box_of_other_pages_leads_to_the_link(door: FrontDoor) -> None:
    answer = door.browser().client.get("/setup", query_string={"code": f" {SETUP_CODE} "})
    assert (answer.status_code, answer.headers["Location"]) == (303, SETUP_LINK)
    odd = door.browser().client.get("/setup", query_string={"code": "//evil.example/\r\nX: y"})
    assert odd.headers["Location"].startswith("/setup/%2F%2Fevil")


@pytest.mark.parametrize(
    "code", ["wrong-otters-7315", SETUP_CODE[:-1], f"{SETUP_CODE}5", "é", "%00"]
)
def test_another_code_claims_nothing(door: FrontDoor, code: str) -> None:
    browser = door.browser()
    page = browser.get(f"/setup/{code}", 404)
    assert "flask setup-link" in words_of(page.by_id("code-error"))
    typed = {"name": NAME, "email": EMAIL, "password": PASSWORD}
    browser.post(f"/setup/{code}", {**page.fields(), **typed}, 422)
    assert not door.app.extensions["access"].settings().claimed_by
    assert not door.is_signed_in(browser)


def test_what_was_typed_is_kept_but_for_the_password(door: FrontDoor) -> None:
    browser = door.browser()
    page = door.claim(browser, 422, password="short")
    assert page.title.startswith("Error: ")
    assert page.by_id("name").get("value") == NAME
    assert page.by_id("email").get("value") == EMAIL
    assert page.by_id("code").get("value") == SETUP_CODE
    assert page.by_id("password").get("value") == ""
    assert page.by_id("password").get("aria-invalid") == "true"
    assert "short" not in page.response.text.replace("shorter", "")
    assert door.claim(browser, 422, name="", password=PASSWORD).by_id("name-error") is not None
    assert door.claim(browser, 422, email="caoimhe").by_id("email-error") is not None
    assert not door.app.extensions["access"].settings().claimed_by


def test_a_form_without_its_token_claims_nothing_and_keeps_what_was_typed(door: FrontDoor) -> None:
    browser = door.browser()
    typed = {"name": NAME, "email": EMAIL, "password": PASSWORD}
    page = browser.post(SETUP_LINK, typed, 400)
    assert page.by_id("email").get("value") == EMAIL
    assert "Nothing was changed" in words_of(page.by_id("notice"))
    assert not door.app.extensions["access"].settings().claimed_by


def test_the_code_stays_with_this_site_and_in_no_cache(door: FrontDoor) -> None:
    answer = door.browser().client.get(SETUP_LINK)
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer.headers["Cache-Control"]
    assert "ETag" not in answer.headers
    assert SETUP_CODE not in str(answer.headers)


def test_the_list_of_a_directory_without_an_owner_has_a_box_and_no_token(tmp_path: Path) -> None:
    door = FrontDoor(tmp_path, ACCESS="read-only")
    person = Employee(id="a1", full_name="Amara", job_title="Engineer", location="Lagos")
    door.app.extensions["directory"].add(operator(), person, "form-1")
    page = door.browser().get("/")
    box = page.one("form", action="/setup")
    assert (box.get("method"), list(fields_of(box))) == ("get", ["code"])
    assert "csrf_token" not in page.response.text
    assert "ETag" in page.response.headers


def test_a_claim_starts_a_session_of_its_own(door: FrontDoor) -> None:
    browser = door.browser()
    planted = "planted.account.signature"
    browser.client.set_cookie("directory_who", planted)
    [cookie] = who_cookies(door.claim(browser).response)
    assert planted not in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_an_account_of_a_provider_may_claim(door: FrontDoor) -> None:
    okta = Provider()
    okta.vouches = True
    add_way(door.app, okta)
    browser = door.browser()
    way = browser.get(SETUP_LINK).links()["Use my Okta account instead"]
    assert way == f"/sign-in/with/okta?next={SETUP_LINK}"
    back = browser.client.get(way)
    assert back.headers["Location"] == SETUP_LINK
    page = browser.get(SETUP_LINK)
    assert "Ana Ruiz" in page.text
    assert not page.all("input", type="password")
    services = door.app.extensions["sign_in"]
    assert not services.access.settings().claimed_by
    before = browser.client.get_cookie(WHO)
    done = browser.post(SETUP_LINK, page.fields())
    assert done.response.headers["Location"] == "/settings"
    assert before != browser.client.get_cookie(WHO)
    [account] = services.accounts.page().accounts
    assert (account.name, account.role, account.role_origin) == ("Ana Ruiz", "admin", "setup")
    assert "id.example" in browser.get("/me").text
    browser.get(SETUP_LINK, 410)


def test_an_account_of_a_provider_claims_nothing_with_a_wrong_code(door: FrontDoor) -> None:
    okta = Provider()
    okta.vouches = True
    add_way(door.app, okta)
    browser = door.browser()
    browser.client.get("/sign-in/with/okta")
    page = browser.get("/setup")
    browser.post("/setup", {**page.fields(), "code": "wrong-otters-7315"}, 422)
    assert not door.app.extensions["sign_in"].access.settings().claimed_by
