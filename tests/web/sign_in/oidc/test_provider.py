"""What is believed of a provider, and what is not."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from app.runtime import deadline
from app.web.sign_in.oidc.provider import MAX_AT_ONCE, Attempt, Provider
from app.web.sign_in.oidc.rejections import SignInRejected, TokenRejected
from app.web.sign_in.ways import ProviderUnavailable
from tests.support.in_time import assert_ends_within
from tests.support.servers.lying_provider import (
    DISCOVERY,
    KEYS,
    TOKEN,
    USERINFO,
    LyingProvider,
    key,
)

ATTEMPT = Attempt("state-1", "nonce-1", "v" * 48)


class Clock:
    """Moved by hand."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def wall(self) -> float:
        return time.time() + self.ahead

    def monotonic(self) -> float:
        return time.monotonic() + self.ahead


def provider_of(idp: LyingProvider, clock: Clock | None = None, **changes: Any) -> Provider:
    clock = clock or Clock()
    return Provider(idp.settings(**changes), clock=clock.wall, monotonic=clock.monotonic)


def sign_in(idp: LyingProvider, provider: Provider | None = None) -> Mapping[str, Any]:
    provider = provider or provider_of(idp)
    answer = idp.approve(provider.authorization_address(ATTEMPT))
    assert answer["state"] == ATTEMPT.state
    provider.check_issuer(answer["iss"])
    return provider.claims(answer["code"], ATTEMPT)


def rejected(idp: LyingProvider, provider: Provider | None = None) -> str:
    with pytest.raises(SignInRejected) as error:
        sign_in(idp, provider)
    return error.value.reason


def test_a_sign_in_returns_what_the_provider_says(idp: LyingProvider) -> None:
    claims = sign_in(idp)
    assert (claims["sub"], claims["name"], claims["email"]) == ("ana", "Ana Ruiz",
                                                                "ana@example.com")  # fmt: skip
    assert idp.count(USERINFO) == 0


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_the_secret_is_sent_as_the_provider_wants_it(idp: LyingProvider, method: str) -> None:
    idp.document["token_endpoint_auth_methods_supported"] = [method]
    assert sign_in(idp)["sub"] == "ana"


def test_the_document_and_the_keys_are_fetched_once(idp: LyingProvider) -> None:
    clock = Clock()
    provider = provider_of(idp, clock)
    for _ in range(3):
        sign_in(idp, provider)
    assert (idp.count(DISCOVERY), idp.count(KEYS)) == (1, 1)
    clock.ahead = 3601
    idp.clock = clock.wall
    sign_in(idp, provider)
    assert (idp.count(DISCOVERY), idp.count(KEYS)) == (2, 2)


def test_what_was_published_last_counts_while_the_provider_is_down(idp: LyingProvider) -> None:
    clock = Clock()
    provider = provider_of(idp, clock)
    metadata = provider.metadata()
    clock.ahead = 3601
    idp.faults[DISCOVERY] = "500"
    assert provider.metadata() == metadata


# The attacks


@pytest.mark.parametrize("named", ["https://evil.example", "", None])
def test_a_response_that_names_another_issuer_or_none_is_refused_before_its_code_is_used(
    idp: LyingProvider, named: str | None
) -> None:
    provider = provider_of(idp)
    with pytest.raises(SignInRejected):
        provider.check_issuer(named)
    assert idp.count(TOKEN) == 0


def test_a_response_need_not_name_its_issuer_if_the_provider_does_not_announce_it(
    idp: LyingProvider,
) -> None:
    idp.document["authorization_response_iss_parameter_supported"] = None
    provider = provider_of(idp)
    provider.check_issuer(None)
    with pytest.raises(SignInRejected):
        provider.check_issuer("https://evil.example")


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"nonce": "another"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"aud": "another"}, "aud"),
        ({"aud": ["another"]}, "aud"),
        ({"aud": None}, "aud"),
        ({"aud": ["another"], "azp": "directory"}, "aud"),
        ({"aud": ["directory", "another"]}, "azp"),
        ({"aud": ["directory", "another"], "azp": "another"}, "azp"),
        ({"azp": "another"}, "azp"),
        ({"iss": "https://evil.example"}, "iss"),
        ({"iss": None}, "iss"),
        ({"exp": 1}, "expired"),
        ({"exp": None}, "exp"),
        ({"exp": "never"}, "exp"),
        ({"iat": None}, "iat"),
        ({"iat": 99_999_999_999}, "future"),
        ({"nbf": 99_999_999_999}, "not yet valid"),
        ({"sub": None}, "sub"),
        ({"sub": ""}, "sub"),
        ({"sub": 7}, "sub"),
        ({"sub": ["ana"]}, "sub"),
        ({"sub": "x" * 256}, "sub"),
    ],
)
def test_a_token_with_a_wrong_claim_is_refused(
    idp: LyingProvider, claims: dict[str, Any], reason: str
) -> None:
    idp.claims = claims
    assert reason in rejected(idp)


