"""Who signs in, and where: what is missing is told, and what lets strangers in is not used."""

from __future__ import annotations

import re

import pytest

from app.settings import Settings
from app.settings.oidc import OidcSettings
from app.settings.sign_in import SignInSettings

OKTA = {
    "OIDC_ISSUER": "https://example.okta.com",
    "OIDC_CLIENT_ID": "directory",
    "OIDC_CLIENT_SECRET": "s3cr3t-of-the-client",
    "PUBLIC_ADDRESS": "https://people.example.com",
}


def sign_in(**env: str) -> SignInSettings:
    return Settings.from_env(env).sign_in


def oidc(**env: str) -> OidcSettings:
    provider = sign_in(**{**OKTA, **env}).oidc
    assert provider is not None
    return provider


def problem_of(**env: str) -> str:
    """The sentence about the one setting that cannot be used."""
    (problem,) = Settings.from_env({**OKTA, **env}).wrong_values
    return problem


def test_with_nothing_configured_nobody_signs_in_anywhere() -> None:
    assert sign_in() == SignInSettings()


def test_a_provider_sends_people_back_to_the_public_address() -> None:
    assert oidc().redirect_address == "https://people.example.com/sign-in/back"
    assert oidc().missing == ()


@pytest.mark.parametrize("missing", OKTA)
def test_what_is_missing_is_told_and_stops_no_start(missing: str) -> None:
    settings = Settings.from_env({**OKTA, missing: ""})
    assert settings.sign_in.oidc is not None
    assert settings.sign_in.oidc.missing == (missing,)
    assert any(f"because {missing} is not set" in problem for problem in settings.problems)


@pytest.mark.parametrize(
    ("name", "left_in"),
    [
        ("OIDC_ISSUER", "https://login.microsoftonline.com/<tenant ID>/v2.0"),
        ("OIDC_ISSUER", "https://login.microsoftonline.com/{tenantid}/v2.0"),
        ("OIDC_CLIENT_SECRET", "<client secret>"),
        ("PUBLIC_ADDRESS", "https://${DOMAIN}"),
    ],
)
def test_a_placeholder_left_in_is_told_and_no_provider_is_asked_for_it(
    name: str, left_in: str
) -> None:
    settings = Settings.from_env({**OKTA, name: left_in})
    assert settings.sign_in.oidc is not None
    assert settings.sign_in.oidc.missing == (name,)
    assert any(name in problem and "placeholder" in problem for problem in settings.problems)


@pytest.mark.parametrize("tenant", ["common", "organizations", "consumers", "Common"])
def test_the_issuer_of_every_tenant_is_refused_and_that_of_ones_own_is_named(tenant: str) -> None:
    issuer = f"https://login.microsoftonline.com/{tenant}/v2.0"
    problem = problem_of(OIDC_ISSUER=issuer)
    assert re.search(r"accounts of every company", problem)
    assert "https://login.microsoftonline.com/<tenant ID>/v2.0" in problem


@pytest.mark.parametrize(
    "issuer",
    [
        "example.okta.com",
        "ftp://example.com",
        "https://",
        "https://user:password@example.com",
        "https://example.com/?tenant=1",
        "https://example.com/#x",
        "https://example.com:0/",
        "https://example.com:99999",
        "https://exa mple.com",
        "https://[::1",
        "https://example.com/" + "x" * 500,
    ],
)
def test_an_issuer_that_is_no_address_stops_the_start_with_a_sentence(issuer: str) -> None:
    problem = problem_of(OIDC_ISSUER=issuer)
    assert re.search(r"OIDC_ISSUER is .* Use one such as https://", problem)


@pytest.mark.parametrize("issuer", ["http://sso.example.com", "http://10.0.0.5:8080/realms/staff"])
def test_a_provider_in_the_clear_is_refused(issuer: str) -> None:
    problem = problem_of(OIDC_ISSUER=issuer)
    assert re.search("which is not encrypted", problem)


@pytest.mark.parametrize("issuer", ["http://127.0.0.1:9000", "http://localhost:8080/realms/staff"])
def test_a_provider_on_this_machine_may_be_in_the_clear(issuer: str) -> None:
    assert oidc(OIDC_ISSUER=issuer).issuer == issuer


def test_the_address_of_a_document_is_no_issuer() -> None:
    problem = problem_of(OIDC_ISSUER="https://example.okta.com/.well-known/openid-configuration")
    assert re.search(r"Use https://example\.okta\.com\.$", problem)


def test_a_slash_at_the_end_of_an_issuer_is_part_of_it() -> None:
    assert oidc(OIDC_ISSUER="https://example.auth0.com/").issuer == "https://example.auth0.com/"


@pytest.mark.parametrize(
    ("issuer", "label"),
    [
        ("https://login.microsoftonline.com/8f0c/v2.0", "Microsoft"),
        ("https://accounts.google.com", "Google"),
        ("https://example.okta.com/oauth2/default", "Okta"),
        ("https://cognito-idp.us-west-2.amazonaws.com/us-west-2_abc", "Amazon Cognito"),
        ("https://sso.example.com/realms/staff", "sso.example.com"),
        ("https://evil-okta.com", "evil-okta.com"),
    ],
)
def test_the_button_has_the_name_that_people_know(issuer: str, label: str) -> None:
    assert oidc(OIDC_ISSUER=issuer).label == label
    assert oidc(OIDC_ISSUER=issuer, OIDC_LABEL="  Company \n account ").label == "Company account"


def test_groups_are_separated_by_commas() -> None:
    settings = sign_in(EDITOR_GROUPS="HR, People team ,,HR", ADMIN_GROUPS="IT")
    assert (settings.editor_groups, settings.admin_groups) == (("HR", "People team"), ("IT",))


def test_the_public_address_is_an_origin() -> None:
    assert sign_in(PUBLIC_ADDRESS="https://People.example.com/").public_address == (
        "https://people.example.com"
    )
    problem = problem_of(PUBLIC_ADDRESS="https://example.com/people")
    assert re.search("which has a path", problem)


def test_the_secret_is_not_printed_with_the_settings() -> None:
    assert OKTA["OIDC_CLIENT_SECRET"] not in repr(Settings.from_env(OKTA))


def test_a_load_balancer_keeps_the_secret_itself() -> None:
    arn = "arn:aws:elasticloadbalancing:us-west-2:123456789012:loadbalancer/app/d/0123456789abcdef"
    provider = {name: OKTA[name] for name in ("OIDC_ISSUER", "OIDC_CLIENT_ID")}
    assert Settings.from_env({**provider, "ALB_SIGN_IN": arn}).problems == ()
