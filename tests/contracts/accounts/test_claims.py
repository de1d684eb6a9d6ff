"""One caller claims a directory; settings change one version at a time."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from app.access.modes import Mode
from app.access.viewer import Role
from app.access.visibility import Audience
from app.contracts.accounts import (
    AccessSettings,
    AccountConflict,
    AccountExists,
    AccountStore,
    Identity,
    LastAdmin,
)
from app.model.errors import DirectoryError
from tests.support.stores.accounts import account, admin, local_account

Machines = Callable[[int], AccountStore]
CHOSEN = AccessSettings(
    mode=Mode.READ_ONLY,
    visibility={"phone": Audience.EDITORS, "email": Audience.EVERYBODY},
    setup_generation=3,
    org_top=("e1/\u00e9", "e2"),
)


def test_a_new_directory_has_the_defaults(store: AccountStore) -> None:
    assert store.access_settings() == AccessSettings()


def test_settings_come_back_as_they_were(store: AccountStore) -> None:
    saved = store.save_access_settings(CHOSEN)
    assert saved == replace(CHOSEN, version=1)
    assert store.access_settings() == saved
    cleared = store.save_access_settings(AccessSettings(version=1))
    assert store.access_settings() == cleared == AccessSettings(version=2)


def test_settings_of_an_old_version_are_a_conflict(store: AccountStore) -> None:
    store.save_access_settings(CHOSEN)
    for version in (0, 2):
        with pytest.raises(AccountConflict):
            store.save_access_settings(AccessSettings(mode=Mode.OPEN, version=version))
    assert store.access_settings() == replace(CHOSEN, version=1)


def test_settings_saved_twice_after_a_lost_reply_are_saved_once(store: AccountStore) -> None:
    assert store.save_access_settings(CHOSEN) == store.save_access_settings(CHOSEN)
    assert store.access_settings().version == 1


def test_a_directory_is_claimed_once(store: AccountStore) -> None:
    first = admin("a1", person_id="e1")
    assert store.claim(first)
    assert store.claim(first), "whose reply was lost asks again"
    assert not store.claim(admin("b1"))
    assert not store.claim(admin("c1", person_id="e1"))
    assert store.get("a1") == replace(first, version=1)
    assert store.list_accounts().accounts == (store.get("a1"),)
    assert store.get("b1") is store.get("c1") is None
    assert store.access_settings() == AccessSettings(claimed_by="a1", version=1)
    assert store.count_admins() == 1


def test_an_account_that_is_there_can_claim(store: AccountStore) -> None:
    colleague = store.add(account("a1", person_id="e1"))
    assert store.claim(replace(colleague, role=Role.ADMIN, role_origin="setup", name="Zoë"))
    claimed = store.get("a1")
    assert claimed == replace(
        colleague, role=Role.ADMIN, role_origin="setup", name="Zoë", version=2
    )
    assert store.find_person("e1") == claimed == store.list_accounts().accounts[0]
    assert colleague.identity
    assert store.find_identity(colleague.identity) == claimed
    with pytest.raises(LastAdmin):
        store.update(replace(claimed, role=Role.COLLEAGUE))


def test_settings_do_not_touch_the_claim(store: AccountStore) -> None:
    store.save_access_settings(CHOSEN)
    assert store.claim(admin("a1"))
    claimed = store.access_settings()
    assert claimed == replace(CHOSEN, claimed_by="a1", version=2)
    saved = store.save_access_settings(replace(claimed, claimed_by="", mode=Mode.SIGN_IN))
    assert (saved.claimed_by, saved.mode) == ("a1", Mode.SIGN_IN)
    assert not store.claim(admin("b1"))


def test_a_claim_takes_nothing_from_another_account(store: AccountStore) -> None:
    store.add(account("a1", person_id="e1"))
    store.add(local_account("b1", "ana@example.com"))
    for taken in (
        admin("c1", identity=Identity("https://issuer.example", "subject of a1")),
        admin("c1", person_id="e1"),
        local_account("c1", "ANA@example.com", role=Role.ADMIN),
    ):
        with pytest.raises(AccountExists):
            store.claim(taken)
    assert store.access_settings().claimed_by == ""
    assert store.get("c1") is None


@pytest.mark.parametrize("round_number", range(3))
def test_of_many_who_claim_at_once_one_does(machines: Machines, round_number: int) -> None:
    def claim(number: int) -> bool:
        return machines(number).claim(local_account(f"a{number}", f"{number}@example.com"))

    with ThreadPoolExecutor(8) as pool:
        claimed = list(pool.map(claim, range(8)))
    assert sorted(claimed) == [False] * 7 + [True]
    winner = f"a{claimed.index(True)}"
    assert [each.id for each in machines(0).list_accounts().accounts] == [winner]
    assert machines(1).access_settings().claimed_by == winner


@pytest.mark.parametrize("round_number", range(3))
def test_two_administrators_who_demote_each_other_leave_one(
    machines: Machines, round_number: int
) -> None:
    admins = [machines(0).add(admin(f"a{number}")) for number in range(2)]

    def demote(number: int) -> object:
        try:
            return machines(number).update(replace(admins[number], role=Role.COLLEAGUE))
        except DirectoryError as error:
            return error

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(demote, range(2)))
    assert [type(each) for each in answers].count(LastAdmin) == 1
    assert machines(0).count_admins() == 1


def test_of_many_who_add_one_identity_one_does(machines: Machines) -> None:
    def add(number: int) -> object:
        same = account(f"a{number}", identity=Identity("https://issuer.example", "one"))
        try:
            return machines(number).add(same)
        except AccountExists:
            return None

    with ThreadPoolExecutor(8) as pool:
        added = [each for each in pool.map(add, range(8)) if each]
    assert list(machines(0).list_accounts().accounts) == added
    assert len(added) == 1