def test_a_token_of_several_audiences_is_taken_from_who_it_was_issued_to(
    idp: LyingProvider,
) -> None:
    idp.claims = {"aud": ["directory", "another"], "azp": "directory"}
    assert sign_in(idp)["sub"] == "ana"


@pytest.mark.parametrize(("seconds", "taken"), [(-50, True), (50, True), (-400, False)])
def test_clocks_may_differ_by_a_minute(idp: LyingProvider, seconds: int, taken: bool) -> None:
    idp.clock = lambda: time.time() + seconds
    if taken:
        assert sign_in(idp)["sub"] == "ana"
    else:
        assert "expired" in rejected(idp)


def test_a_token_that_is_not_signed_is_refused_though_the_provider_announces_that(
    idp: LyingProvider,
) -> None:
    idp.header = {"alg": "none"}
    assert "not allowed" in rejected(idp) or "not supported" in rejected(idp)


def test_a_token_signed_with_the_public_key_as_a_secret_is_refused(idp: LyingProvider) -> None:
    idp.sign_with_public_key()
    assert "not allowed" in rejected(idp)


@pytest.mark.parametrize("algorithms", [["none"], ["HS256", "none"], ["hs512"]])
def test_a_provider_that_signs_with_a_shared_secret_only_is_not_used(
    idp: LyingProvider, algorithms: list[str]
) -> None:
    idp.document["id_token_signing_alg_values_supported"] = algorithms
    with pytest.raises(ProviderUnavailable):
        sign_in(idp)


def test_an_algorithm_that_is_not_announced_is_refused(idp: LyingProvider) -> None:
    idp.document["id_token_signing_alg_values_supported"] = ["ES256"]
    assert "not allowed" in rejected(idp)


def test_a_token_signed_by_somebody_else_under_a_known_name_is_refused(
    idp: LyingProvider,
) -> None:
    idp.signing = key("another")
    assert "BadSignature" in rejected(idp)


def test_a_key_of_an_elliptic_curve_is_known(idp: LyingProvider) -> None:
    idp.published = ["one", "ec"]
    idp.header, idp.signing = {"alg": "ES256", "kid": "ec"}, key("ec")
    assert sign_in(idp)["sub"] == "ana"


def test_a_key_that_is_new_is_fetched_at_once_and_then_at_most_once_a_minute(
    idp: LyingProvider,
) -> None:
    clock = Clock()
    idp.clock = clock.wall
    provider = provider_of(idp, clock)
    sign_in(idp, provider)
    idp.published = ["two"]
    idp.header, idp.signing = {"alg": "RS256", "kid": "two"}, key("two")
    sign_in(idp, provider)
    assert idp.count(KEYS) == 2
    idp.header, idp.signing = {"alg": "RS256", "kid": "three"}, key("three")
    for _ in range(5):
        assert "kid" in rejected(idp, provider)
    assert idp.count(KEYS) == 2
    clock.ahead = 61
    idp.published = ["three"]
    sign_in(idp, provider)
    assert idp.count(KEYS) == 3


