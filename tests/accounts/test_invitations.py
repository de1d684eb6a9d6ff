"""A one-time link sets a password once, within a day, however often it is looked at."""

from __future__ import annotations

import threading

import pytest

from app.access.viewer import operator
from app.accounts.errors import InvitationSpent, PasswordsBusy, SignInRefused, ValueRejected
from app.accounts.profile import Profile
from app.contracts.accounts import Account, Identity
from tests.accounts.conftest import Desk

OPERATOR = operator("ubuntu")
PASSWORD = "blue otter 73 lamp"


@pytest.fixture
def account(desk: Desk) -> Account:
    return desk.accounts.add_with_password("Ana", "ana@example.com", by=OPERATOR)


def code_for(desk: Desk, account: Account) -> str:
    return desk.invitations.make(account, by=OPERATOR).removeprefix("/invite/")


def test_a_link_sets_the_password_and_ends_what_the_former_one_began(
    desk: Desk, account: Account
) -> None:
    cookie = desk.sessions.begin(account, how="test")
    desk.invitations.spend(code_for(desk, account), PASSWORD)
    assert desk.password_sign_in.sign_in("ana@example.com", PASSWORD).id == account.id
    assert desk.sessions.find(cookie, fresh=False) is None


def test_whoever_has_chosen_a_password_has_signed_in(desk: Desk, account: Account) -> None:
    assert account.signed_in_at is None
    assert desk.invitations.spend(code_for(desk, account), PASSWORD).signed_in_at is not None


def test_a_link_is_looked_at_often_and_spent_once(desk: Desk, account: Account) -> None:
    code = code_for(desk, account)
    for _ in range(20):
        assert desk.invitations.find(code).id == account.id
    desk.invitations.spend(code, PASSWORD)
    for call in (desk.invitations.find, lambda each: desk.invitations.spend(each, "x" + PASSWORD)):
        with pytest.raises(InvitationSpent):
            call(code)
    assert desk.password_sign_in.sign_in("ana@example.com", PASSWORD)


def test_a_new_password_makes_every_link_of_before_useless(desk: Desk, account: Account) -> None:
    went_astray, again = code_for(desk, account), code_for(desk, account)
    assert desk.invitations.find(went_astray).id == account.id
    desk.invitations.spend(again, PASSWORD)
    with pytest.raises(InvitationSpent):
        desk.invitations.find(went_astray)
    with pytest.raises(InvitationSpent):
        desk.invitations.spend(went_astray, "x" + PASSWORD)
    assert desk.invitations.spend(code_for(desk, account), "y" + PASSWORD).id == account.id


def test_of_two_links_that_are_spent_at_once_one_sets_the_password(
    desk: Desk, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = code_for(desk, account), code_for(desk, account)
    hash_it = desk.passwords.hash

    def hash_meanwhile(password: str) -> str:
        monkeypatch.undo()
        desk.invitations.spend(second, PASSWORD)
        return hash_it(password)

    monkeypatch.setattr(desk.passwords, "hash", hash_meanwhile)
    with pytest.raises(InvitationSpent):
        desk.invitations.spend(first, "x" + PASSWORD)
    assert desk.password_sign_in.sign_in("ana@example.com", PASSWORD)


def test_a_link_is_of_its_own_account_only(desk: Desk, account: Account) -> None:
    other = desk.accounts.add_with_password("Bo", "bo@example.com", by=OPERATOR)
    code = code_for(desk, account).replace(account.id, other.id)
    with pytest.raises(InvitationSpent):
        desk.invitations.find(code)


def test_of_many_who_spend_a_link_at_once_one_sets_the_password(
    desk: Desk, account: Account
) -> None:
    code = code_for(desk, account)
    together = threading.Barrier(8)
    chosen: list[str] = []

    def spend(number: int) -> None:
        together.wait()
        try:
            desk.invitations.spend(code, f"{PASSWORD} {number}")
        except InvitationSpent:
            return
        chosen.append(f"{PASSWORD} {number}")

    threads = [threading.Thread(target=spend, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(chosen) == 1
    assert desk.password_sign_in.sign_in("ana@example.com", chosen[0])


def test_a_password_that_cannot_be_used_spends_nothing(desk: Desk, account: Account) -> None:
    code = code_for(desk, account)
    with pytest.raises(ValueRejected):
        desk.invitations.spend(code, "password1234")
    assert desk.invitations.spend(code, PASSWORD).id == account.id


def test_a_busy_machine_spends_nothing(
    desk: Desk, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = code_for(desk, account)

    def busy(_: str) -> str:
        raise PasswordsBusy

    with monkeypatch.context() as context:
        context.setattr(desk.passwords, "hash", busy)
        with pytest.raises(PasswordsBusy):
            desk.invitations.spend(code, PASSWORD)
    assert desk.invitations.spend(code, PASSWORD).id == account.id


def test_a_link_of_yesterday_is_none(desk: Desk, account: Account) -> None:
    desk.wait(hours=-25)  # the store reads the real clock
    code = code_for(desk, account)
    with pytest.raises(InvitationSpent):
        desk.invitations.find(code)
    with pytest.raises(InvitationSpent):
        desk.invitations.spend(code, PASSWORD)


@pytest.mark.parametrize("code", ["", "x", "é" * 200, "x" * 100_000])
def test_what_never_was_a_link_is_none(desk: Desk, code: str) -> None:
    with pytest.raises(InvitationSpent):
        desk.invitations.find(code)


def test_the_link_of_a_disabled_account_is_none(desk: Desk, account: Account) -> None:
    code = code_for(desk, account)
    desk.accounts.disable(account.id, by=OPERATOR)
    with pytest.raises(InvitationSpent):
        desk.invitations.find(code)


def test_whoever_signs_in_at_a_provider_gets_no_password(desk: Desk) -> None:
    account = desk.accounts.sign_in(Identity("https://idp.example", "ana"), Profile("Ana"))
    with pytest.raises(ValueRejected, match="signs in at a provider"):
        desk.invitations.make(account, by=OPERATOR)


def test_a_new_password_forgets_the_wrong_ones(desk: Desk, account: Account) -> None:
    for _ in range(5):
        with pytest.raises(SignInRefused):
            desk.password_sign_in.sign_in("ana@example.com", "wrong")
    desk.invitations.spend(code_for(desk, account), PASSWORD)
    assert desk.password_sign_in.sign_in("ana@example.com", PASSWORD).id == account.id
