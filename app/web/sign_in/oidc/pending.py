"""The sign-in that this browser has begun, in a cookie of its own."""

from __future__ import annotations

import secrets
from typing import NamedTuple, cast

from flask import Response, current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

from app.secret_keys import SecretKeys
from app.web.current import current_settings
from app.web.sign_in.next_path import HOME
from app.web.sign_in.oidc.provider import Attempt

COOKIE = "directory_sign_in"
MAX_SECONDS = 600
_PATH = "/sign-in"
_MAX_CHARACTERS = 3800  # browsers drop a cookie of more than 4,096 with its name and attributes
_SALT = "sign-in at a provider"


class Pending(NamedTuple):
    """A sign-in that was begun, and the path of ours that follows it."""

    attempt: Attempt
    next_path: str


def begin(next_path: str) -> Pending:
    """Return a new sign-in, with random values that nobody guesses."""
    state, nonce = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
    return Pending(Attempt(state, nonce, secrets.token_urlsafe(48)), next_path)


def keep(response: Response, pending: Pending) -> None:
    """Keep it in the browser that gets this response, in the place of one begun before."""
    value = _serializer().dumps([*pending.attempt, pending.next_path])
    if len(value) > _MAX_CHARACTERS:
        value = _serializer().dumps([*pending.attempt, HOME])
    response.set_cookie(
        COOKIE,
        value,
        max_age=MAX_SECONDS,
        path=_PATH,
        secure=_is_secure(),
        httponly=True,
        samesite="Lax",
    )


def read() -> Pending | None:
    """Return the one that this browser began in the last MAX_SECONDS, or None."""
    try:
        values = _serializer().loads(request.cookies.get(COOKIE, ""), max_age=MAX_SECONDS)
    except BadData:
        return None
    if not isinstance(values, list) or len(values) != 4:
        return None  # of another release
    state, nonce, verifier, next_path = map(str, values)
    return Pending(Attempt(state, nonce, verifier), next_path)


def forget(response: Response) -> Response:
    """Take it out of the browser that gets this response."""
    response.delete_cookie(COOKIE, path=_PATH, secure=_is_secure(), httponly=True, samesite="Lax")
    return response


def _is_secure() -> bool:
    # Whoever signs in is at this address, also where a proxy does not say that it speaks TLS.
    return current_settings().sign_in.public_address.startswith("https://")


def _serializer() -> URLSafeTimedSerializer:
    keys = cast(SecretKeys, current_app.extensions["secret_keys"]).get()
    return URLSafeTimedSerializer(list(reversed(keys)), salt=_SALT)  # the last one signs
