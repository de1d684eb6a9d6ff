"""The policy follows the setting, then the administrator, and closes where the store is silent."""

from __future__ import annotations

import pytest

from app.access.modes import Mode
from app.access.viewer import Role
from app.access.visibility import Audience
from app.accounts.access import Access
from app.contracts.accounts import AccessSettings, Account, AccountConflict
from app.model.errors import StorageUnavailable
from tests.support.accounts_in_memory import AccountsInMemory

ADA = Account(id="a1", name="Ada", email="ada@example.com", role=Role.ADMIN)


class Hanging(AccountsInMemory):
    """A store that does not answer until it is told to."""

    is_silent = True

    def access_settings(self) -> AccessSettings:
        if self.is_silent:
            raise StorageUnavailable("the database")
        return super().access_settings()


@pytest.mark.parametrize(
    ("setting", "chosen", "has_sign_in", "mode"),
    [
        (None, None, False, Mode.READ_ONLY),
        (None, None, True, Mode.SIGN_IN),
        (None, Mode.OPEN, True, Mode.OPEN),
        (Mode.OPEN, None, True, Mode.OPEN),
        (Mode.SIGN_IN, Mode.OPEN, False, Mode.SIGN_IN),
    ],
)
def test_a_setting_wins_over_an_administrator_and_both_over_the_default(
    setting: Mode | None, chosen: Mode | None, has_sign_in: bool, mode: Mode
) -> None:
    access = Access(AccountsInMemory(), mode=setting, has_sign_in=has_sign_in)
    access.choose(access.settings(), mode=chosen, visibility={"email": Audience.EDITORS})
    policy = access.policy()
    assert (policy.mode, policy.is_chosen) == (mode, bool(setting or chosen))
    assert policy.visibility.audience_of("email") is Audience.EDITORS


def test_a_directory_is_claimed_by_a_claim_and_by_an_administrator_of_a_command() -> None:
    for make in (AccountsInMemory.claim, AccountsInMemory.add):
        store = AccountsInMemory()
        access = Access(store, mode=None, has_sign_in=False)
        assert not access.policy().is_claimed
        make(store, ADA)
        access.forget()
        assert access.policy().is_claimed


def test_a_choice_counts_at_once_and_a_choice_from_an_old_page_is_a_conflict() -> None:
    access = Access(AccountsInMemory(), mode=None, has_sign_in=False)
    seen = access.settings()
    assert access.policy().mode is Mode.READ_ONLY
    access.choose(seen, mode=Mode.SIGN_IN, visibility={})
    assert access.policy().mode is Mode.SIGN_IN
    with pytest.raises(AccountConflict):
        access.choose(seen, mode=Mode.OPEN, visibility={})


@pytest.mark.parametrize("setting", [None, Mode.READ_ONLY, Mode.OPEN])
def test_a_silent_store_closes_the_directory_unless_a_setting_says_otherwise(
    setting: Mode | None,
) -> None:
    access = Access(Hanging(), mode=setting, has_sign_in=False)
    policy = access.policy()
    assert policy.mode is (setting or Mode.SIGN_IN)
    assert (access.unknown_because is None) is (setting is not None)
    assert policy.is_chosen  # so that nothing opens it


def test_the_last_known_policy_stays_while_the_store_is_silent() -> None:
    store = Hanging()
    access = Access(store, mode=None, has_sign_in=False)
    store.is_silent = False
    assert access.policy().mode is Mode.READ_ONLY
    store.is_silent = True
    access.forget()
    assert access.policy().mode is Mode.READ_ONLY
    assert access.unknown_because is None


def test_the_policy_is_known_as_soon_as_the_store_answers() -> None:
    store = Hanging()
    access = Access(store, mode=None, has_sign_in=False)
    assert access.policy().mode is Mode.SIGN_IN
    store.is_silent = False
    access.forget()
    assert access.policy().mode is Mode.READ_ONLY
    assert access.unknown_because is None


def test_a_new_setup_link_is_a_new_generation() -> None:
    access = Access(AccountsInMemory(), mode=None, has_sign_in=False)
    assert access.renew_setup_link().setup_generation == 1
    assert access.renew_setup_link().setup_generation == 2
