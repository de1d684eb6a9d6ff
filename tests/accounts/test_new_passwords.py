"""Whoever is signed in changes their password: once they know the current one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.access.viewer import operator
from app.accounts.errors import (
    AccountDisabled,
    AccountNotFound,
    InvitationSpent,
    SignInRefused,
    TooManyAttempts,
    ValueRejected,
)
from app.accounts.password_sign_in import FREE_FAILURES
from app.accounts.profile import Profile
from app.contracts.accounts import Account, Identity
from tests.accounts.conftest import Desk

OPERATOR = operator("ubuntu")
EMAIL = "ana@example.com"
OLD, NEW = "blue otter 73 lamp", "eleven loud geese"


@pytest.fixture
def ana(desk: Desk) -> Account:
    account = desk.accounts.add_with_password("Ana", EMAIL, by=OPERATOR)
    desk.invitations.spend(desk.invitations.make(account, by=OPERATOR).split("/")[-1], OLD)
    return account


def test_the_new_password_signs_in_and_all_sessions_are_over(desk: Desk, ana: Account) -> None:
    account = desk.password_sign_in.sign_in(EMAIL, OLD)
    cookies = [desk.sessions.begin(account, how="test") for _ in range(2)]
    changed = desk.own_password.change(ana.id, OLD, NEW)
    assert [desk.sessions.find(cookie, fresh=False) for cookie in cookies] == [None, None]
    anew = desk.sessions.begin(changed, how="test")
    assert desk.sessions.find(anew, fresh=True)
    assert desk.password_sign_in.sign_in(EMAIL, NEW).id == ana.id
    with pytest.raises(SignInRefused):
        desk.password_sign_in.sign_in(EMAIL, OLD)


def test_what_is_over_stays_over_by_a_clock_that_is_behind(desk: Desk, ana: Account) -> None:
    cookie = desk.sessions.begin(ana, how="test")
    desk.wait(seconds=5)
    desk.own_password.change(ana.id, OLD, NEW)
    desk.clock -= timedelta(seconds=10)
    desk.own_password.change(ana.id, NEW, OLD)
    assert desk.sessions.find(cookie, fresh=True) is None
    desk.accounts.end_sessions(ana.id, by=OPERATOR)
    assert desk.sessions.find(cookie, fresh=True) is None


def test_wrong_current_passwords_lock_the_account_as_those_of_a_sign_in_do(
    desk: Desk, ana: Account
) -> None:
    for _ in range(2):
        with pytest.raises(SignInRefused):
            desk.password_sign_in.sign_in(EMAIL, "wrong otter 1 lamp")
    for _ in range(FREE_FAILURES - 1):
        with pytest.raises(SignInRefused):
            desk.own_password.change(ana.id, "wrong otter 1 lamp", NEW)
    with pytest.raises(TooManyAttempts):
        desk.own_password.change(ana.id, OLD, NEW)
    with pytest.raises(TooManyAttempts):
        desk.password_sign_in.sign_in(EMAIL, OLD)
    desk.wait(minutes=2)
    desk.own_password.change(ana.id, OLD, NEW)
    stored = desk.store.get(ana.id)
    assert stored
    assert (stored.failures, stored.locked_until) == (0, None)


def test_wrong_current_passwords_from_one_address_are_few(desk: Desk, ana: Account) -> None:
    for _ in range(20):
        with pytest.raises((SignInRefused, TooManyAttempts)):
            desk.own_password.change(ana.id, "wrong otter 1 lamp", NEW, "192.0.2.7")
    desk.clock += timedelta(hours=1)  # the lock is over, the limit of the address is not
    with pytest.raises(TooManyAttempts):
        desk.own_password.change(ana.id, OLD, NEW, "192.0.2.7")


@pytest.mark.parametrize(
    ("current", "new", "field"),
    [("", NEW, "current_password"), (OLD, "short", "password"), (OLD, EMAIL, "password"),
     (OLD, "password1234", "password"), (OLD, "x" * 129, "password"), (OLD, OLD, "password")],
)  # fmt: skip
def test_what_cannot_be_the_new_password_counts_nothing(
    desk: Desk, ana: Account, current: str, new: str, field: str
) -> None:
    before, checked = desk.store.get(ana.id), desk.passwords.checked
    with pytest.raises(ValueRejected) as raised:
        desk.own_password.change(ana.id, current, new)
    assert raised.value.field == field
    assert (desk.store.get(ana.id), desk.passwords.checked) == (before, checked)


def test_who_signs_in_at_a_provider_or_is_gone_has_no_password(desk: Desk) -> None:
    bo = desk.accounts.sign_in(Identity("https://idp.example", "bo"), Profile("Bo", EMAIL))
    with pytest.raises(ValueRejected):
        desk.own_password.change(bo.id, OLD, NEW)
    with pytest.raises(AccountNotFound):
        desk.own_password.change("nobody", OLD, NEW)


def test_a_disabled_account_stays_as_it_is(desk: Desk, ana: Account) -> None:
    desk.accounts.disable(ana.id, by=OPERATOR)
    with pytest.raises(AccountDisabled):
        desk.own_password.change(ana.id, OLD, NEW)
    desk.accounts.enable(ana.id, by=OPERATOR)
    assert desk.password_sign_in.sign_in(EMAIL, OLD)


def test_a_one_time_link_of_before_is_of_no_use(desk: Desk, ana: Account) -> None:
    link = desk.invitations.make(ana, by=OPERATOR)
    desk.own_password.change(ana.id, OLD, NEW)
    with pytest.raises(InvitationSpent):
        desk.invitations.find(link.removeprefix("/invite/"))


def test_a_one_time_link_that_was_faster_wins(
    desk: Desk, ana: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    hash_of = desk.passwords.hash

    def hash_late(password: str) -> str:
        stored = desk.store.get(ana.id)
        assert stored
        if stored.password_hash == hash_of(OLD):
            desk.store.update(replace(stored, password_hash=hash_of("a third, of the link")))
        return hash_of(password)

    monkeypatch.setattr(desk.passwords, "hash", hash_late)
    with pytest.raises(SignInRefused):
        desk.own_password.change(ana.id, OLD, NEW)
    assert desk.password_sign_in.sign_in(EMAIL, "a third, of the link")
