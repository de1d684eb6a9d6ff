"""Check the tokens that a provider signs.

Importing this loads Authlib and joserfc, so only functions import it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import JWKRegistry, Key, KeySet
from joserfc.jws import JWSRegistry

from app.web.sign_in.oidc.rejections import TokenRejected

LEEWAY_SECONDS = 60
LOGOUT_SECONDS = 300
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
MAX_SUBJECT_CHARACTERS = 255
_MAX_KEYS = 100
_MAX_REASON_CHARACTERS = 300
# A provider's keys are public; a shared secret among them would let anybody sign.
_PUBLIC_KINDS = ("RSA", "EC", "OKP")

Claims = dict[str, Any]


class Verifier(NamedTuple):
    """What a token must say, and the keys that may have signed it.

    ``newer_keys`` fetches the keys anew for a token of an unknown key, or returns None if that was
    done a moment ago. ``now`` is the Unix time.
    """

    issuer: str
    client_id: str
    algorithms: tuple[str, ...]
    keys: KeySet
    newer_keys: Callable[[], KeySet | None]
    now: int

    def id_token(self, text: object, nonce: str) -> Claims:
        """Return the claims of an ID token of the sign-in with this nonce. Raises TokenRejected."""
        token = self._verified(text)
        claims = CodeIDToken(token.claims, token.header, self._options(), {
            "nonce": nonce, "client_id": self.client_id
        })  # fmt: skip
        try:
            claims.validate(now=self.now, leeway=LEEWAY_SECONDS)
        except JoseError as error:
            raise TokenRejected(_reason(error)) from error
        _check_subject(claims)
        return dict(claims)

    def logout_token(self, text: object) -> Claims:
        """Return the claims of a logout token. Raises TokenRejected.

        Whoever calls sees to it that a token is used once.
        """
        claims = self._verified(text).claims
        registry = jwt.JWTClaimsRegistry(
            now=self.now, leeway=LEEWAY_SECONDS, **self._options(), iat={"essential": True},
            jti={"essential": True},
        )  # fmt: skip
        try:
            registry.validate(claims)
        except JoseError as error:
            raise TokenRejected(_reason(error)) from error
        if claims["iat"] < self.now - LOGOUT_SECONDS:
            raise TokenRejected("iat is too long ago")
        events = claims.get("events")
        if not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict):
            raise TokenRejected("it tells of no sign-out")
        if "nonce" in claims:
            raise TokenRejected("it has a nonce, so it is an ID token")
        _check_subject(claims)
        return claims

    def _verified(self, text: object) -> jwt.Token:
        if not isinstance(text, str) or not text.isascii():
            raise TokenRejected("there is no token")
        registry = JWSRegistry(algorithms=self.algorithms, strict_check_header=False)
        try:
            try:
                return jwt.decode(text, self.keys, registry=registry)
            except InvalidKeyIdError:
                newer = self.newer_keys()
                if newer is None:
                    raise
                return jwt.decode(text, newer, registry=registry)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise TokenRejected(_reason(error)) from error

    def _options(self) -> dict[str, Any]:
        return {
            "iss": {"essential": True, "value": self.issuer},
            "aud": {"essential": True, "value": self.client_id},
        }


def read_keys(document: Mapping[str, object]) -> KeySet:
    """Return the keys in a document that sign, without those of kinds that are not known."""
    entries = document.get("keys")
    keys: list[Key] = []
    for entry in entries[:_MAX_KEYS] if isinstance(entries, list) else ():
        if not isinstance(entry, dict) or entry.get("kty") not in _PUBLIC_KINDS:
            continue
        if entry.get("use", "sig") != "sig":
            continue
        try:
            keys.append(JWKRegistry.import_key(entry))
        except (JoseError, ValueError, TypeError, KeyError):
            continue
    return KeySet(keys)


def _check_subject(claims: Mapping[str, object]) -> None:
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= MAX_SUBJECT_CHARACTERS:
        raise TokenRejected("sub is missing or too long")


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:_MAX_REASON_CHARACTERS]
