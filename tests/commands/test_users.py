"""Accounts and the setup link by command, clear about who is meant."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from app.access.viewer import Role
from app.accounts.profile import Profile
from app.contracts.accounts import Identity
from app.history.changes import Write
from app.model.employee import Employee
from tests.support.signed_in import add_account, services_of
from tests.support.small_app import small_app


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return small_app(tmp_path, ACCESS="read-only")


def run(app: Flask, *command: str) -> Result:
    return app.test_cli_runner().invoke(args=list(command))


def ok(app: Flask, *command: str) -> str:
    result = run(app, *command)
    assert result.exit_code == 0, result.output
    return result.output


def refused(app: Flask, *command: str) -> str:
    result = run(app, *command)
    assert result.exit_code == 1
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.stderr


def test_an_account_is_added_with_a_link_to_choose_its_password(app: Flask) -> None:
    result = run(app, "user", "add", "Ana Sol", "ana@example.com", "--role", "admin")
    assert result.exit_code == 0
    code = re.fullmatch(r"/invite/(\S+)\n", result.stdout)
    assert code, "the link alone is on standard output"
    assert "Added Ana Sol <ana@example.com> as admin." in result.stderr
    services = services_of(app)
    account = services.invitations.spend(code[1], "blue otter 73 lamp")
    assert (account.name, account.role, account.role_origin) == ("Ana Sol", Role.ADMIN, "command")


def test_the_list_has_everybody_with_role_and_way_in(app: Flask) -> None:
    assert "Nobody has an account." in ok(app, "user", "list")
    ok(app, "user", "add", "Ana Sol", "ana@example.com")
    identity = Identity("https://idp.example", "bo")
    services_of(app).accounts.sign_in(identity, Profile("Bo \x1b[31mLund", "bo@example.com"))
    listed = run(app, "user", "list")
    ana, bo = listed.stdout.splitlines()
    assert ana.split("\t")[1:6] == ["colleague", "Ana Sol", "ana@example.com", "password",
                                    "no person"]  # fmt: skip
    assert "https://idp.example" in bo
    assert "\x1b" not in listed.output
    assert "Accounts: 2" in listed.stderr


def test_more_accounts_than_a_page_are_all_listed(app: Flask) -> None:
    for number in range(120):
        add_account(app, Role.COLLEAGUE, f"n{number}")
    assert len(run(app, "user", "list").stdout.splitlines()) == 120


@pytest.mark.parametrize("who", ["ANA@example.com", "ana", "Ana", " ana "])
def test_an_account_is_meant_by_id_email_or_name(app: Flask, who: str) -> None:
    add_account(app, Role.COLLEAGUE)
    assert "Ana <ana@example.com> is an editor now." in ok(app, "user", "role", who, "editor")
    account = services_of(app).accounts.get("ana")
    assert account is not None
    assert (account.role, account.role_origin) == (Role.EDITOR, "command")


def test_an_unknown_account_is_told_and_nothing_is_changed(app: Flask) -> None:
    add_account(app, Role.COLLEAGUE)
    assert "No account has the id, email or name 'eve'" in refused(
        app, "user", "role", "eve", "admin"
    )
    assert not services_of(app).accounts.has_admin()


def test_of_several_accounts_the_ids_are_told(app: Flask) -> None:
    add_account(app, Role.COLLEAGUE, "a1", email="ana@example.com")
    add_account(app, Role.COLLEAGUE, "a2", email="ana@example.com",
                identity=Identity("https://idp.example", "ana"))  # fmt: skip
    sentence = refused(app, "user", "disable", "ana@example.com")
    assert "2 accounts are meant" in sentence
    assert "a1 (" in sentence
    assert "a2 (" in sentence


def test_an_email_that_has_an_account_is_refused(app: Flask) -> None:
    ok(app, "user", "add", "Ana", "ana@example.com")
    assert "belongs to another account" in refused(app, "user", "add", "A", "ANA@example.com")


@pytest.mark.parametrize(("name", "email"), [("", "a@example.com"), ("Ana", "no email")])
def test_what_is_no_name_or_email_is_refused(app: Flask, name: str, email: str) -> None:
    assert "Enter a" in refused(app, "user", "add", name, email)


def test_a_command_may_demote_the_last_administrator_and_says_so(app: Flask) -> None:
    add_account(app, Role.ADMIN)
    output = ok(app, "user", "role", "ana", "colleague")
    assert "Ana <ana@example.com> is a colleague now." in output
    assert "Nobody is an administrator now." in output
    assert "is an admin now" in ok(app, "user", "role", "ana", "admin")


def test_an_account_is_disabled_and_enabled(app: Flask) -> None:
    account = add_account(app, Role.EDITOR)
    sessions = services_of(app).sessions
    cookie = sessions.begin(account, how="test")
    assert "is disabled" in ok(app, "user", "disable", "ana")
    assert sessions.find(cookie, fresh=True) is None
    assert "can sign in again" in ok(app, "user", "enable", "ana")


def test_a_new_link_is_made_and_of_a_provider_there_is_none(app: Flask) -> None:
    add_account(app, Role.EDITOR)
    assert re.fullmatch(r"/invite/\S+\n", run(app, "user", "link", "ana").stdout)
    add_account(app, Role.EDITOR, "Bo", identity=Identity("https://idp.example", "bo"))
    assert "signs in at a provider" in refused(app, "user", "link", "bo")


def test_an_account_is_linked_to_one_employee_and_to_none(app: Flask) -> None:
    add_account(app, Role.EDITOR)
    add_account(app, Role.EDITOR, "Bo")
    add_employee(app, "e1", "ana.sol@example.com")
    assert "belongs to Ana Sol (e1) now" in ok(app, "user", "person", "ana", "e1")
    assert "another account" in refused(app, "user", "person", "bo", "ana.sol@example.com")
    assert "belongs to nobody now" in ok(app, "user", "person", "ana")
    assert "belongs to Ana Sol (e1) now" in ok(app, "user", "person", "bo", "ANA.SOL@example.com")


def test_an_employee_who_is_not_there_is_linked_to_no_account(app: Flask) -> None:
    add_account(app, Role.EDITOR)
    add_employee(app, "e1", "twice@example.com")
    add_employee(app, "e2", "twice@example.com")
    assert "Nobody here has this id" in refused(app, "user", "person", "ana", "e3")
    assert "Several people" in refused(app, "user", "person", "ana", "twice@example.com")
    add = ("user", "add", "Cy", "cy@example.com", "--person")
    assert "Nobody here has this id" in refused(app, *add, "e3")
    assert "no person" in ok(app, "user", "list"), "nothing was changed"
    assert "cy@example.com" not in ok(app, "user", "list")


def add_employee(app: Flask, employee_id: str, email: str) -> None:
    employee = Employee(id=employee_id, full_name="Ana Sol", email=email)
    app.extensions["directory"].employees.add(employee, Write(f"add-{employee_id}"))


def test_the_public_address_makes_whole_links(tmp_path: Path) -> None:
    app = small_app(tmp_path, PUBLIC_ADDRESS="https://people.example.com")
    assert run(app, "setup-link").stdout.startswith("https://people.example.com/setup/")
    result = run(app, "user", "add", "Ana", "ana@example.com")
    assert result.stdout.startswith("https://people.example.com/invite/")
    assert "Whoever opens this within 24 hours" in result.stderr


def test_the_setup_link_is_printed_alone_and_the_same_again(app: Flask) -> None:
    first = run(app, "setup-link")
    assert re.fullmatch(r"/setup/[0-9a-f]{32}\n", first.stdout)
    assert run(app, "setup-link").stdout == first.stdout
    renewed = run(app, "setup-link", "--anew").stdout
    assert renewed != first.stdout
    assert run(app, "setup-link").stdout == renewed


def test_of_a_claimed_directory_there_is_no_setup_link(app: Flask) -> None:
    ok(app, "user", "add", "Ana", "ana@example.com", "--role", "admin")
    for command in (("setup-link",), ("setup-link", "--anew")):
        result = run(app, *command)
        assert (result.exit_code, result.stdout) == (1, "")
        assert "has an administrator already" in result.stderr


def test_a_code_that_is_set_is_replaced_by_the_setting_only(tmp_path: Path) -> None:
    app = small_app(tmp_path, SETUP_CODE="blue-otter-73-lamp")
    assert run(app, "setup-link").stdout == "/setup/blue-otter-73-lamp\n"
    assert "SETUP_CODE" in refused(app, "setup-link", "--anew")


def test_who_ran_a_command_is_in_the_log(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUDO_USER", "grace")
    add_account(app, Role.COLLEAGUE)
    result = run(app, "user", "role", "ana", "editor")
    assert f'"by": "command:grace on {socket.gethostname()}"' in result.stderr
    assert "{" not in result.stdout
