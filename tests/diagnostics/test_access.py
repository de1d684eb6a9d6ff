"""The doctor says who may do what and why, and what is dangerous in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from app.access.modes import Mode
from app.contracts.checks import Check, Finding, State
from app.diagnostics import machine as machine_checks
from app.diagnostics.access import AccessChecks
from app.machine.visitors import Visit
from app.model.errors import StorageUnavailable
from tests.support.balancer import SETTINGS as AT_THE_BALANCER
from tests.support.small_app import small_app

PROVIDER = {
    "OIDC_ISSUER": "https://corp.okta.com",
    "OIDC_CLIENT_ID": "directory",
    "OIDC_CLIENT_SECRET": "s3cr3t-of-the-client",
}


class Examined:
    """An application and what its checks of access find."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.services = app.extensions["sign_in"]
        self.visitors = app.extensions["console"].visitors
        self.checks = AccessChecks(app.extensions["settings"], self.services, self.visitors)

    def finding(self, name: str) -> Finding:
        (check,) = (each for each in self.checks.all() if each.name == name)
        return check.run()

    def claim(self) -> None:
        code = self.services.setup_link.address().rpartition("/")[2]
        self.services.setup_link.claim_with_password(
            code, "Ana Ruiz", "ana@corp.example", "five otters at sea"
        )


@pytest.fixture
def on_ec2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "vendor").write_text("Amazon EC2\n")
    monkeypatch.setattr(machine_checks, "VENDOR_FILE", tmp_path / "vendor")


def examined(folder: Path, **env: str) -> Examined:
    return Examined(small_app(folder, None, **({"ACCESS": ""} | env)))


@pytest.mark.parametrize(
    ("env", "state", "said"),
    [
        ({"ACCESS": "open"}, State.WARNING,
         "may change everything, because ACCESS=open is set."),
        ({"ACCESS": "read-only"}, State.OK,
         "may read it, without contact details, because ACCESS=read-only is set."),
        ({}, State.OK, "may read it, without contact details, because ACCESS is not set (flask"),
        (PROVIDER, State.OK,
         "without a sign-in, because ACCESS is not set, and people sign in at Okta."),
        (AT_THE_BALANCER, State.OK, "at the load balancer (ALB_SIGN_IN)."),
        ({"SIGN_IN_HEADER": "X-User", "SIGN_IN_HEADER_FROM": "10.0.0.5"}, State.OK,
         "at a proxy (SIGN_IN_HEADER=X-User)."),
    ],
    ids=["open", "read-only", "nothing", "provider", "balancer", "proxy"],
)  # fmt: skip
def test_the_mode_is_said_with_its_reason(
    tmp_path: Path, env: dict[str, str], state: State, said: str
) -> None:
    found = examined(tmp_path, **env).finding("Access")
    assert found.state is state
    assert said in found.message


def test_a_laptop_is_said_to_be_open_only_while_it_is(tmp_path: Path) -> None:
    claimed = examined(tmp_path / "claimed")
    claimed.claim()
    for directory in (claimed, examined(tmp_path / "behind", TRUSTED_PROXIES="1")):
        message = directory.finding("Access").message
        assert message.endswith("because ACCESS is not set."), message


def test_what_an_administrator_chose_is_said_to_be_chosen(tmp_path: Path) -> None:
    directory = examined(tmp_path)
    access = directory.services.access
    access.choose(access.settings(), mode=Mode.SIGN_IN, visibility={})
    assert "because an administrator has chosen that." in directory.finding("Access").message


def test_an_open_directory_on_ec2_is_broken_once_the_internet_has_asked(
    tmp_path: Path, on_ec2: None
) -> None:
    directory = examined(tmp_path, ACCESS="open")
    assert directory.finding("Access").state is State.WARNING
    directory.app.test_client().get("/", environ_base={"REMOTE_ADDR": "10.0.0.7"})
    assert directory.finding("Access").state is State.WARNING
    directory.app.test_client().get("/", environ_base={"REMOTE_ADDR": "8.8.8.8"})
    found = directory.finding("Access")
    assert found.state is State.FAILED
    assert "Somebody on the internet asked" in found.message
    assert "ACCESS=read-only" in found.fix_command


def test_behind_a_load_balancer_the_internet_is_who_it_forwards_for(
    tmp_path: Path, on_ec2: None
) -> None:
    directory = examined(tmp_path, ACCESS="open", TRUSTED_PROXIES="1")
    believed = {"X-Forwarded-For": "8.8.8.8"}
    directory.app.test_client().get("/", headers=believed, environ_base={"REMOTE_ADDR": "10.0.0.7"})
    assert directory.finding("Access").state is State.FAILED


def test_elsewhere_an_open_directory_is_warned_of(tmp_path: Path) -> None:
    directory = examined(tmp_path, ACCESS="open")
    directory.visitors.note("8.8.8.8", is_encrypted=True)
    found = directory.finding("Access")
    assert found.state is State.WARNING
    assert "Somebody on the internet asked" in found.message


def test_an_administrator_is_missed_until_there_is_one(tmp_path: Path) -> None:
    directory = examined(tmp_path)
    found = directory.finding("Administrator")
    assert (found.state, found.fix_command) == (State.WARNING, "flask setup-link")
    assert "/setup/" not in found.message
    directory.claim()
    assert directory.finding("Administrator").state is State.OK


def test_passwords_in_the_clear_are_warned_of(tmp_path: Path) -> None:
    directory = examined(tmp_path)
    directory.visitors.note("10.0.0.7", is_encrypted=False)
    assert directory.finding("Encryption").state is State.OK  # there is no password yet
    directory.claim()
    found = directory.finding("Encryption")
    assert found.state is State.WARNING
    assert "in the clear: some ask by plain HTTP" in found.message


def test_over_tls_and_on_the_machine_itself_nothing_is_in_the_clear(tmp_path: Path) -> None:
    directory = examined(tmp_path, PUBLIC_ADDRESS="https://people.corp.example")
    directory.claim()
    directory.visitors.note("10.0.0.7", is_encrypted=True)
    directory.visitors.note("127.0.0.1", is_encrypted=False)
    assert directory.finding("Encryption").state is State.OK


def test_a_public_address_without_tls_is_in_the_clear(tmp_path: Path) -> None:
    directory = examined(tmp_path, PUBLIC_ADDRESS="http://people.corp.example")
    directory.claim()
    assert "PUBLIC_ADDRESS is http://people.corp.example" in directory.finding("Encryption").message


def test_a_visit_of_long_ago_is_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = examined(tmp_path, ACCESS="open")
    monkeypatch.setattr(directory.visitors, "days_since", {Visit.FROM_THE_INTERNET: 7}.get)
    assert "internet" not in directory.finding("Access").message


def test_a_store_that_does_not_answer_is_said_and_not_guessed_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = examined(tmp_path)

    def fail() -> None:
        raise StorageUnavailable("the database", reason="it is off")

    monkeypatch.setattr(directory.services.access._store, "access_settings", fail)
    directory.services.access.forget()
    for name in ("Access", "Administrator"):
        with pytest.raises(StorageUnavailable):
            directory.finding(name)


def test_the_command_has_the_same_checks(tmp_path: Path) -> None:
    directory = examined(tmp_path)
    result = directory.app.test_cli_runner().invoke(args=["doctor"])
    names = [check.name for check in directory.checks.all()]
    assert names == ["Access", "Administrator", "Encryption"]
    assert all(f"  {name}: " in result.output for name in names)
    assert isinstance(directory.checks.all()[0], Check)
