"""An account is its issuer and subject; emails show who it is and give nothing but a link."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from app.access.viewer import Origin, Role, Viewer, operator
from app.accounts.errors import AccountNotFound, ValueRejected
from app.accounts.profile import Profile
from app.contracts.accounts import Account, AccountExists, Identity, LastAdmin
from tests.accounts.conftest import Desk

ANA = Identity("https://idp.example", "ana-1")
PROFILE = Profile("Ana Sol", "ana@example.com", email_is_proven=True)
ADMIN = Viewer(role=Role.ADMIN, origin=Origin.SESSION, account_id="admin")
OPERATOR = operator("ubuntu")


def test_a_first_sign_in_makes_an_account_and_a_second_finds_it(desk: Desk) -> None:
    first = desk.accounts.sign_in(ANA, PROFILE)
    assert (first.name, first.email, first.role) == ("Ana Sol", "ana@example.com", Role.COLLEAGUE)
    again = desk.accounts.sign_in(ANA, PROFILE._replace(name="Ana Luna", email="luna@example.com"))
    assert again.id == first.id
    assert (again.name, again.email) == ("Ana Luna", "luna@example.com")


def test_the_same_subject_of_another_issuer_is_somebody_else(desk: Desk) -> None:
    ana = desk.accounts.sign_in(ANA, PROFILE)
    other = desk.accounts.sign_in(Identity("https://evil.example", "ana-1"), PROFILE)
    assert other.id != ana.id


def test_an_email_never_finds_an_account(desk: Desk) -> None:
    local = desk.accounts.add_with_password("Ana", "ana@example.com", Role.ADMIN, by=OPERATOR)
    mallory = desk.accounts.sign_in(Identity("https://idp.example", "mallory"), PROFILE)
    assert mallory.id != local.id
    assert mallory.role is Role.COLLEAGUE


def test_a_proven_email_links_the_one_person_who_has_it(desk: Desk) -> None:
    desk.people["ana@example.com"] = ("person-ana",)
    account = desk.accounts.sign_in(ANA, PROFILE)
    assert (account.person_id, account.role) == ("person-ana", Role.COLLEAGUE)


def test_a_person_who_was_added_later_is_linked_at_the_next_sign_in(desk: Desk) -> None:
    assert desk.accounts.sign_in(ANA, PROFILE).person_id == ""
    desk.people["ana@example.com"] = ("person-ana",)
    assert desk.accounts.sign_in(ANA, PROFILE).person_id == "person-ana"


@pytest.mark.parametrize(
    ("profile", "people"),
    [
        (PROFILE._replace(email_is_proven=False), ("person-ana",)),
        (PROFILE, ("person-ana", "another-ana")),
        (PROFILE, ()),
        (PROFILE._replace(email=""), ("person-ana",)),
    ],
)
def test_an_email_that_is_not_proven_or_not_one_persons_links_nobody(
    desk: Desk, profile: Profile, people: tuple[str, ...]
) -> None:
    desk.people["ana@example.com"] = people
    assert desk.accounts.sign_in(ANA, profile).person_id == ""


def test_the_email_of_a_linked_person_links_nobody_else(desk: Desk) -> None:
    desk.people["ana@example.com"] = ("person-ana",)
    desk.accounts.sign_in(ANA, PROFILE)
    mallory = desk.accounts.sign_in(Identity("https://idp.example", "mallory"), PROFILE)
    assert mallory.person_id == ""


def test_a_linked_account_is_never_linked_again_by_email(desk: Desk) -> None:
    desk.people |= {"ana@example.com": ("person-ana",), "luna@example.com": ("person-luna",)}
    desk.accounts.sign_in(ANA, PROFILE)
    again = desk.accounts.sign_in(ANA, PROFILE._replace(email="luna@example.com"))
    assert again.person_id == "person-ana"


def test_groups_give_roles_and_take_them_at_the_next_sign_in(desk: Desk) -> None:
    desk.store.add(Account(id="root", name="Root", email="r@example.com", role=Role.ADMIN))
    for groups, role in (
        (("hr",), Role.EDITOR),
        (("hr", "it"), Role.ADMIN),
        (("sales",), Role.COLLEAGUE),
        (("it",), Role.ADMIN),
        ((), Role.COLLEAGUE),
    ):
        assert desk.accounts.sign_in(ANA, PROFILE._replace(groups=groups)).role is role


@pytest.mark.parametrize("by", [ADMIN, OPERATOR])
@pytest.mark.parametrize("role", [Role.EDITOR, Role.COLLEAGUE])
def test_what_an_administrator_gave_groups_do_not_take(desk: Desk, by: Viewer, role: Role) -> None:
    account = desk.accounts.sign_in(ANA, PROFILE._replace(groups=("hr",)))
    desk.accounts.change_role(account.id, Role.ADMIN, by=OPERATOR)
    desk.store.add(Account(id="root", name="Root", email="r@example.com", role=Role.ADMIN))
    desk.accounts.change_role(account.id, role, by=by)
    for groups in ((), ("it",), ("hr",)):
        assert desk.accounts.sign_in(ANA, PROFILE._replace(groups=groups)).role is role


def test_groups_do_not_take_the_role_of_the_last_administrator(desk: Desk) -> None:
    desk.accounts.sign_in(ANA, PROFILE._replace(groups=("it",)))
    assert desk.accounts.sign_in(ANA, PROFILE).role is Role.ADMIN
    desk.store.add(Account(id="root", name="Root", email="r@example.com", role=Role.ADMIN))
    assert desk.accounts.sign_in(ANA, PROFILE).role is Role.COLLEAGUE


def test_two_first_sign_ins_at_once_are_one_account(desk: Desk) -> None:
    desk.people["ana@example.com"] = ("person-ana",)
    together = threading.Barrier(8)
    found: list[Account] = []

    def sign_in() -> None:
        together.wait()
        found.append(desk.accounts.sign_in(ANA, PROFILE))

    threads = [threading.Thread(target=sign_in) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({account.id for account in found}) == 1
    assert len(found) == 8
    assert found[0].person_id == "person-ana"


def test_a_sign_in_that_changes_nothing_writes_nothing_for_an_hour(desk: Desk) -> None:
    first = desk.accounts.sign_in(ANA, PROFILE)
    assert desk.accounts.sign_in(ANA, PROFILE).version == first.version
    desk.wait(minutes=61)
    assert desk.accounts.sign_in(ANA, PROFILE).version == first.version + 1


def test_a_disabled_account_stays_as_it_is_whoever_vouches_for_it(desk: Desk) -> None:
    account = desk.accounts.sign_in(ANA, PROFILE)
    disabled = desk.accounts.disable(account.id, by=ADMIN)
    assert desk.accounts.sign_in(ANA, PROFILE._replace(groups=("it",))) == disabled


def test_the_last_administrator_is_demoted_and_disabled_by_a_command_only(desk: Desk) -> None:
    account = desk.accounts.add_with_password("Ana", "a@example.com", Role.ADMIN, by=OPERATOR)
    with pytest.raises(LastAdmin):
        desk.accounts.change_role(account.id, Role.EDITOR, by=ADMIN)
    with pytest.raises(LastAdmin):
        desk.accounts.disable(account.id, by=ADMIN)
    assert desk.accounts.has_admin()
    assert desk.accounts.change_role(account.id, Role.EDITOR, by=OPERATOR).role is Role.EDITOR
    assert not desk.accounts.has_admin()


def test_the_sessions_of_a_disabled_account_stay_over_when_it_is_enabled(desk: Desk) -> None:
    account = desk.accounts.sign_in(ANA, PROFILE)
    cookie = desk.sessions.begin(account, how="test")
    desk.accounts.disable(account.id, by=ADMIN)
    assert desk.sessions.find(cookie, fresh=False) is None
    desk.accounts.enable(account.id, by=ADMIN)
    assert desk.sessions.find(cookie, fresh=True) is None


def test_a_provider_ends_the_sessions_of_somebody_who_signed_out_there(desk: Desk) -> None:
    account = desk.accounts.sign_in(ANA, PROFILE)
    cookie = desk.sessions.begin(account, how="test")
    desk.accounts.end_sessions_of(Identity("https://evil.example", "ana-1"), desk.clock)
    assert desk.sessions.find(cookie, fresh=False) is not None
    said_at = desk.clock
    desk.accounts.end_sessions_of(ANA, said_at)
    assert desk.sessions.find(cookie, fresh=False) is None
    current = desk.accounts.get(account.id)
    assert current is not None
    later = desk.sessions.begin(current, how="test")
    desk.accounts.end_sessions_of(ANA, said_at)  # the same message again
    assert desk.sessions.find(later, fresh=True) is not None


def test_an_account_is_linked_to_one_person_by_hand_and_unlinked(desk: Desk) -> None:
    ana = desk.accounts.sign_in(ANA, PROFILE)
    other = desk.accounts.sign_in(ANA._replace(subject="bo"), Profile("Bo"))
    assert desk.accounts.link(ana.id, "person", by=ADMIN).person_id == "person"
    with pytest.raises(AccountExists):
        desk.accounts.link(other.id, "person", by=ADMIN)
    assert desk.accounts.link(ana.id, "", by=ADMIN).person_id == ""
    assert desk.accounts.link(other.id, "person", by=ADMIN).person_id == "person"


def test_a_change_of_an_account_that_changed_meanwhile_keeps_both(desk: Desk) -> None:
    account = desk.accounts.sign_in(ANA, PROFILE)
    get, meanwhile = desk.store.get, iter(["renamed"])

    def get_and_change(account_id: str) -> Account | None:
        found = get(account_id)
        if found is not None and next(meanwhile, ""):
            desk.store.update(replace(found, name="Renamed"))
        return found

    desk.store.get = get_and_change  # type: ignore[method-assign]
    changed = desk.accounts.change_role(account.id, Role.EDITOR, by=ADMIN)
    assert (changed.name, changed.role) == ("Renamed", Role.EDITOR)


def test_an_account_that_is_gone_is_told(desk: Desk) -> None:
    with pytest.raises(AccountNotFound):
        desk.accounts.change_role("gone", Role.EDITOR, by=ADMIN)


@pytest.mark.parametrize(
    ("name", "email", "field"),
    [("", "a@example.com", "name"), ("x" * 101, "a@example.com", "name"), ("Ana", "", "email"),
     ("Ana", "ana", "email"), ("Ana", "a b@example.com", "email"),
     ("Ana", "a@" + "x" * 260, "email")],
)  # fmt: skip
def test_a_name_or_an_email_that_is_none_is_told(
    desk: Desk, name: str, email: str, field: str
) -> None:
    with pytest.raises(ValueRejected) as error:
        desk.accounts.add_with_password(name, email, by=OPERATOR)
    assert error.value.field == field


@pytest.mark.parametrize("name", ["", "\x00\u202e", "N" * 5000, "Ana\nSol"])
def test_whatever_a_provider_calls_somebody_becomes_a_name(desk: Desk, name: str) -> None:
    account = desk.accounts.sign_in(ANA, Profile(name))
    assert 0 < len(account.name) <= 100
    assert account.name.isprintable()
