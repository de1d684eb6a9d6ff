"""The signed token in which a load balancer of AWS says whom it has signed in.

What matters is in its header, and signed: who signed, for which client, until when.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html
"""

from __future__ import annotations

import base64
import hashlib
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from app.runtime import strict_json
from app.runtime.ttl_map import TtlMap
from app.web.sign_in.balancer_keys import BalancerKeys
from app.web.sign_in.refused_header import RefusedHeader

if TYPE_CHECKING:
    from jwt.algorithms import ECAlgorithm

MAX_CHARACTERS = 20_000  # claims have 11 kB at most, says AWS, before they are encoded
# So long a token that was verified is known again, at most until it expires.
KNOWN_SECONDS = 60.0
MAX_KNOWN = 2_000
_ALGORITHM = "ES256"
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]*={0,2}")

Claims = Mapping[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token must say of itself: which balancer signed it, of which client and issuer."""

    signer: str
    client: str
    issuer: str


class BalancerTokens(Generic[T]):
    """Verifies tokens, each that was verified within a minute not again.

    ``read`` makes of the claims of a token, once, what is kept of it. It may raise RefusedHeader.
    """

    def __init__(
        self,
        expected: Expected,
        keys: BalancerKeys,
        read: Callable[[Claims], T],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._expected = expected
        self._keys = keys
        self._read = read
        self._clock = clock
        self._known: TtlMap[bytes, T] = TtlMap(MAX_KNOWN, clock)

    def signed_in(self, token: str) -> T:
        """Return what ``read`` makes of the claims about whom the balancer signed in.

        Raises RefusedHeader; StorageUnavailable if the key cannot be had.
        """
        if len(token) > MAX_CHARACTERS or not token.isascii():
            raise RefusedHeader("token")
        digest = hashlib.sha256(token.encode()).digest()
        known = self._known.get(digest)
        if known is None:
            claims, seconds_left = self._verified(token)
            known = self._read(claims)
            self._known.put(digest, known, min(KNOWN_SECONDS, seconds_left))
        return known

    def _verified(self, token: str) -> tuple[Claims, float]:
        header, payload, signature = _parts(token)
        header_claims = strict_json.parse_object(_decoded(header))
        seconds_left = self._check(header_claims)
        key = self._keys.get(header_claims.get("kid"))
        # The padding of both parts is signed, and so are their letters: "+" or "-".
        signed = f"{header}.{payload}".encode()
        if not _es256().verify(signed, key, _decoded(signature)):
            raise RefusedHeader("signature")
        claims = strict_json.parse_object(_decoded(payload))
        if not claims:
            raise RefusedHeader("claims")
        return claims, seconds_left

    def _check(self, header: Claims) -> float:
        """Return for how many seconds the token is valid, before a key is asked for."""
        for name, value in (
            ("alg", _ALGORITHM),
            ("signer", self._expected.signer),
            ("iss", self._expected.issuer),
            ("client", self._expected.client),
        ):
            if header.get(name) != value:
                raise RefusedHeader(name)
        expires_at = header.get("exp")
        if isinstance(expires_at, str):
            expires_at = strict_json.integer_in_text(expires_at)
        expires_at = strict_json.number(expires_at, 0, strict_json.MAX_UNIX_TIME)
        seconds_left = (expires_at or 0) - self._clock()
        if seconds_left <= 0:
            raise RefusedHeader("exp")
        return seconds_left


@cache
def _es256() -> ECAlgorithm:
    # Imported here: who has no such balancer has no use for it. Its algorithm alone: nothing else
    # of PyJWT looks at what matters in this token, and the token would be parsed twice.
    from jwt.algorithms import ECAlgorithm

    return ECAlgorithm(ECAlgorithm.SHA256)


def _parts(token: str) -> tuple[str, str, str]:
    parts = token.split(".")
    if len(parts) != 3:
        raise RefusedHeader("token")
    header, payload, signature = parts
    return header, payload, signature


def _decoded(part: str) -> bytes:
    """Return the content of a part, padded as an ALB sends it or not, in either alphabet."""
    if not _BASE64.fullmatch(part):
        raise RefusedHeader("token")
    try:
        return base64.urlsafe_b64decode(f"{part}==")  # more padding than needed is ignored
    except ValueError as error:
        raise RefusedHeader("token") from error
