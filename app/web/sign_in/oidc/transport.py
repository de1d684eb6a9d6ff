"""Ask the provider over HTTP: bounded in time and size, and never led to another address.

Importing this loads Authlib and requests (15 MB, 0.1 s), so only functions import it.
"""

from __future__ import annotations

import io
import time
from collections.abc import Mapping
from typing import Any, NamedTuple, cast

from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from requests import PreparedRequest, RequestException, Response
from requests.adapters import HTTPAdapter

from app.runtime import strict_json

CONNECT_SECONDS = 1.0
READ_SECONDS = 2.0
ALL_SECONDS = 4.0  # of one answer, with looking up the name of the host
MAX_BYTES = 512 * 1024
_CHUNK_BYTES = 16 * 1024


class NoAnswer(Exception):
    """The provider gave no answer that can be used; the message says why, for the log."""


class CodeRefused(Exception):
    """The token endpoint refused the code; ``error`` is its word, such as invalid_grant."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(f"{error}: {description}" if description else error)
        self.error = error


class Answer(NamedTuple):
    """A JSON object, and the Date header of the response that carried it."""

    document: dict[str, Any]
    date: str


class _BoundedAdapter(HTTPAdapter):
    """Reads an answer whole, within the limits."""

    def send(self, request: PreparedRequest, *arguments: Any, **options: Any) -> Response:
        """Send the request. Raises RequestException, as requests does."""
        ends_at = time.monotonic() + ALL_SECONDS
        options |= {"stream": True, "timeout": (CONNECT_SECONDS, READ_SECONDS)}
        response = super().send(request, *arguments, **options)
        try:
            body = _read(response, ends_at)
        finally:
            response.close()
        response.raw = io.BytesIO(body)
        return response


def _read(response: Response, ends_at: float) -> bytes:
    body = bytearray()
    while chunk := response.raw.read1(_CHUNK_BYTES, decode_content=True):
        body += chunk
        if len(body) > MAX_BYTES:
            raise RequestException(f"the answer has more than {MAX_BYTES // 1024} KB")
        if time.monotonic() > ends_at:
            raise RequestException("the answer is too slow")
    return bytes(body)


class Client:
    """A client of one provider, for one sign-in."""

    def __init__(self, client_id: str, client_secret: str, **options: Any) -> None:
        self._session = OAuth2Session(
            client_id, client_secret, code_challenge_method="S256", **options
        )
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, _BoundedAdapter())

    def authorization_address(self, endpoint: str, **parameters: str) -> str:
        """Return the address at the provider to which the browser is sent."""
        address, _ = self._session.create_authorization_url(endpoint, **parameters)
        return cast(str, address)

    def get(self, address: str, access_token: str = "") -> Answer:
        """Return the JSON object at an address of the provider. Raises NoAnswer."""
        headers = {"Accept": "application/json"}
        if access_token:
            headers["Authorization"] = f"Bearer {access_token}"
        try:
            response = self._session.get(
                address, headers=headers, allow_redirects=False, withhold_token=True
            )
        except (OSError, ValueError) as error:  # RequestException is an OSError
            raise NoAnswer(_reason(error)) from error
        if response.status_code != 200:
            raise NoAnswer(f"{address} returned {response.status_code}")
        return Answer(_object(response, address), response.headers.get("Date", ""))

    def fetch_token(self, endpoint: str, code: str, verifier: str) -> Mapping[str, object]:
        """Exchange a code for tokens. Raises CodeRefused or NoAnswer."""
        try:
            token = self._session.fetch_token(
                endpoint,
                grant_type="authorization_code",
                code=code,
                code_verifier=verifier,
                allow_redirects=False,
            )
        except OAuthError as error:
            raise CodeRefused(str(error.error)[:100], str(error.description or "")[:300]) from error
        except (OSError, ValueError, TypeError) as error:  # TypeError: expires_in is a list
            raise NoAnswer(_reason(error)) from error
        return cast(Mapping[str, object], token)


def _object(response: Response, address: str) -> dict[str, Any]:
    document = strict_json.parse_object(response.content)
    if not document:
        kind = response.headers.get("Content-Type", "nothing")[:100]
        raise NoAnswer(f"{address} returned {kind}, and not a JSON object")
    return document


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]
