"""A password is checked so that guessing is slow, and an unknown email tells nothing."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from app.access.viewer import operator
from app.accounts.errors import (
    AccountDisabled,
    PasswordsBusy,
    SignInRefused,
    TooManyAttempts,
    ValueRejected,
)
from app.accounts.passwords import HASHES_AT_ONCE, MOST_AT_ONCE, Passwords, require_good
from app.contracts.accounts import Account
from app.runtime.runtime_dir import RuntimeDir
from tests.accounts.conftest import Desk
from tests.support.in_time import wait_until

RIGHT = "blue otter 73 lamp"
EMAIL = "ana@example.com"
OPERATOR = operator("ubuntu")


@pytest.fixture
def account(desk: Desk) -> Account:
    return desk.store.add(
        Account(id="ana", name="Ana", email=EMAIL, password_hash=f"hash of {RIGHT}")
    )


def attempt(desk: Desk, password: str, email: str = EMAIL, peer: str = "192.0.2.1") -> str:
    """The name of who is signed in, or of what is raised."""
    try:
        return desk.password_sign_in.sign_in(email, password, peer).name
    except (SignInRefused, TooManyAttempts, AccountDisabled) as error:
        return type(error).__name__


def test_the_right_password_signs_in_in_any_case_of_the_email(desk: Desk, account: Account) -> None:
    assert attempt(desk, RIGHT) == "Ana"
    assert attempt(desk, RIGHT, " ANA@Example.com ") == "Ana"
    assert attempt(desk, RIGHT.upper()) == "SignInRefused"


def test_wrong_email_and_wrong_password_are_told_alike(desk: Desk, account: Account) -> None:
    with pytest.raises(SignInRefused) as unknown:
        desk.password_sign_in.sign_in("nobody@example.com", RIGHT)
    with pytest.raises(SignInRefused) as wrong:
        desk.password_sign_in.sign_in(EMAIL, "wrong")
    assert str(unknown.value) == str(wrong.value)
    assert desk.passwords.checked == 2, "an unknown email costs a hash too"


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.com"])
def test_five_wrong_ones_wait_a_minute_then_twice_as_long_to_a_quarter_of_an_hour(
    desk: Desk, account: Account, email: str
) -> None:
    for _ in range(5):
        assert attempt(desk, "wrong", email) == "SignInRefused"
    for seconds in (60, 120, 240, 480, 900, 900):
        checked = desk.passwords.checked
        assert attempt(desk, RIGHT, email) == "TooManyAttempts"
        assert desk.passwords.checked == checked, "none is tried while it waits"
        desk.wait(seconds=seconds - 2)
        assert attempt(desk, RIGHT, email) == "TooManyAttempts"
        desk.wait(seconds=3)
        assert attempt(desk, "wrong", email) == "SignInRefused"


def test_the_right_password_forgets_the_wrong_ones(desk: Desk, account: Account) -> None:
    for _ in range(4):
        attempt(desk, "wrong")
    assert attempt(desk, RIGHT) == "Ana"
    stored = desk.store.get("ana")
    assert stored is not None
    assert (stored.failures, stored.locked_until) == (0, None)
    assert stored.signed_in_at == desk.clock


def test_the_wait_holds_on_every_machine(desk: Desk, account: Account) -> None:
    for _ in range(5):
        attempt(desk, "wrong")
    other = Desk()
    other.password_sign_in._store = desk.store
    assert attempt(other, RIGHT) == "TooManyAttempts"


def test_wrong_ones_at_the_same_time_are_all_counted(desk: Desk, account: Account) -> None:
    together = threading.Barrier(16)
    desk.passwords._places = threading.BoundedSemaphore(16)
    outcomes: list[str] = []

    def try_one(number: int) -> None:
        together.wait()
        outcomes.append(attempt(desk, f"wrong {number}", peer=f"192.0.2.{number}"))

    threads = [threading.Thread(target=try_one, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 16
    assert desk.passwords.checked <= 5
    assert attempt(desk, RIGHT) == "TooManyAttempts"


def test_twenty_a_minute_come_from_an_address_whoever_they_are_for(desk: Desk) -> None:
    emails = [f"{number}@example.com" for number in range(20)]
    assert {attempt(desk, "x", email) for email in emails} == {"SignInRefused"}
    assert attempt(desk, "x", "more@example.com") == "TooManyAttempts"
    assert attempt(desk, "x", "more@example.com", peer="192.0.2.2") == "SignInRefused"
    desk.wait(seconds=3)
    assert attempt(desk, "x", "more@example.com") == "SignInRefused"


def test_a_household_with_ipv6_is_one_address(desk: Desk) -> None:
    for number in range(20):
        attempt(desk, "x", f"{number}@example.com", peer=f"2001:db8:1:2::{number:x}")
    assert attempt(desk, "x", "more@example.com", "2001:db8:1:2:ffff::1") == "TooManyAttempts"
    assert attempt(desk, "x", "more@example.com", "2001:db8:1:3::1") == "SignInRefused"


def test_only_the_right_password_tells_that_an_account_is_disabled(
    desk: Desk, account: Account
) -> None:
    desk.accounts.disable("ana", by=OPERATOR)
    assert attempt(desk, "wrong") == "SignInRefused"
    assert attempt(desk, RIGHT) == "AccountDisabled"


def test_an_account_without_a_password_is_nobodys(desk: Desk) -> None:
    desk.accounts.add_with_password("Bo", "bo@example.com", by=OPERATOR)
    for password in ("", "hash of ", "x"):
        assert attempt(desk, password, "bo@example.com") == "SignInRefused"


@pytest.mark.parametrize(
    "password",
    ["", "short", "elevenchars", "password1234", "x" * 129, "aaaaaaaaaaaa", "Qwertyuiop123",
     "ana@example.com", "ana maria sol"],
)  # fmt: skip
def test_a_password_that_is_short_long_or_common_cannot_be_chosen(password: str) -> None:
    with pytest.raises(ValueRejected) as error:
        require_good(password, "Ana Maria Sol", "ana@example.com")
    assert error.value.field == "password"


@pytest.mark.parametrize(
    "password", [RIGHT, "x7" * 3 + "qpzv-m", "naïve Überraschung", "日本語のとても長い合言葉です"]
)
def test_any_other_can(password: str) -> None:
    require_good(password, "Ana", "ana@example.com")


def test_a_hash_is_scrypt_and_only_its_password_fits() -> None:
    passwords = Passwords()
    kept = passwords.hash("naïve Überraschung")
    assert kept.startswith("scrypt:32768:8:1$")
    assert kept != passwords.hash("naïve Überraschung")
    assert passwords.matches(kept, "nai\u0308ve U\u0308berraschung"), "typed on another keyboard"
    assert not passwords.matches(kept, "naive Uberraschung")
    assert not passwords.matches("", "anything")


def test_two_hashes_are_made_at_once_and_a_third_waits_its_turn_briefly() -> None:
    passwords = Passwords(wait_seconds=0.01)
    for _ in range(HASHES_AT_ONCE):
        passwords._slots.acquire()
    with pytest.raises(PasswordsBusy):
        passwords.hash(RIGHT)
    with pytest.raises(PasswordsBusy):
        passwords.matches("", RIGHT)
    passwords._slots.release()
    assert passwords.hash(RIGHT)


def test_an_attempt_that_a_busy_machine_does_not_make_is_not_counted(
    desk: Desk, account: Account
) -> None:
    desk.passwords._places = threading.BoundedSemaphore(1)
    with desk.passwords.place():
        for _ in range(8):
            with pytest.raises(PasswordsBusy):
                desk.password_sign_in.sign_in(EMAIL, "wrong")
    assert attempt(desk, RIGHT) == "Ana"


def test_only_a_few_threads_wait_for_their_turn_and_the_next_is_told_at_once() -> None:
    passwords = Passwords(wait_seconds=60)
    for _ in range(HASHES_AT_ONCE):
        passwords._slots.acquire()
    waiting = [threading.Thread(target=passwords.hash, args=(RIGHT,)) for _ in range(MOST_AT_ONCE)]
    for thread in waiting:
        thread.start()
    wait_until(lambda: not passwords._places._value)
    with pytest.raises(PasswordsBusy):
        passwords.hash(RIGHT)
    for _ in range(HASHES_AT_ONCE):
        passwords._slots.release()
    for thread in waiting:
        thread.join()
    assert passwords.hash(RIGHT)


def test_the_processes_of_a_machine_share_the_two(tmp_path: Path) -> None:
    here, there = (Passwords(RuntimeDir(tmp_path), wait_seconds=0.01) for _ in range(2))
    with here._slot(), there._slot():
        with pytest.raises(PasswordsBusy):
            here.hash(RIGHT)
        with pytest.raises(PasswordsBusy):
            there.hash(RIGHT)
    assert here.hash(RIGHT)


def test_a_machine_whose_disk_is_full_checks_passwords_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = RuntimeDir(tmp_path)

    def full(_: str) -> Path:
        raise OSError("no space left on device")

    monkeypatch.setattr(folder, "path", full)
    assert Passwords(folder).hash(RIGHT)
