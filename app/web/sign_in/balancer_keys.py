"""The public keys of the load balancers of a region, which AWS publishes one at an address."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, build_opener

from app.model.errors import StorageUnavailable
from app.runtime.time_limit import call_within
from app.runtime.ttl_map import TtlMap
from app.web.sign_in.refused_header import RefusedHeader

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

KEPT_SECONDS = 3600.0
MAX_KEYS = 16
TIMEOUT_SECONDS = 2.0
# An id that AWS does not know is not asked again so soon, and not too many of them.
UNKNOWN_SECONDS = 60.0
MAX_UNKNOWN = 64
_MAX_BYTES = 4096
_KEY_ID = re.compile(r"[0-9a-f-]{36}")
_COMMERCIAL = "https://public-keys.auth.elb.{region}.amazonaws.com/{key_id}"
_GOVERNMENT = "https://s3-{region}.amazonaws.com/aws-elb-public-keys-prod-{region}/{key_id}"

# Returns what is at an address. Raises OSError, of which HTTPError has a status.
Fetch = Callable[[str], bytes]


class BalancerKeys:
    """Keys by their ids, each fetched once an hour at most."""

    def __init__(
        self, region: str, fetch: Fetch | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._region = region
        self._fetch = fetch or fetch_key
        self._lock = threading.Lock()
        self._keys: TtlMap[str, EllipticCurvePublicKey] = TtlMap(MAX_KEYS, clock)
        self._unknown: TtlMap[str, bool] = TtlMap(MAX_UNKNOWN, clock)

    def get(self, key_id: object) -> EllipticCurvePublicKey:
        """Return the key with this id, which is not trusted.

        Raises RefusedHeader if there is none; StorageUnavailable if AWS does not tell.
        """
        if not isinstance(key_id, str) or not _KEY_ID.fullmatch(key_id):
            raise RefusedHeader("key id")
        key = self._keys.get(key_id)
        if key is None:
            with self._lock:  # one at a time: the others find it, or know that there is none
                key = self._keys.get(key_id) or self._fetched(key_id)
        return key

    def _fetched(self, key_id: str) -> EllipticCurvePublicKey:
        if self._unknown.get(key_id):
            raise RefusedHeader("key id")
        address = key_address(self._region, key_id)
        try:
            content = call_within(
                TIMEOUT_SECONDS, partial(self._fetch, address), name="balancer key"
            )
            key = _parsed(content)
        except (OSError, ValueError) as error:
            if isinstance(error, HTTPError) and error.code in (403, 404):
                self._unknown.put(key_id, value=True, seconds=UNKNOWN_SECONDS)
                raise RefusedHeader("key id") from error
            return self._kept(key_id, address, error)
        self._keys.put(key_id, key, KEPT_SECONDS)
        return key

    def _kept(self, key_id: str, address: str, error: Exception) -> EllipticCurvePublicKey:
        """Return the key as it was an hour ago: those who are signed in go on."""
        key = self._keys.last(key_id)
        if key is None:
            raise StorageUnavailable(
                "the load balancer's key", "GET", address, str(error) or type(error).__name__
            ) from error
        self._keys.put(key_id, key, UNKNOWN_SECONDS)
        return key


def key_address(region: str, key_id: str) -> str:
    """Return where AWS publishes a key of the load balancers of a region."""
    address = _GOVERNMENT if region.startswith("us-gov-") else _COMMERCIAL
    return address.format(region=region, key_id=key_id)


def _parsed(pem: bytes) -> EllipticCurvePublicKey:
    """Return the key of a PEM file. Raises ValueError for anything but a key for ES256."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(pem)
    except UnsupportedAlgorithm as error:
        raise ValueError(str(error)) from error
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise ValueError("it is no key for ES256")  # noqa: TRY004  # of what AWS sent
    return key


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Go nowhere else: the redirect is an error."""


def fetch_key(address: str) -> bytes:
    """Return what is at an address, of a few kilobytes. Raises OSError."""
    with build_opener(_NoRedirects).open(address, timeout=TIMEOUT_SECONDS) as response:
        content: bytes = response.read(_MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        raise OSError(f"more than {_MAX_BYTES} bytes")
    return content
