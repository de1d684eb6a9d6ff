"""The front door in a browser: claim, sign out and in, a wrong password, a one-time link."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.access.viewer import operator
from tests.support.browser.axe import check, check_views
from tests.support.browser.pages import Open, opening
from tests.support.front_door import EMAIL, NAME, PASSWORD, SETUP_CODE, SETUP_LINK, FrontDoor
from tests.support.servers.live_app import app_in_thread

NEW = "eleven loud geese"


@pytest.fixture
def door(tmp_path: Path) -> FrontDoor:
    return FrontDoor(tmp_path, COMPANY_NAME="Northwind", CONTACT="it-help@example.com")


@pytest.fixture
def browse(chromium: Browser, door: FrontDoor) -> Iterator[Open]:
    with app_in_thread(door.app) as url, opening(chromium, url) as open_page:
        yield open_page


def claim(page: Page) -> None:
    page.goto(SETUP_LINK)
    page.fill("#name", NAME)
    page.fill("#email", EMAIL)
    page.fill("#password", PASSWORD)
    page.click("text=Claim directory")
    page.wait_for_url("**/settings/access")


def sign_in(page: Page, password: str = PASSWORD) -> None:
    page.fill("#email", EMAIL)
    page.fill("#password", password)
    page.click("button:text-is('Sign in')")


def one_time_link(door: FrontDoor) -> str:
    services = door.app.extensions["sign_in"]
    account = services.accounts.add_with_password("Luke Thorne", "l@example.com", by=operator())
    link: str = services.invitations.make(account, by=operator())
    return link


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_claim_sign_out_and_in_again(browse: Open, script: bool) -> None:
    page = browse("/", script=script)
    expect(page).to_have_title(re.compile("^Sign in"))
    page.fill("#setup-code", SETUP_CODE)
    page.click(".access-code button")
    expect(page.locator("#code")).to_have_value(SETUP_CODE)
    claim(page)
    page.goto("/me")
    expect(page.locator(".own-list li")).to_have_count(1)
    page.click("main >> text=Sign out")
    page.click("button:text-is('Sign out')")
    expect(page.locator("h1")).to_have_text("You are signed out")
    page.goto("/insights")
    sign_in(page, "no otters at all")
    notice = page.locator("#notice")
    expect(notice).to_contain_text("password is wrong")
    expect(notice).to_be_focused()
    expect(page.locator("#email")).to_have_value(EMAIL)
    expect(page.locator("#password")).to_have_value("")
    sign_in(page)
    page.wait_for_url("**/insights")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_one_time_link_sets_a_password(browse: Open, door: FrontDoor, script: bool) -> None:
    link = one_time_link(door)
    page = browse(link, script=script)
    page.fill("#password", "short")
    page.click("text=Save password")
    expect(page.locator("#password-error")).to_contain_text("12 characters")
    page.fill("#password", NEW)
    page.click("text=Save password")
    expect(page.locator(".flash")).to_contain_text("Your password is set")
    page.goto(link)
    expect(page.locator("h1")).to_have_text("This link no longer works")


def test_a_password_can_be_looked_at_and_is_sent_as_one(browse: Open, door: FrontDoor) -> None:
    page = browse(SETUP_LINK)
    page.fill("#password", PASSWORD)
    show = page.locator(".show-password")
    show.click()
    expect(page.locator("#password")).to_have_attribute("type", "text")
    expect(show).to_have_text("Hide password")
    show.click()
    expect(page.locator("#password")).to_have_attribute("type", "password")
    expect(page.locator("#password")).to_have_value(PASSWORD)
    plain = browse(SETUP_LINK, script=False)
    expect(plain.locator(".show-password")).to_be_hidden()


def test_all_other_sessions_end(browse: Open) -> None:
    page = browse("/setup")
    claim(page)
    other = browse("/sign-in")
    sign_in(other)
    other.goto("/me")
    expect(other.locator(".own-list li")).to_have_count(2)
    other.click("text=Sign out everywhere else")
    expect(other.locator(".flash")).to_contain_text("1 session ended")
    page.goto("/me")
    expect(page).to_have_title(re.compile("^Sign in"))


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_the_own_password_is_changed(browse: Open, door: FrontDoor, script: bool) -> None:
    page = browse("/setup", script=script)
    claim(page)
    other = browse("/sign-in", script=script)
    sign_in(other)
    page.goto("/me")
    for current, new, name in (("no otters", NEW, "current_password"), (PASSWORD, "x", "password")):
        page.fill("#current_password", current)
        page.fill("#password", new)
        page.click("text=Change password")
        expect(page.locator(f"#{name}-error")).to_be_visible()
    page.fill("#current_password", PASSWORD)
    page.fill("#password", NEW)
    page.click("text=Change password")
    expect(page.locator(".flash")).to_contain_text("Your password is changed")
    expect(page.locator(".own-list li")).to_have_count(1)
    other.goto("/me")
    expect(other).to_have_title(re.compile("^Sign in"))
    sign_in(other, NEW)
    other.wait_for_url("**/me")


def test_axe_finds_nothing_at_the_door(browse: Open, door: FrontDoor) -> None:
    page = browse(SETUP_LINK)
    check_views(page)
    page.fill("#email", "caoimhe")
    page.fill("#password", "short")
    page.click("text=Claim directory")
    page.wait_for_selector(".field-error")
    check_views(page)
    page.goto("/sign-in")
    check_views(page)
    link = one_time_link(door)
    page.goto(link)
    check_views(page)
    page.goto("/invite/used")
    check_views(page)


def test_axe_finds_nothing_in_the_own_account(browse: Open) -> None:
    page = browse("/setup")
    claim(page)
    page.goto("/me")
    check_views(page)
    page.fill("#current_password", PASSWORD)
    page.fill("#password", "short")
    page.click("text=Change password")
    page.wait_for_selector(".field-error")
    check_views(page)
    page.goto("/sign-out")
    check_views(page)
    page.click("button:text-is('Sign out')")
    check_views(page)
    page.goto("/sign-in")
    sign_in(page, "no otters at all")
    page.wait_for_selector("#notice")
    check_views(page)
    page.goto(SETUP_LINK)
    check_views(page)


@pytest.mark.parametrize("width", [320, 390, 820, 1280])
def test_no_page_of_the_door_scrolls_sideways(browse: Open, door: FrontDoor, width: int) -> None:
    link = one_time_link(door)
    page = browse(SETUP_LINK, width=width)
    for address in (SETUP_LINK, "/sign-in", link, "/invite/x", "/sign-out", "/setup"):
        page.goto(address)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, address
    check(page)
    claim(page)
    page.goto("/me")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
