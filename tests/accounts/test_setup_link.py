"""The setup link makes one administrator, whoever opens it how often."""

from __future__ import annotations

import logging
import threading

import pytest

from app.access.viewer import Role, operator
from app.accounts.errors import AlreadyClaimed, SetupCodeWrong, TooManyAttempts, ValueRejected
from app.accounts.profile import Profile
from app.contracts.accounts import AccessSettings, Account, Identity
from app.model.errors import StorageUnavailable
from tests.accounts.conftest import Desk

OPERATOR = operator("ubuntu")
PASSWORD = "blue otter 73 lamp"


def code_of(desk: Desk) -> str:
    address = desk.setup_link.address()
    assert address.startswith("/setup/")
    return address.removeprefix("/setup/")


def claim(desk: Desk, code: str, email: str = "ana@example.com") -> Account:
    return desk.setup_link.claim_with_password(code, "Ana", email, PASSWORD)


def test_whoever_has_the_code_becomes_the_administrator(desk: Desk) -> None:
    account = claim(desk, code_of(desk))
    assert (account.role, account.role_origin) == (Role.ADMIN, "setup")
    assert desk.access.policy().is_claimed
    assert desk.password_sign_in.sign_in("ana@example.com", PASSWORD).id == account.id


def test_every_machine_with_the_same_key_prints_the_same_link(desk: Desk) -> None:
    other = Desk()
    assert code_of(other) == code_of(desk)
    other.keys = ("an0ther-key-0123456789",)
    assert code_of(other) != code_of(desk)


def test_a_link_of_before_a_new_key_still_works(desk: Desk) -> None:
    code = code_of(desk)
    desk.keys = ("an0ther-key-0123456789", *desk.keys)
    assert code_of(desk) != code
    desk.setup_link.check(code)


def test_looking_at_the_link_a_hundred_times_claims_nothing(desk: Desk) -> None:
    code = code_of(desk)
    for number in range(100):
        desk.setup_link.check(code, peer=f"192.0.2.{number}")
    assert not desk.access.policy().is_claimed


def test_of_many_claims_at_once_one_is_made(desk: Desk) -> None:
    code = code_of(desk)
    together = threading.Barrier(8)
    outcomes: list[str] = []

    def claim_now(number: int) -> None:
        together.wait()
        try:
            outcomes.append(claim(desk, code, f"{number}@example.com").email)
        except AlreadyClaimed:
            outcomes.append("")

    threads = [threading.Thread(target=claim_now, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(map(bool, outcomes)) == 1
    assert len(desk.accounts.page().accounts) == 1


def test_the_link_is_over_when_there_is_an_administrator_from_elsewhere(desk: Desk) -> None:
    code = code_of(desk)
    desk.accounts.add_with_password("Bo", "bo@example.com", Role.ADMIN, by=OPERATOR)
    for call in (
        desk.setup_link.address,
        lambda: desk.setup_link.check(code),
        lambda: claim(desk, code),
        lambda: desk.setup_link.renew(by=OPERATOR),
    ):
        with pytest.raises(AlreadyClaimed):
            call()


@pytest.mark.parametrize("wrong", ["", "x", "é" * 40, "0" * 32, "x" * 100_000])
def test_another_code_claims_nothing(desk: Desk, wrong: str) -> None:
    with pytest.raises(SetupCodeWrong):
        claim(desk, wrong)
    assert not desk.accounts.has_admin()


def test_codes_are_tried_twenty_times_a_minute_from_an_address(desk: Desk) -> None:
    for number in range(20):
        with pytest.raises(SetupCodeWrong):
            desk.setup_link.check(f"guess {number}", peer="192.0.2.1")
    with pytest.raises(TooManyAttempts):
        desk.setup_link.check(code_of(desk), peer="192.0.2.1")
    desk.setup_link.check(code_of(desk), peer="192.0.2.2")


def test_a_new_link_makes_the_former_one_useless(desk: Desk) -> None:
    former = code_of(desk)
    renewed = desk.setup_link.renew(by=OPERATOR)
    assert renewed == f"/setup/{code_of(desk)}"
    with pytest.raises(SetupCodeWrong):
        desk.setup_link.check(former)


def test_a_code_that_is_set_takes_the_place_of_the_one_that_is_made() -> None:
    desk, plain = Desk(setup_code="blue-otter-73-lamp"), Desk()
    assert desk.setup_link.address() == "/setup/blue-otter-73-lamp"
    with pytest.raises(SetupCodeWrong):
        claim(desk, code_of(plain))
    assert claim(desk, " blue-otter-73-lamp ").role is Role.ADMIN


def test_whoever_signed_in_at_a_provider_becomes_administrator_with_that_account(
    desk: Desk,
) -> None:
    account = desk.accounts.sign_in(Identity("https://idp.example", "ana"), Profile("Ana"))
    claimed = desk.setup_link.claim_with_account(code_of(desk), account)
    assert (claimed.id, claimed.role, claimed.identity) == (
        account.id,
        Role.ADMIN,
        account.identity,
    )
    assert len(desk.accounts.page().accounts) == 1


@pytest.mark.parametrize(
    ("name", "email", "password", "field"),
    [
        ("", "a@example.com", PASSWORD, "name"),
        ("Ana", "ana", PASSWORD, "email"),
        ("Ana", "a@example.com", "short", "password"),
        ("Ana", "a@example.com", "password1234", "password"),
    ],
)
def test_a_claim_with_something_wrong_says_what_and_claims_nothing(
    desk: Desk, name: str, email: str, password: str, field: str
) -> None:
    with pytest.raises(ValueRejected) as error:
        desk.setup_link.claim_with_password(code_of(desk), name, email, password)
    assert error.value.field == field
    assert not desk.accounts.has_admin()


def announced(desk: Desk, caplog: pytest.LogCaptureFixture) -> list[str]:
    with caplog.at_level(logging.INFO, "app.accounts.setup_link"):
        desk.setup_link._announce()
    return [record.getMessage() for record in caplog.records if "/setup/" in record.getMessage()]


def test_the_link_of_a_new_directory_is_in_the_log(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    (line,) = announced(desk, caplog)
    assert f"/setup/{code_of(desk)} " in line


def test_of_a_claimed_directory_the_log_says_nothing(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    claim(desk, code_of(desk))
    assert announced(desk, caplog) == []


def test_a_silent_store_stops_nothing_and_is_asked_again(
    desk: Desk, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([StorageUnavailable("the database"), StorageUnavailable("the database")])
    settings = desk.store.access_settings

    def sometimes() -> AccessSettings:
        if (error := next(answers, None)) is not None:
            raise error
        return settings()

    monkeypatch.setattr(desk.store, "access_settings", sometimes)
    monkeypatch.setattr("app.accounts.setup_link._ANNOUNCE_EVERY_SECONDS", 0)
    assert len(announced(desk, caplog)) == 1
