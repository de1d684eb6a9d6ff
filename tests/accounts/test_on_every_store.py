"""What several people do at once ends alike on every store, and so does a day of one of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.access.viewer import Origin, Role, Viewer, operator
from app.accounts.errors import AlreadyClaimed, InvitationSpent, SignInRefused, TooManyAttempts
from app.accounts.profile import Profile
from app.contracts.accounts import Identity, LastAdmin
from app.model.errors import DirectoryError
from tests.accounts.conftest import Desk
from tests.support.signed_in import services_of
from tests.support.small_app import small_app, stores_of
from tests.support.stores.bindings import BINDINGS, Room

OPERATOR = operator("ubuntu")
ADMIN = Viewer(role=Role.ADMIN, origin=Origin.SESSION, account_id="admin")
PASSWORD = "blue otter 73 lamp"
ISSUER = "https://idp.example"


@pytest.fixture(
    params=[
        pytest.param(binding, id=binding.name, marks=binding.marks)
        for binding in BINDINGS
        if binding.many
    ]
)
def room(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Room]:
    opened = request.param.open(request, tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def desks(room: Room) -> tuple[Desk, Desk]:
    """The services of two machines that share a store."""
    return Desk(store=room.open_accounts()), Desk(store=room.open_accounts())


def at_once(*calls: Callable[[], object]) -> list[object]:
    """What the calls return, or the errors that they raise."""
    together = threading.Barrier(len(calls))
    outcomes: list[object] = [None] * len(calls)

    def run(number: int, call: Callable[[], object]) -> None:
        together.wait()
        try:
            outcomes[number] = call()
        except DirectoryError as error:
            outcomes[number] = error

    threads = [
        threading.Thread(target=run, args=(number, call)) for number, call in enumerate(calls)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_a_day_of_an_administrator_and_a_colleague(desks: tuple[Desk, Desk]) -> None:
    here, there = desks
    code = here.setup_link.address().removeprefix("/setup/")
    admin = there.setup_link.claim_with_password(code, "Ana", "ana@example.com", PASSWORD)
    with pytest.raises(AlreadyClaimed):
        here.setup_link.check(code)
    assert here.password_sign_in.sign_in("ANA@example.com", PASSWORD).id == admin.id

    here.people["bo@example.com"] = ("person-bo",)
    profile = Profile("Bo", "bo@example.com", email_is_proven=True, groups=("hr",))
    bo = here.accounts.sign_in(Identity(ISSUER, "bo"), profile)
    assert (bo.person_id, bo.role) == ("person-bo", Role.EDITOR)
    cookie = here.sessions.begin(bo, "Firefox on Linux", how="test")
    known = there.sessions.find(cookie, fresh=True)
    assert known is not None
    assert known.account.id == bo.id

    there.accounts.change_role(bo.id, Role.COLLEAGUE, by=ADMIN)
    known = here.sessions.find(cookie, fresh=True)
    assert known is not None
    assert known.account.role is Role.COLLEAGUE
    there.accounts.disable(bo.id, by=ADMIN)
    assert here.sessions.find(cookie, fresh=True) is None

    cy = there.accounts.add_with_password("Cy", "cy@example.com", by=OPERATOR)
    link = there.invitations.make(cy, by=OPERATOR).removeprefix("/invite/")
    here.invitations.spend(link, PASSWORD)
    with pytest.raises(InvitationSpent):
        there.invitations.spend(link, PASSWORD)
    assert there.password_sign_in.sign_in("cy@example.com", PASSWORD).id == cy.id
    assert [account.name for account in here.accounts.page().accounts] == ["Ana", "Bo", "Cy"]


def test_of_two_claims_at_once_one_is_made(desks: tuple[Desk, Desk]) -> None:
    code = desks[0].setup_link.address().removeprefix("/setup/")

    def claim(number: int) -> Callable[[], object]:
        link, email = desks[number % 2].setup_link, f"{number}@example.com"
        return lambda: link.claim_with_password(code, "Ana", email, PASSWORD)

    outcomes = at_once(*(claim(number) for number in range(4)))
    assert sum(isinstance(each, AlreadyClaimed) for each in outcomes) == 3
    assert len(desks[0].accounts.page().accounts) == 1


def test_somebody_who_signs_in_twice_at_once_has_one_account(desks: tuple[Desk, Desk]) -> None:
    identity, profile = Identity(ISSUER, "ana"), Profile("Ana", "ana@example.com", True)
    for desk in desks:
        desk.people["ana@example.com"] = ("person-ana",)
    calls = [
        lambda desk=desk: desk.accounts.sign_in(identity, profile).id  # type: ignore[misc]
        for desk in desks * 2
    ]
    assert len(set(map(str, at_once(*calls)))) == 1
    (account,) = desks[0].accounts.page().accounts
    assert account.person_id == "person-ana"


def test_of_two_people_with_one_email_at_once_one_is_linked(desks: tuple[Desk, Desk]) -> None:
    profile = Profile("Ana", "ana@example.com", True)
    for desk in desks:
        desk.people["ana@example.com"] = ("person-ana",)
    outcomes = at_once(
        lambda: desks[0].accounts.sign_in(Identity(ISSUER, "ana"), profile),
        lambda: desks[1].accounts.sign_in(Identity("https://other.example", "ana"), profile),
    )
    assert not [each for each in outcomes if isinstance(each, DirectoryError)]
    accounts = desks[0].accounts.page().accounts
    assert sorted(account.person_id for account in accounts) == ["", "person-ana"]


def test_two_administrators_who_demote_each_other_at_once_leave_one(
    desks: tuple[Desk, Desk],
) -> None:
    ana, bo = (
        desks[0].accounts.add_with_password(name, f"{name}@example.com", Role.ADMIN, by=OPERATOR)
        for name in ("ana", "bo")
    )
    outcomes = at_once(
        lambda: desks[0].accounts.change_role(ana.id, Role.COLLEAGUE, by=ADMIN),
        lambda: desks[1].accounts.disable(bo.id, by=ADMIN),
    )
    assert desks[0].accounts.has_admin()
    assert sum(isinstance(each, LastAdmin) for each in outcomes) == 1


def test_wrong_passwords_at_once_are_all_counted(desks: tuple[Desk, Desk]) -> None:
    link = desks[0].invitations
    account = desks[0].accounts.add_with_password("Ana", "ana@example.com", by=OPERATOR)
    link.spend(link.make(account, by=OPERATOR).removeprefix("/invite/"), PASSWORD)

    def wrong(number: int) -> Callable[[], object]:
        desk = desks[number % 2]
        return lambda: desk.password_sign_in.sign_in(
            "ana@example.com", f"wrong {number}", f"192.0.2.{number}"
        )

    outcomes = at_once(*(wrong(number) for number in range(8)))
    assert all(isinstance(each, SignInRefused | TooManyAttempts) for each in outcomes)
    assert sum(desk.passwords.checked for desk in desks) <= 5
    stored = desks[0].accounts.get(account.id)
    assert stored is not None
    assert stored.failures == sum(desk.passwords.checked for desk in desks)


def test_the_commands_work(room: Room, tmp_path: Path) -> None:
    app = small_app(tmp_path, stores_of(room.store, None, accounts=room.open_accounts()))
    runner = app.test_cli_runner()
    assert runner.invoke(args=["setup-link"]).stdout.startswith("/setup/")
    added = runner.invoke(args=["user", "add", "Ana Sol", "ana@example.com", "--role", "admin"])
    assert added.exit_code == 0, added.output
    for command in (
        ["user", "role", "ana@example.com", "editor"],
        ["user", "disable", "Ana Sol"],
        ["user", "enable", "ana sol"],
        ["user", "link", "ana@example.com"],
        ["user", "list"],
    ):
        result = runner.invoke(args=command)
        assert result.exit_code == 0, result.output
    assert "editor\tAna Sol\tana@example.com" in result.stdout
    assert not services_of(app).accounts.has_admin()


def test_a_new_password_ends_the_sessions_of_all_machines(desks: tuple[Desk, Desk]) -> None:
    here, there = desks
    ana = here.accounts.add_with_password("Ana", "ana@example.com", by=OPERATOR)
    here.invitations.spend(
        here.invitations.make(ana, by=OPERATOR).removeprefix("/invite/"), PASSWORD
    )
    account = there.password_sign_in.sign_in("ana@example.com", PASSWORD)
    cookie = there.sessions.begin(account, how="test")
    there.wait(seconds=1)
    changed = there.own_password.change(ana.id, PASSWORD, f"{PASSWORD} anew")
    assert here.sessions.find(cookie, fresh=True) is None
    anew = there.sessions.begin(changed, how="test")
    assert here.sessions.find(anew, fresh=True)
    with pytest.raises(SignInRefused):
        here.password_sign_in.sign_in("ana@example.com", PASSWORD)
    assert here.password_sign_in.sign_in("ana@example.com", f"{PASSWORD} anew").id == ana.id
