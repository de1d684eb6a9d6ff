"""A one-time link lets its account choose a password: shown by GET, spent by POST."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.access.viewer import operator
from tests.support.front_door import (
    FrontDoor,
    who_cookies,
)
from tests.support.page_reader import words_of

LUKE = "luke@example.com"
NEW = "eleven loud geese"


@pytest.fixture
def link(door: FrontDoor) -> str:
    """The link of Luke, who has an account without a password."""
    services = door.app.extensions["sign_in"]
    account = services.accounts.add_with_password("Luke Thorne", LUKE, by=operator())
    made: str = services.invitations.make(account, by=operator())
    return made


def test_opening_the_link_a_hundred_times_spends_nothing(door: FrontDoor, link: str) -> None:
    browser = door.browser()
    for _ in range(50):
        assert browser.client.get(link).status_code == 200
        assert browser.client.head(link).status_code == 200
    page = browser.get(link)
    assert LUKE in page.text
    assert "Luke Thorne" in page.text
    browser.post(link, {**page.fields(), "password": NEW})
    assert door.is_signed_in(browser)
    other = door.browser()
    door.sign_in(other, email=LUKE, password=NEW)
    assert door.is_signed_in(other)


def test_the_link_works_once(door: FrontDoor, link: str) -> None:
    browsers = [door.browser() for _ in range(2)]
    forms = [browser.get(link).fields() for browser in browsers]

    def accept(number: int) -> int:
        data = {**forms[number], "password": f"{NEW} {number}"}
        return browsers[number].send(link, data).status_code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(accept, range(2))) == [303, 410]
    assert sum(door.is_signed_in(browser) for browser in browsers) == 1
    late = door.browser()
    assert late.get(link, 410).h1 == "This link no longer works"


@pytest.mark.parametrize("code", ["x", "%00", "a" * 3000, "é"])
def test_a_link_that_never_was_is_told_of_as_a_used_one(door: FrontDoor, code: str) -> None:
    assert door.browser().get(f"/invite/{code}", 410).h1 == "This link no longer works"


def test_a_weak_password_keeps_the_link(door: FrontDoor, link: str) -> None:
    browser = door.browser()
    page = browser.post(link, {**browser.get(link).fields(), "password": "short"}, 422)
    assert words_of(page.by_id("password-error"))
    assert not who_cookies(page.response)
    browser.post(link, {**page.fields(), "password": NEW})
    assert door.is_signed_in(browser)


def test_a_form_without_its_token_spends_nothing(door: FrontDoor, link: str) -> None:
    browser = door.browser()
    page = browser.post(link, {"password": NEW}, 400)
    browser.post(link, {**page.fields(), "password": NEW})
    assert door.is_signed_in(browser)


def test_the_link_stays_with_this_site_and_in_no_cache(door: FrontDoor, link: str) -> None:
    answer = door.browser().client.get(link)
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer.headers["Cache-Control"]
    assert "ETag" not in answer.headers
