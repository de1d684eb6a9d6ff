"""Presigned URLs that stay the same for an hour, so that browsers cache the photo behind them.

They carry AWS Signature Version 4 in the query. botocore signs the current second, which would make
every URL a new one; here the start of the hour is signed, on all machines alike.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from urllib.parse import quote, urlsplit

_WINDOW_SECONDS = 3600
_EXPIRES_SECONDS = 2 * _WINDOW_SECONDS
# Temporary credentials of unknown expiry are renewed ten minutes before it.
_UNKNOWN_EXPIRY_SECONDS = 300
_MARGIN_SECONDS = 60


class Credentials(NamedTuple):
    """AWS credentials at one moment, with the time of their expiry if known."""

    access_key: str
    secret_key: str
    token: str | None
    expires: datetime | None


@dataclass(frozen=True, slots=True)
class UrlSigner:
    """A signer of URLs into one bucket; ``base`` is the URL of the bucket, without a key."""

    base: str
    region: str

    @property
    def origin(self) -> str:
        """Return the scheme and host of all URLs."""
        parts = urlsplit(self.base)
        return f"{parts.scheme}://{parts.netloc}"

    def sign(
        self, key: str, media_type: str, credentials: Credentials, now: datetime
    ) -> tuple[str, int]:
        """Return a URL to read this object, and for how many seconds it may be cached.

        S3 answers with this media type, whatever the object was stored with.
        """
        start = datetime.fromtimestamp(now.timestamp() // _WINDOW_SECONDS * _WINDOW_SECONDS, UTC)
        url = self._signed_url(key, media_type, credentials, start)
        return url, _max_age_seconds(credentials, start, now)

    def _signed_url(
        self, key: str, media_type: str, credentials: Credentials, start: datetime
    ) -> str:
        timestamp = f"{start:%Y%m%dT%H%M%SZ}"
        scope = f"{start:%Y%m%d}/{self.region}/s3/aws4_request"
        parameters = {
            "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
            "X-Amz-Credential": f"{credentials.access_key}/{scope}",
            "X-Amz-Date": timestamp,
            "X-Amz-Expires": str(_EXPIRES_SECONDS),
            "X-Amz-SignedHeaders": "host",
            "response-content-disposition": "inline",
            "response-content-type": media_type,
        }
        if credentials.token:
            parameters["X-Amz-Security-Token"] = credentials.token
        pairs = sorted(parameters.items())
        query = "&".join(f"{name}={quote(value, safe='-_.~')}" for name, value in pairs)
        parts = urlsplit(f"{self.base}/{quote(key)}")
        request = f"GET\n{parts.path}\n{query}\nhost:{parts.netloc}\n\nhost\nUNSIGNED-PAYLOAD"
        digest = hashlib.sha256(request.encode()).hexdigest()
        to_sign = f"AWS4-HMAC-SHA256\n{timestamp}\n{scope}\n{digest}"
        signature = _hmac_sha256(_signing_key(credentials.secret_key, scope), to_sign).hex()
        return f"{parts.geturl()}?{query}&X-Amz-Signature={signature}"


def _max_age_seconds(credentials: Credentials, start: datetime, now: datetime) -> int:
    """Return a time within the validity of the URL and of the credentials that signed it."""
    expires = start + timedelta(seconds=_EXPIRES_SECONDS)
    if credentials.expires is not None:
        expires = min(expires, credentials.expires)
    elif credentials.token:
        expires = min(expires, now + timedelta(seconds=_UNKNOWN_EXPIRY_SECONDS + _MARGIN_SECONDS))
    seconds = int((expires - now).total_seconds()) - _MARGIN_SECONDS
    return max(0, min(_WINDOW_SECONDS, seconds))


def _signing_key(secret: str, scope: str) -> bytes:
    key = b"AWS4" + secret.encode()
    for part in scope.split("/"):
        key = _hmac_sha256(key, part)
    return key


def _hmac_sha256(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")
