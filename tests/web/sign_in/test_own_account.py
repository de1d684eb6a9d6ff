"""The own account: role, profile, and the sessions that one can end."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest

from app.access.viewer import operator
from app.model.errors import StorageUnavailable
from app.web.sign_in.ways import add_way
from tests.support.front_door import (
    EMAIL,
    NAME,
    PASSWORD,
    WHO,
    FrontDoor,
    Provider,
    who_cookies,
)
from tests.support.page_reader import Page, PageReader, words_of


def test_who_is_not_signed_in_is_asked_to(door: FrontDoor) -> None:
    answer = door.browser().client.get("/me")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in?next=/me")


def test_the_account_says_who_one_is_and_who_gave_the_role(door: FrontDoor) -> None:
    page = door.owner().get("/me")
    for words in (NAME, EMAIL, "Admin", "claimed the directory", "This one"):
        assert words in page.text
    assert "Sign out everywhere else" not in page.text


@pytest.mark.parametrize("address", ["/me", "/sign-in?next=/me", "/sign-out"])
def test_a_session_that_ended_on_another_machine_is_over_at_once(
    door: FrontDoor, address: str
) -> None:
    browser = door.owner()
    kept = browser.client.get_cookie(WHO)
    assert kept is not None
    assert NAME in browser.client.get(address, follow_redirects=True).text
    assert browser.get("/").response.status_code == 200, "and this process keeps the session"
    end_elsewhere(door, kept.value)
    answer = browser.client.get(address, follow_redirects=True)
    assert NAME not in answer.text
    assert who_cookies(answer) or browser.client.get_cookie(WHO) is None


def end_elsewhere(door: FrontDoor, cookie: str) -> None:
    """End a session as another machine does: the store alone knows."""
    session_id, account_id, _ = cookie.split(".")
    store = door.app.extensions["access"]._store
    store.end_session(account_id, hashlib.sha256(session_id.encode()).hexdigest())


def test_a_linked_person_leads_to_the_own_page(door: FrontDoor) -> None:
    browser = door.owner()
    accounts = door.app.extensions["sign_in"].accounts
    [account] = accounts.page().accounts
    accounts.link(account.id, "amara/1", by=operator())
    assert "/employee/amara%2F1" in browser.get("/me").links().values()


def test_a_session_of_another_day_has_both_days(door: FrontDoor) -> None:
    door.owner()
    browser = door.browser()
    sessions = door.app.extensions["sign_in"].sessions
    sessions._now = lambda: datetime(2126, 3, 1, 8, 5, tzinfo=UTC)
    door.sign_in(door.browser())
    sessions._now = lambda: datetime(2126, 3, 1, 17, 5, tzinfo=UTC)
    door.sign_in(browser)
    text = browser.get("/me").text
    assert "Since Friday 1 March 2126, 08:05 UTC, until 20:05 UTC" in text
    assert "until Saturday 2 March 2126, 05:05 UTC" in text


def test_all_other_sessions_end_at_once(door: FrontDoor) -> None:
    browser = door.owner()
    others = [door.browser() for _ in range(3)]
    for other in others:
        other.client.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 Firefox/142.0 <b>"
        door.sign_in(other)
    page = browser.get("/me")
    assert page.text.count("This one") == 1
    assert "Firefox" in page.text
    done = browser.post("/me/sign-out-others", page.fields("/me/sign-out-others"))
    assert "3 sessions ended" in browser.follow(done).text
    assert [door.is_signed_in(each) for each in (browser, *others)] == [True, False, False, False]


NEW = "eleven loud geese"


def change_password(browser: PageReader, current: str, new: str = NEW, status: int = 303) -> Page:
    form = browser.get("/me").fields("/me/password")
    typed = {"current_password": current, "password": new}
    return browser.post("/me/password", {**form, **typed}, status)


def test_the_password_is_changed_and_all_other_sessions_end(door: FrontDoor) -> None:
    browser, other = door.owner(), door.browser()
    door.sign_in(other)
    kept = browser.client.get_cookie(WHO)
    assert kept is not None
    done = change_password(browser, PASSWORD)
    assert "Your password is changed" in browser.follow(done).text
    assert [door.is_signed_in(each) for each in (browser, other)] == [True, False]
    browser.client.set_cookie(WHO, kept.value)
    assert not door.is_signed_in(browser), "whoever copied the cookie is nobody too"
    door.sign_in(door.browser(), status=422)
    door.sign_in(other, password=NEW)
    assert door.is_signed_in(other)


def test_what_is_wrong_with_a_password_stands_at_its_field(door: FrontDoor) -> None:
    browser = door.owner()
    for current, new, name in (
        ("no otters at all", NEW, "current_password"),
        ("", NEW, "current_password"),
        (PASSWORD, "short", "password"),
        (PASSWORD, PASSWORD, "password"),
    ):
        page = change_password(browser, current, new, 422)
        assert page.title.startswith("Error: ")
        assert words_of(page.by_id(f"{name}-error"))
        assert [page.by_id(each).get("value") for each in ("current_password", "password")] == [
            "",
            "",
        ]
        assert new == "short" or new not in page.response.text
    assert door.is_signed_in(browser)
    door.sign_in(door.browser())


def test_wrong_current_passwords_lock_the_sign_in_too(door: FrontDoor) -> None:
    browser = door.owner()
    for _ in range(5):
        change_password(browser, "no otters at all", NEW, 422)
    locked = change_password(browser, PASSWORD, NEW, 429)
    assert "Wait" in words_of(locked.by_id("notice"))
    assert int(locked.response.headers["Retry-After"]) > 0
    door.sign_in(door.browser(), status=429)


def test_who_signs_in_at_a_provider_has_no_password_here(door: FrontDoor) -> None:
    okta = Provider()
    okta.vouches = True
    add_way(door.app, okta)
    browser = door.browser()
    browser.client.get("/sign-in/with/okta")
    page = browser.get("/me")
    assert not page.all("input", type="password")
    forged = {"csrf_token": csrf_of(browser), "current_password": PASSWORD, "password": NEW}
    assert "signs in at a provider" in browser.post("/me/password", forged, 422).text


def csrf_of(browser: PageReader) -> str:
    [token] = browser.get("/sign-out").fields("/sign-out")["csrf_token"]
    return token


def test_a_store_that_falls_silent_after_the_change_says_that_it_was_made(
    door: FrontDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = door.owner()

    def fail(*args: object, **more: object) -> None:
        raise StorageUnavailable("the database", "begin session", reason="down")

    with monkeypatch.context() as patch:
        patch.setattr(door.app.extensions["sign_in"].sessions, "begin", fail)
        page = change_password(browser, PASSWORD, NEW, 503)
    assert "Your password is changed" in words_of(page.by_id("notice"))
    assert not door.is_signed_in(browser)
    door.sign_in(browser, password=NEW)
    assert door.is_signed_in(browser)
