"""A token is believed of one load balancer, for one client, until it expires, if it is signed."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any
from urllib.error import URLError

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, SECP384R1, generate_private_key

from app.model.errors import StorageUnavailable
from app.web.sign_in.balancer_keys import MAX_KEYS, BalancerKeys
from app.web.sign_in.balancer_token import MAX_KNOWN, BalancerTokens, Expected
from app.web.sign_in.refused_header import RefusedHeader
from tests.support.balancer import (
    ARN,
    CLIENT,
    ISSUER,
    KEY_ID,
    KEYS,
    Balancer,
    base64url,
    encoded,
    public_pem,
)

Tokens = BalancerTokens[dict[str, Any]]
ANA = {"sub": "ana", "email": "ana@corp.example"}


class Clock:
    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def balancer() -> Balancer:
    return Balancer()


@pytest.fixture
def tokens(balancer: Balancer, clock: Clock) -> Tokens:
    keys = BalancerKeys("eu-central-1", balancer.fetch, clock)
    return BalancerTokens(Expected(ARN, CLIENT, ISSUER), keys, dict, clock)


def soon(clock: Clock) -> int:
    return int(clock.now) + 120


@pytest.mark.parametrize("padded", [True, False])
def test_a_token_says_who_was_signed_in(
    tokens: Tokens, balancer: Balancer, clock: Clock, padded: bool
) -> None:
    # Each length of padding, as the claims grow.
    for claims in (ANA, ANA | {"x": "1"}, ANA | {"x": "12"}, ANA | {"x": "Zoë"}):
        token = balancer.token(claims, padded=padded, exp=soon(clock))
        assert ("=" in token) is padded
        assert tokens.signed_in(token) == claims
    assert balancer.asked == [KEYS + KEY_ID]


def test_both_alphabets_are_read(tokens: Tokens, balancer: Balancer, clock: Clock) -> None:
    claims = ANA | {"name": "~~~???>>>", "x": "\u00ff\u00fe"}
    token = balancer.token(claims, alphabet="+/", exp=soon(clock))
    assert "+" in token or "/" in token
    assert tokens.signed_in(token) == claims
    with pytest.raises(RefusedHeader, match="signature"):  # what was signed is what counts
        tokens.signed_in(token.translate(str.maketrans("+/", "-_")))


def test_the_time_may_be_written_as_text(tokens: Tokens, balancer: Balancer, clock: Clock) -> None:
    assert tokens.signed_in(balancer.token(ANA, exp=str(soon(clock)))) == ANA


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("signer", ARN.replace("0123456789abcdef", "fedcba9876543210")),
        ("signer", None),
        ("signer", [ARN]),
        ("client", "another"),
        ("client", None),
        ("iss", "https://evil.example"),
        ("iss", f"{ISSUER}/"),
        ("iss", None),
        ("alg", "ES384"),
        ("alg", "none"),
        ("alg", "HS256"),
        ("alg", "es256"),
        ("alg", None),
        ("exp", 1),
        ("exp", None),
        ("exp", True),
        ("exp", "soon"),
        ("exp", 1_800_000_000),
        ("exp", "1799999999"),
    ],
)
def test_what_the_header_says_wrongly_is_refused_before_a_key_is_asked_for(
    tokens: Tokens, balancer: Balancer, clock: Clock, part: str, value: object
) -> None:
    header: dict[str, object] = {"exp": soon(clock)} | {part: value}
    with pytest.raises(RefusedHeader) as error:
        tokens.signed_in(balancer.token(ANA, **header))  # type: ignore[arg-type]
    assert error.value.reason == part
    assert balancer.asked == []


@pytest.mark.parametrize(
    "key_id",
    ["../../x", "../" * 12, "a" * 35, "A" * 36, f"{KEY_ID}/", f"{KEY_ID}\n", KEY_ID + "?", 36, None,
     "11111111-2222-3333-4444-55555555555/", "@evil.example/11111111-2222-3333-44", [KEY_ID]],
)  # fmt: skip
def test_a_key_id_that_is_a_path_asks_nobody(
    tokens: Tokens, balancer: Balancer, clock: Clock, key_id: object
) -> None:
    token = balancer.token(ANA, kid=key_id, exp=soon(clock))
    with pytest.raises(RefusedHeader, match="key id"):
        tokens.signed_in(token)
    assert balancer.asked == []


def test_a_key_that_aws_does_not_know_is_asked_for_once_a_minute(
    tokens: Tokens, balancer: Balancer, clock: Clock
) -> None:
    token = balancer.token(ANA, kid="0" * 36, exp=soon(clock) + 600)
    for _ in range(5):
        with pytest.raises(RefusedHeader, match="key id"):
            tokens.signed_in(token)
    assert balancer.asked == [f"{KEYS}{'0' * 36}"]
    clock.now += 61
    with pytest.raises(RefusedHeader, match="key id"):
        tokens.signed_in(token)
    assert len(balancer.asked) == 2


def test_the_signature_of_another_key_is_refused(
    tokens: Tokens, balancer: Balancer, clock: Clock
) -> None:
    token = balancer.token(ANA, key=generate_private_key(SECP256R1()), exp=soon(clock))
    with pytest.raises(RefusedHeader, match="signature"):
        tokens.signed_in(token)


def test_a_signature_in_der_is_refused(tokens: Tokens, balancer: Balancer, clock: Clock) -> None:
    with pytest.raises(RefusedHeader, match="signature"):
        tokens.signed_in(balancer.token(ANA, der=True, exp=soon(clock)))


def test_other_claims_under_a_signature_are_refused(
    tokens: Tokens, balancer: Balancer, clock: Clock
) -> None:
    header, _, signature = balancer.token(ANA, exp=soon(clock)).split(".")
    with pytest.raises(RefusedHeader, match="signature"):
        tokens.signed_in(f"{header}.{encoded({'sub': 'eve'})}.{signature}")


def test_the_public_key_signs_nothing(tokens: Tokens, balancer: Balancer, clock: Clock) -> None:
    for algorithm in ("HS256", "ES256"):
        header = balancer.header(alg=algorithm, exp=soon(clock))
        signed = f"{encoded(header)}.{encoded(ANA)}"
        mac = hmac.digest(public_pem(balancer.key), signed.encode(), hashlib.sha256)
        with pytest.raises(RefusedHeader, match=r"alg|signature"):
            tokens.signed_in(f"{signed}.{base64url(mac)}")
    with pytest.raises(RefusedHeader, match="alg"):
        tokens.signed_in(f"{encoded(balancer.header(alg='none'))}.{encoded(ANA)}.")


@pytest.mark.parametrize(
    "token",
    ["", ".", "..", "a.b.c", "Bearer x", "é.b.c", "a" * 20_001, base64url(b"[]") + ".e30.", "=.=.=",
     base64url(json.dumps("x").encode()) + "..", "\x00", "e30.e30.e30.e30"],
)  # fmt: skip
def test_what_is_no_token_is_refused(tokens: Tokens, token: str) -> None:
    with pytest.raises(RefusedHeader):
        tokens.signed_in(token)


def test_two_tokens_in_one_header_are_refused(
    tokens: Tokens, balancer: Balancer, clock: Clock
) -> None:
    token = balancer.token(ANA, exp=soon(clock))
    for sent in (f"{token},{token}", f"x,{token}", f"{token}, "):
        with pytest.raises(RefusedHeader):
            tokens.signed_in(sent)


@pytest.mark.parametrize("claims", ['"ana"', "[]", "{}", "not json", '{"sub": "ana"'])
def test_claims_that_are_none_are_refused(
    tokens: Tokens, balancer: Balancer, clock: Clock, claims: str
) -> None:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    signed = f"{encoded(balancer.header(exp=soon(clock)))}.{base64url(claims.encode())}"
    r, s = decode_dss_signature(balancer.key.sign(signed.encode(), ECDSA(hashes.SHA256())))
    signature = base64url(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    with pytest.raises(RefusedHeader, match="claims"):
        tokens.signed_in(f"{signed}.{signature}")


def test_a_token_that_was_verified_is_known_for_a_minute_and_not_beyond_its_time(
    tokens: Tokens, balancer: Balancer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[str] = []
    real = tokens._verified

    def verify(token: str) -> object:
        verified.append(token)
        return real(token)

    monkeypatch.setattr(tokens, "_verified", verify)
    short, long = (balancer.token(ANA, exp=int(clock.now) + seconds) for seconds in (30, 900))
    for _ in range(3):
        assert tokens.signed_in(short) == tokens.signed_in(long) == ANA
    assert len(verified) == 2
    clock.now += 31
    with pytest.raises(RefusedHeader, match="exp"):
        tokens.signed_in(short)
    assert tokens.signed_in(long) == ANA
    assert len(verified) == 3
    clock.now += 30
    assert tokens.signed_in(long) == ANA
    assert len(verified) == 4


def test_what_is_kept_is_bounded(tokens: Tokens, balancer: Balancer, clock: Clock) -> None:
    for number in range(MAX_KNOWN):
        tokens._known.put(number.to_bytes(32, "big"), {}, 60)
    assert tokens.signed_in(balancer.token(ANA, exp=soon(clock))) == ANA
    assert len(tokens._known) == MAX_KNOWN
    keys = BalancerKeys("eu-central-1", lambda _: public_pem(balancer.key), clock)
    for number in range(3 * MAX_KEYS):
        keys.get(f"{number:036d}")
    assert len(keys._keys) == MAX_KEYS


def test_a_key_is_asked_for_again_after_an_hour(
    tokens: Tokens, balancer: Balancer, clock: Clock
) -> None:
    for seconds in (0, 3500, 200):
        clock.now += seconds
        assert tokens.signed_in(balancer.token(ANA, exp=soon(clock))) == ANA
    assert balancer.asked == [KEYS + KEY_ID] * 2


def test_without_an_answer_nobody_new_signs_in_and_who_is_signed_in_goes_on(
    tokens: Tokens, balancer: Balancer, clock: Clock
) -> None:
    balancer.failure = URLError("timed out")
    with pytest.raises(StorageUnavailable, match=r"load balancer's key did not respond.*timed out"):
        tokens.signed_in(balancer.token(ANA, exp=soon(clock)))
    balancer.failure = None
    assert tokens.signed_in(balancer.token(ANA, exp=soon(clock))) == ANA
    balancer.failure = URLError("timed out")
    clock.now += 3700
    assert tokens.signed_in(balancer.token(ANA, exp=soon(clock))) == ANA
    assert tokens.signed_in(balancer.token(ANA | {"x": 1}, exp=soon(clock)))
    assert len(balancer.asked) == 3  # and not with every request


@pytest.mark.parametrize("answer", [b"", b"<html>", b"-----BEGIN PUBLIC KEY-----\nMFk=\n"])
def test_an_answer_that_is_no_key_is_no_answer(answer: bytes, clock: Clock) -> None:
    with pytest.raises(StorageUnavailable):
        BalancerKeys("eu-central-1", lambda _: answer, clock).get(KEY_ID)


def test_a_key_of_another_curve_is_no_answer(clock: Clock) -> None:
    other = public_pem(generate_private_key(SECP384R1()))
    with pytest.raises(StorageUnavailable):
        BalancerKeys("eu-central-1", lambda _: other, clock).get(KEY_ID)


def test_the_keys_of_govcloud_lie_in_a_bucket(balancer: Balancer) -> None:
    asked: list[str] = []

    def fetch(address: str) -> bytes:
        asked.append(address)
        return public_pem(balancer.key)

    BalancerKeys("us-gov-west-1", fetch).get(KEY_ID)
    bucket = "https://s3-us-gov-west-1.amazonaws.com/aws-elb-public-keys-prod-us-gov-west-1/"
    assert asked == [bucket + KEY_ID]
