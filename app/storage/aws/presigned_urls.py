"""Presigned links into a bucket: for an hour the same photo has the same link, so browsers keep it.

The signature is AWS's version 4, in the query. botocore signs with the second it is asked in, which
would make every link a new one; here the hour is signed, by all machines alike.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from urllib.parse import quote, urlsplit

_SAME_SECONDS = 3600
_GOOD_SECONDS = 2 * _SAME_SECONDS
# Temporary credentials whose end nobody tells are renewed ten minutes before it.
_UNTOLD_SECONDS = 300
_MARGIN_SECONDS = 60


class Signer(NamedTuple):
    """Who signs: current credentials, and when they end, where that is known."""

    access_key: str
    secret_key: str
    token: str | None
    ends: datetime | None


@dataclass(frozen=True, slots=True)
class LinkMaker:
    """Makes the links of one bucket, whose address without a key is ``base``."""

    base: str
    region: str

    @property
    def origin(self) -> str:
        """The scheme and host of all links."""
        parts = urlsplit(self.base)
        return f"{parts.scheme}://{parts.netloc}"

    def link(self, key: str, signer: Signer, now: datetime | None = None) -> tuple[str, int]:
        """The link to read this object, and for how many seconds a browser may hand it out."""
        now = now or datetime.now(UTC)
        start = datetime.fromtimestamp(now.timestamp() // _SAME_SECONDS * _SAME_SECONDS, UTC)
        return self._signed(key, signer, start), _seconds_to_keep(signer, start, now)

    def _signed(self, key: str, signer: Signer, start: datetime) -> str:
        time = f"{start:%Y%m%dT%H%M%SZ}"
        scope = f"{start:%Y%m%d}/{self.region}/s3/aws4_request"
        asked = {
            "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
            "X-Amz-Credential": f"{signer.access_key}/{scope}",
            "X-Amz-Date": time,
            "X-Amz-Expires": str(_GOOD_SECONDS),
            "X-Amz-SignedHeaders": "host",
        }
        if signer.token:
            asked["X-Amz-Security-Token"] = signer.token
        query = "&".join(f"{name}={quote(asked[name], safe='-_.~')}" for name in sorted(asked))
        parts = urlsplit(f"{self.base}/{quote(key)}")
        request = f"GET\n{parts.path}\n{query}\nhost:{parts.netloc}\n\nhost\nUNSIGNED-PAYLOAD"
        digest = hashlib.sha256(request.encode()).hexdigest()
        to_sign = f"AWS4-HMAC-SHA256\n{time}\n{scope}\n{digest}"
        signature = _keyed(_signing_key(signer.secret_key, scope), to_sign).hex()
        return f"{parts.geturl()}?{query}&X-Amz-Signature={signature}"


def _seconds_to_keep(signer: Signer, start: datetime, now: datetime) -> int:
    """Never as long as the link works, nor as the credentials behind it live."""
    ends = start + timedelta(seconds=_GOOD_SECONDS)
    if signer.ends is not None:
        ends = min(ends, signer.ends)
    elif signer.token:
        ends = min(ends, now + timedelta(seconds=_UNTOLD_SECONDS + _MARGIN_SECONDS))
    left = int((ends - now).total_seconds()) - _MARGIN_SECONDS
    return max(0, min(_SAME_SECONDS, left))


def _signing_key(secret: str, scope: str) -> bytes:
    key = b"AWS4" + secret.encode()
    for part in scope.split("/"):
        key = _keyed(key, part)
    return key


def _keyed(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")
