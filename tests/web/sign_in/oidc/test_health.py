"""What the health check says of a provider, before somebody tries to sign in."""

from __future__ import annotations

import time
from email.utils import formatdate
from typing import Any

import pytest

from app.contracts.checks import State
from app.settings import Settings
from app.web.sign_in.oidc.health import (
    check_clock,
    check_provider,
    check_secret,
    provider_checks,
)
from tests.support.servers.lying_provider import DISCOVERY, KEYS, LyingProvider


def test_a_provider_that_works_has_a_redirect_address_to_register(idp: LyingProvider) -> None:
    found = check_provider(idp.settings())
    assert found.state is State.OK
    assert "http://127.0.0.1:5000/sign-in/back" in found.message
    assert "1 key" in found.message


def test_an_address_in_the_clear_is_told(idp: LyingProvider) -> None:
    found = check_provider(idp.settings(redirect_address="http://people.example.com/sign-in/back"))
    assert found.state is State.WARNING
    assert "not encrypted" in found.message


@pytest.mark.parametrize("path", [DISCOVERY, KEYS])
@pytest.mark.parametrize("fault", ["500", "html", "hang"])
def test_a_provider_that_does_not_answer_is_told(idp: LyingProvider, path: str, fault: str) -> None:
    idp.faults[path] = fault
    found = check_provider(idp.settings())
    assert found.state is State.FAILED
    assert found.fix_command == f"curl -sS {idp.issuer}{DISCOVERY}"


def test_a_provider_that_calls_itself_otherwise_is_told_with_both_names(
    idp: LyingProvider,
) -> None:
    idp.document["issuer"] = f"{idp.issuer}/"
    found = check_provider(idp.settings())
    assert found.state is State.FAILED
    assert repr(f"{idp.issuer}/") in found.message
    assert repr(idp.issuer) in found.message


def test_a_provider_without_keys_is_told(idp: LyingProvider) -> None:
    idp.published = []
    assert "publishes no key" in check_provider(idp.settings()).message


def test_what_is_missing_is_told_and_nobody_is_asked(idp: LyingProvider) -> None:
    found = check_provider(idp.settings(missing=("PUBLIC_ADDRESS",)))
    assert found.state is State.FAILED
    assert "PUBLIC_ADDRESS=https://people.example.com" in found.fix_command
    assert idp.asked == []


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (3600, "60 minutes ahead of"),
        (-3600, "60 minutes behind"),
        (90, "90 seconds ahead of"),
        (9000, "2 hours ahead of"),
    ],
)
def test_a_clock_that_is_wrong_is_told(idp: LyingProvider, ahead: int, words: str) -> None:
    idp.date = formatdate(time.time(), usegmt=True)
    found = check_clock(idp.settings(), lambda: time.time() + ahead)
    assert found.state is State.FAILED
    assert words.split()[1] in found.message
    assert words.split()[2] in found.message


def test_a_clock_that_is_right_is_fine(idp: LyingProvider) -> None:
    assert check_clock(idp.settings()).state is State.OK
    idp.date = "yesterday"
    assert check_clock(idp.settings()).state is State.OK


@pytest.mark.parametrize(
    ("secret", "state"),
    [
        ("your-client-secret", State.FAILED),
        ("changeme", State.FAILED),
        ("xxxxxxxx", State.FAILED),
        ("GOCSPX-7hT0b1zVq9Lm", State.OK),
    ],
)
def test_a_secret_that_an_example_has_is_told(secret: str, state: State) -> None:
    found = check_secret(oidc(client_secret=secret))
    assert found.state is state
    assert secret not in found.message


def test_the_id_of_a_secret_in_entra_is_not_its_value() -> None:
    issuer = "https://login.microsoftonline.com/8f0c0000-0000-0000-0000-000000000000/v2.0"
    identifier = "0b7e3a52-6f0d-4c3e-9a77-2f8c3d9f1a10"
    assert "not its Value" in check_secret(oidc(issuer=issuer, client_secret=identifier)).message
    assert check_secret(oidc(client_secret=identifier)).state is State.OK


def test_a_directory_without_a_provider_has_no_such_checks(idp: LyingProvider) -> None:
    assert provider_checks(Settings.from_env({})) == []
    names = [check.name for check in provider_checks(Settings.from_env(idp.environment()))]
    assert names == ["OpenID provider", "Provider's clock", "Client secret"]


def oidc(**changes: Any) -> Any:
    provider = Settings.from_env(
        {
            "OIDC_ISSUER": "https://example.okta.com",
            "OIDC_CLIENT_ID": "directory",
            "OIDC_CLIENT_SECRET": "s3cr3t",
            "PUBLIC_ADDRESS": "https://people.example.com",
        }
    ).sign_in.oidc
    from dataclasses import replace

    assert provider is not None
    return replace(provider, **changes)
