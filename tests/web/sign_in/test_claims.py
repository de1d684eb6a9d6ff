"""What is taken from the claims of a provider, and what proves nothing."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import pytest

from app.settings.oidc import OidcSettings
from app.web.sign_in.claims import MAX_GROUPS, identity_of, profile_of

OKTA = OidcSettings(
    issuer="https://example.okta.com",
    client_id="directory",
    client_secret="s3cr3t",
    redirect_address="https://people.example.com/sign-in/back",
    label="Okta",
)
ENTRA = replace(OKTA, issuer="https://login.microsoftonline.com/8f0c/v2.0")
ANA = {"sub": "ana", "name": "Ana Ruiz", "email": "ana@example.com"}


@pytest.mark.parametrize("verified", [True, "true"])
def test_an_email_is_proven_where_the_provider_says_so(verified: object) -> None:
    profile = profile_of({**ANA, "email_verified": verified}, OKTA)
    assert (profile.name, profile.email) == ("Ana Ruiz", "ana@example.com")
    assert profile.email_is_proven


@pytest.mark.parametrize("verified", [None, False, "false", "", "yes", [True], {"a": 1}, 2])
def test_an_email_that_is_not_said_to_be_proven_is_not(verified: object) -> None:
    assert not profile_of({**ANA, "email_verified": verified}, OKTA).email_is_proven
    assert not profile_of(ANA, OKTA).email_is_proven


def test_the_operator_may_say_that_every_email_is_proven() -> None:
    assert profile_of(ANA, replace(OKTA, email_is_proven=True)).email_is_proven
    nothing = {"sub": "ana"}
    assert not profile_of(nothing, replace(OKTA, email_is_proven=True)).email_is_proven


@pytest.mark.parametrize("said", [True, "1", 1])
def test_entra_proves_an_email_by_the_owner_of_its_domain(said: object) -> None:
    assert profile_of({**ANA, "xms_edov": said}, ENTRA).email_is_proven
    assert not profile_of({**ANA, "xms_edov": said}, OKTA).email_is_proven
    assert not profile_of({**ANA, "xms_edov": "0"}, ENTRA).email_is_proven


@pytest.mark.parametrize("email", ["no address", "a@b\r\nBcc: x", ["ana@example.com"], 7, "@"])
def test_what_is_no_email_is_left_out(email: object) -> None:
    profile = profile_of({**ANA, "email": email, "email_verified": True}, OKTA)
    assert (profile.email, profile.email_is_proven) == ("", False)


@pytest.mark.parametrize(
    ("claims", "claim", "groups"),
    [
        ({"groups": ["HR", "IT", "HR"]}, "groups", ("HR", "IT")),
        ({"groups": "HR"}, "groups", ("HR",)),
        ({"cognito:groups": ["HR"]}, "cognito:groups", ("HR",)),
        ({"https://example.com/roles": ["HR"]}, "https://example.com/roles", ("HR",)),
        ({"realm_access": {"roles": ["HR"]}}, "realm_access.roles", ("HR",)),
        ({"realm_access": ["roles"]}, "realm_access.roles", ()),
        ({"groups": {"HR": True}}, "groups", ()),
        ({"groups": ["", 7, None, "x" * 300]}, "groups", ()),
        ({}, "groups", ()),
    ],
)
def test_groups_are_read_from_the_claim_that_the_operator_names(
    claims: dict[str, Any], claim: str, groups: tuple[str, ...]
) -> None:
    assert profile_of({**ANA, **claims}, replace(OKTA, groups_claim=claim)).groups == groups


def test_more_groups_than_anybody_has_are_not_read() -> None:
    groups = [f"group {number:05}" for number in range(50_000)]
    assert len(profile_of({**ANA, "groups": groups}, OKTA).groups) == MAX_GROUPS


@pytest.mark.parametrize(
    "claims", [{"hasgroups": True}, {"_claim_names": {"groups": "src1"}, "_claim_sources": {}}]
)
def test_groups_that_entra_leaves_out_are_told_in_the_log(
    claims: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert profile_of({**ANA, **claims}, ENTRA).groups == ()
    assert "more than 200" in caplog.text


@pytest.mark.parametrize("subject", [None, "", 7, "x" * 256, "ana\n", " ana"])
def test_a_subject_that_is_none_is_nobody(subject: object) -> None:
    assert identity_of({"sub": subject}, OKTA) is None