def test_those_who_come_with_a_new_key_at_once_all_sign_in(idp: LyingProvider) -> None:
    provider = provider_of(idp)
    sign_in(idp, provider)
    idp.published = ["two"]
    idp.header, idp.signing = {"alg": "RS256", "kid": "two"}, key("two")
    codes = [idp.approve(provider.authorization_address(ATTEMPT))["code"] for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        claims = list(pool.map(lambda code: provider.claims(code, ATTEMPT), codes))
    assert [each["sub"] for each in claims] == ["ana"] * 4
    assert idp.count(KEYS) == 2


@pytest.mark.parametrize(
    "token",
    [{"expires_in": []}, {"expires_at": {}}, {"expires_in": "soon"}, {"access_token": ["x"]},
     {"id_token": {}}, {"token_type": None}, {"error": {"code": 7}}, {"error": ["x"]}],
)  # fmt: skip
def test_whatever_the_token_endpoint_answers_the_failure_has_a_sentence(
    idp: LyingProvider, token: dict[str, Any]
) -> None:
    idp.token = token
    with suppress(SignInRejected, ProviderUnavailable):
        assert sign_in(idp)["sub"] == "ana"


@pytest.mark.parametrize(
    "keys",
    [None, [], {}, "x", [None], [{"kty": "RSA"}], [{"kty": "RSA", "n": 1, "e": []}],
     [{"kty": "oct", "k": "AAAA", "kid": "one"}], [{"kty": ["RSA"]}], [{"kty": "EC", "crv": "x"}]],
)  # fmt: skip
def test_whatever_is_published_as_keys_the_failure_has_a_sentence(
    idp: LyingProvider, keys: object
) -> None:
    idp.keys = keys
    assert rejected(idp)


def test_a_code_is_used_once(idp: LyingProvider) -> None:
    provider = provider_of(idp)
    code = idp.approve(provider.authorization_address(ATTEMPT))["code"]
    provider.claims(code, ATTEMPT)
    with pytest.raises(SignInRejected, match="used already"):
        provider.claims(code, ATTEMPT)


def test_a_code_of_another_attempt_is_refused(idp: LyingProvider) -> None:
    provider = provider_of(idp)
    code = idp.approve(provider.authorization_address(ATTEMPT))["code"]
    with pytest.raises(SignInRejected):
        provider.claims(code, ATTEMPT._replace(verifier="w" * 48))


def test_a_wrong_secret_is_told_to_whoever_runs_the_directory(idp: LyingProvider) -> None:
    provider = provider_of(idp, client_secret="of-another-client")
    with pytest.raises(SignInRejected, match="does not accept this application") as error:
        sign_in(idp, provider)
    assert error.value.status == 503


# The email


def test_userinfo_is_asked_for_an_email_that_the_token_does_not_have(idp: LyingProvider) -> None:
    idp.claims = {"email": None, "email_verified": None}
    assert sign_in(idp)["email"] == "ana@example.com"
    assert idp.count(USERINFO) == 1


def test_what_the_token_lacks_beside_the_email_is_taken_from_userinfo_too(
    idp: LyingProvider,
) -> None:
    idp.claims = {"email": None, "name": None}
    idp.user |= {"name": "Ana Ruiz", "groups": ["IT"]}
    claims = sign_in(idp)
    assert (claims["name"], claims["groups"]) == ("Ana Ruiz", ["IT"])


def test_a_proof_in_the_token_proves_no_email_of_userinfo(idp: LyingProvider) -> None:
    idp.claims = {"email": None, "email_verified": True}
    idp.user = {"email": "boss@example.com"}
    claims = sign_in(idp)
    assert (claims["email"], claims["email_verified"]) == ("boss@example.com", None)


@pytest.mark.parametrize("subject", ["boss", None, ["ana"]])
def test_userinfo_of_another_subject_is_refused(idp: LyingProvider, subject: object) -> None:
    idp.claims = {"email": None}
    idp.user["sub"] = subject
    assert "userinfo" in rejected(idp)


# The provider is down


@pytest.mark.parametrize("path", [DISCOVERY, KEYS, TOKEN])
@pytest.mark.parametrize("fault", ["500", "html", "list", "redirect", "huge"])
def test_a_provider_that_answers_with_something_else_is_unavailable(
    idp: LyingProvider, path: str, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    idp.faults[path] = fault
    with caplog.at_level(logging.WARNING), pytest.raises(ProviderUnavailable):
        sign_in(idp)
    assert idp.count("/elsewhere") == 0
    assert any("Example" in message and "cannot be used" in message for message in caplog.messages)


@pytest.mark.parametrize("fault", ["hang", "slow"])
def test_a_provider_that_hangs_is_given_up(idp: LyingProvider, fault: str) -> None:
    idp.faults[DISCOVERY] = fault

    def begin() -> None:
        with pytest.raises(ProviderUnavailable):
            provider_of(idp).metadata()

    assert_ends_within(6, begin)


def test_the_time_of_the_request_ends_before_the_provider_answers(idp: LyingProvider) -> None:
    idp.faults[DISCOVERY] = "hang"
    deadline.start(0.2)

    def begin() -> None:
        with pytest.raises(ProviderUnavailable):
            provider_of(idp).metadata()

    assert_ends_within(1.5, begin)


def test_more_than_a_few_do_not_wait_for_a_provider_that_hangs(
    idp: LyingProvider, caplog: pytest.LogCaptureFixture
) -> None:
    idp.faults[DISCOVERY] = "hang"
    provider = provider_of(idp)
    errors: list[ProviderUnavailable] = []

    def wait() -> None:
        try:
            provider.metadata()
        except ProviderUnavailable as error:
            errors.append(error)

    threads = [threading.Thread(target=wait) for _ in range(MAX_AT_ONCE + 6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(errors) == len(threads)
    assert any("too many wait for it" in message for message in caplog.messages)


def test_nobody_listens(idp: LyingProvider) -> None:
    idp.stop()
    with pytest.raises(ProviderUnavailable):
        provider_of(idp).metadata()


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"issuer": ["x"]},
        {"token_endpoint": "http://evil.example/token"},
        {"token_endpoint": "file:///etc/passwd"},
        {"token_endpoint": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": "https://[::1"},
        {"jwks_uri": 7},
        {"userinfo_endpoint": "http://10.0.0.1/"},
        {"token_endpoint_auth_methods_supported": ["private_key_jwt"]},
    ],
)
def test_a_document_that_is_not_of_this_provider_is_not_used(
    idp: LyingProvider, document: dict[str, Any]
) -> None:
    idp.document = document
    with pytest.raises(ProviderUnavailable):
        provider_of(idp).metadata()


def test_a_certificate_that_no_authority_signed_is_refused_unless_the_machine_is_told_of_it(
    idp: LyingProvider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = tmp_path / "company.pem"
    idp.speak_tls(certificate)
    with pytest.raises(ProviderUnavailable):
        provider_of(idp).metadata()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    assert provider_of(idp).metadata().jwks_uri.startswith("https://")


# Sign-out at the provider


def test_a_logout_token_names_whose_sessions_end(idp: LyingProvider) -> None:
    subject, moment = provider_of(idp).ended_subject(idp.logout_token())
    assert subject == "ana"
    assert abs(moment - time.time()) < 60


def _ago(seconds: int) -> Callable[[], int]:
    return lambda: int(time.time()) - seconds


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"},
        {"aud": "another"},
        {"iat": _ago(400)},
        {"iat": _ago(-400)},
        {"iat": None},
        {"exp": _ago(400)},
        {"jti": None},
        {"events": None},
        {"events": {}},
        {"events": {"https://example.com/other": {}}},
        {"events": []},
        {"nonce": "n"},
        {"sub": None},
    ],
)
def test_a_logout_token_that_is_none_ends_nothing(
    idp: LyingProvider, changes: dict[str, Any]
) -> None:
    claims = {name: value() if callable(value) else value for name, value in changes.items()}
    with pytest.raises(TokenRejected):
        provider_of(idp).ended_subject(idp.logout_token(**claims))


def test_an_id_token_is_no_logout_token_and_the_reverse(idp: LyingProvider) -> None:
    with pytest.raises(TokenRejected):
        provider_of(idp).ended_subject(idp.id_token("nonce-1"))
    idp.token = {"id_token": idp.logout_token()}
    assert "nonce" in rejected(idp)


@pytest.mark.parametrize("text", [None, "", "x", "a.b.c", "e30.e30.", "ä.b.c", "x" * 200_000])
def test_what_is_no_token_at_all_is_refused(idp: LyingProvider, text: object) -> None:
    with pytest.raises(TokenRejected):
        provider_of(idp).ended_subject(text)
    idp.token = {"id_token": text}
    assert rejected(idp)
