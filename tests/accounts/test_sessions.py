"""A session ends on the server, when its time is over and when its account says so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.access.viewer import Role
from app.accounts.errors import AccountDisabled
from app.contracts.accounts import Account, Session
from tests.accounts.conftest import Desk

ANA = Account(id="ana", name="Ana", email="ana@example.com", role=Role.EDITOR)


def test_a_session_ends_after_its_hours_whether_it_was_read_or_not(desk: Desk) -> None:
    cookie = desk.sessions.begin(desk.store.add(ANA), how="test")
    desk.wait(hours=11.9)
    assert desk.sessions.find(cookie, fresh=False) is not None
    desk.wait(hours=0.2)
    assert desk.sessions.find(cookie, fresh=False) is None


def test_every_sign_in_has_an_id_of_its_own_and_the_store_does_not_know_it(desk: Desk) -> None:
    account = desk.store.add(ANA)
    cookies = {desk.sessions.begin(account, how="test") for _ in range(20)}
    assert len(cookies) == 20
    kept = {session.digest for session in desk.sessions.of_account("ana")}
    assert len(kept) == 20
    assert not any(digest in cookie for digest in kept for cookie in cookies)


def test_a_browser_is_described_briefly(desk: Desk) -> None:
    desk.sessions.begin(desk.store.add(ANA), "Firefox\non  Linux" + "x" * 500, how="test")
    (session,) = desk.sessions.of_account("ana")
    assert session.description.startswith("Firefox on Linux")
    assert len(session.description) == 120


def test_the_other_sessions_are_ended_and_this_one_goes_on(desk: Desk) -> None:
    account = desk.store.add(ANA)
    others = [desk.sessions.begin(account, how="test") for _ in range(60)]
    cookie = desk.sessions.begin(account, how="test")
    known = desk.sessions.find(cookie, fresh=True)
    assert known is not None
    assert desk.sessions.end_others(known.session) == 60
    assert desk.sessions.find(cookie, fresh=True) is not None
    assert not any(desk.sessions.find(other, fresh=False) for other in others)


def test_one_session_of_a_list_is_ended(desk: Desk) -> None:
    account = desk.store.add(ANA)
    cookie = desk.sessions.begin(account, how="test")
    (session,) = desk.sessions.of_account("ana")
    desk.sessions.end_one("ana", session.digest)
    assert desk.sessions.find(cookie, fresh=False) is None


def test_the_cookie_of_one_account_does_not_end_the_session_of_another(desk: Desk) -> None:
    ana = desk.store.add(ANA)
    cookie = desk.sessions.begin(ana, how="test")
    desk.sessions.end(cookie.replace(".ana.", ".eve."))
    assert desk.sessions.find(cookie, fresh=True) is not None


def test_a_clock_that_is_behind_does_not_make_a_sign_in_useless(desk: Desk) -> None:
    ended = desk.clock + timedelta(minutes=3)  # by a machine whose clock is ahead
    account = desk.store.add(Account(id="ana", name="Ana", sessions_ended_at=ended))
    cookie = desk.sessions.begin(account, how="test")
    assert desk.sessions.find(cookie, fresh=True) is not None


def test_a_disabled_account_begins_none(desk: Desk) -> None:
    account = desk.store.add(Account(id="ana", name="Ana", is_disabled=True))
    with pytest.raises(AccountDisabled):
        desk.sessions.begin(account, how="test")
    assert desk.sessions.of_account("ana") == ()


def test_a_read_that_a_change_overtakes_is_not_kept(desk: Desk) -> None:
    cookie = desk.sessions.begin(desk.store.add(ANA), how="test")
    find = desk.store.find_session

    def overtaken(account_id: str, digest: str):  # type: ignore[no-untyped-def]
        found = find(account_id, digest)
        desk.store.find_session = find  # type: ignore[method-assign]
        desk.sessions.end(cookie)
        return found

    desk.store.find_session = overtaken  # type: ignore[method-assign]
    assert desk.sessions.find(cookie, fresh=False) is not None  # it was so when it was read
    assert desk.sessions.find(cookie, fresh=False) is None


def test_at_most_five_thousand_sessions_are_remembered(desk: Desk) -> None:
    account = desk.store.add(ANA)
    cookie = desk.sessions.begin(account, how="test")
    known = desk.sessions.find(cookie, fresh=True)
    assert known is not None
    for number in range(5_100):
        desk.sessions._known.put(str(number), (b"", known), 30)
    assert len(desk.sessions._known) == 5_000


def test_a_session_of_another_account_is_nobodys(desk: Desk) -> None:
    desk.store.add(ANA)
    eve = desk.store.add(Account(id="eve", name="Eve"))
    cookie = desk.sessions.begin(eve, how="test")
    (session,) = desk.sessions.of_account("eve")
    moved = Session(
        digest=session.digest,
        account_id="ana",
        began_at=session.began_at,
        ends_at=session.ends_at,
    )
    desk.store._sessions["eve", session.digest] = moved
    assert desk.sessions.find(cookie, fresh=True) is None
