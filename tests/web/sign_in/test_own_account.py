"""The own account: role, profile, and the sessions that one can end."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest

from app.access.viewer import operator
from tests.support.front_door import (
    EMAIL,
    NAME,
    WHO,
    FrontDoor,
    who_cookies,
)


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
