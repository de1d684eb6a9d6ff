"""The account of who has left is disabled: at once where it is asked, else when it is seen."""

from __future__ import annotations

import pytest

from app.access.viewer import Role, operator
from app.accounts.errors import AccountDisabled
from app.accounts.leavers import WORKS_SECONDS
from app.accounts.profile import Profile
from app.contracts.accounts import Account, Identity
from app.directory.linked_people import LinkedPeople
from app.history.changes import Write
from app.model.employee import Employee
from app.model.errors import StorageUnavailable
from tests.accounts.conftest import Desk
from tests.support.days import COMING_DAY, PAST_DAY, set_today
from tests.support.model_store import ModelStore

OPERATOR = operator("root")
ANA = Account(id="ana", name="Ana", email="ana@example.com", role=Role.EDITOR, person_id="a1")
IDENTITY = Identity("https://idp.example.com", "ana")
PROFILE = Profile("Ana", "ana@example.com", email_is_proven=True)


def test_the_last_administrator_is_not_disabled(desk: Desk) -> None:
    admin = desk.accounts.add_with_password(
        "Ana", "a@example.com", Role.ADMIN, by=OPERATOR, person_id="a1"
    )
    desk.left.add("a1")
    cookie = desk.sessions.begin(admin, how="test")
    assert desk.sessions.find(cookie, fresh=True) is not None


def test_who_has_left_without_anybody_having_said_so_cannot_sign_in(desk: Desk) -> None:
    account = desk.store.add(ANA)
    desk.left.add("a1")
    with pytest.raises(AccountDisabled):
        desk.sessions.begin(account, how="test")
    stored = desk.store.get("ana")
    assert stored is not None
    assert stored.is_disabled


def test_a_session_ends_within_minutes_of_the_day_on_which_its_person_left(desk: Desk) -> None:
    cookie = desk.sessions.begin(desk.store.add(ANA), how="test")
    desk.left.add("a1")
    assert desk.sessions.find(cookie, fresh=True) is not None
    desk.wait(seconds=WORKS_SECONDS + 1)
    assert desk.sessions.find(cookie, fresh=True) is None
    assert desk.sessions.find(cookie, fresh=False) is None


def test_who_was_enabled_again_signs_in_when_the_person_is_back(desk: Desk) -> None:
    desk.left.add("a1")
    assert desk.leavers.checked(desk.store.add(ANA)).is_disabled
    desk.left.clear()
    enabled = desk.accounts.enable("ana", by=OPERATOR)
    assert desk.sessions.find(desk.sessions.begin(enabled, how="test"), fresh=True) is not None


def test_while_nobody_can_be_asked_who_has_left_sessions_go_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(_: str) -> bool:
        raise StorageUnavailable("the database", "get", "people", "locked")

    monkeypatch.setattr(desk.leavers, "_has_left", silent)
    cookie = desk.sessions.begin(desk.store.add(ANA), how="test")
    assert desk.sessions.find(cookie, fresh=True) is not None


def test_an_email_links_nobody_to_who_has_left(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    employees = ModelStore()
    for employee_id, day in (("gone", PAST_DAY), ("here", ""), ("going", COMING_DAY)):
        employees.add(
            Employee(id=employee_id, full_name=employee_id, email=f"{employee_id}@x.org",
                     left_on=day),
            Write(employee_id),
        )  # fmt: skip
    people = LinkedPeople(employees)
    found = [people.find(f"{name}@x.org") for name in ("gone", "here", "going", "nobody")]
    assert found == [(), ("here",), ("going",), ()]
    assert [people.has_left(name) for name in ("gone", "here", "going", "nobody")] == [
        True, False, False, False,
    ]  # fmt: skip
    set_today(monkeypatch, COMING_DAY)
    assert people.find("going@x.org") == ()
    assert people.has_left("going")
    desk.people = {PROFILE.email: people.find("gone@x.org")}
    assert desk.accounts.sign_in(IDENTITY, PROFILE).person_id == ""
