"""What every request and response goes through: id, deadline, key, security headers, log line."""

from __future__ import annotations

import logging
import secrets
import time
from typing import cast

from flask import Flask, Response, current_app, g, request
from flask.globals import request_ctx
from flask.sessions import NullSession, SecureCookieSessionInterface
from flask.typing import ResponseReturnValue

from app import deadline
from app.secret_key import SecretKeys

log = logging.getLogger(__name__)

# These answer without a key, a session or a database.
_NEED_NO_KEY = frozenset({"static_files", "photos", "machine"})
_LONGEST_LOGGED_PATH = 200
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class CookieFollowsScheme(SecureCookieSessionInterface):
    """The session cookie is marked Secure exactly when the request came over TLS."""

    def get_cookie_secure(self, app: Flask) -> bool:
        """Plain HTTP on port 80 must work too: a Secure cookie would never come back there."""
        return request.is_secure


def register(app: Flask, photo_origin: str | None) -> None:
    """Watch over every request of this application."""
    images = f"'self' blob: {photo_origin}" if photo_origin else "'self' blob:"
    policy = (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src {images}; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    headers = {**_HEADERS, "Content-Security-Policy": policy}
    app.session_interface = CookieFollowsScheme()
    app.before_request(_begin)

    @app.after_request
    def finish(response: Response) -> Response:
        _add_headers(response, headers)
        _log_request(response)
        return response


def request_id() -> str:
    """The id under which this request is found in the log."""
    return str(g.get("request_id", "none"))


def _begin() -> ResponseReturnValue | None:
    g.request_id = secrets.token_hex(8)
    g.started_at = time.perf_counter()
    deadline.start()
    if request.path == "/" and request.headers.get("User-Agent", "").startswith("ELB-Health"):
        # The course's target group probes "/", and a probe must not cost a page.
        return "ok\n", {"Content-Type": "text/plain; charset=utf-8"}
    if request.blueprint not in _NEED_NO_KEY:
        _use_secret_key()
    return None


def _use_secret_key() -> None:
    """Give the application its key at the first request that needs one.

    Flask opened that request's session before anyone could fetch the key, so it is opened again.
    """
    if not isinstance(request_ctx.session, NullSession):
        return
    keys: SecretKeys = current_app.extensions["secret_keys"]
    newest, *older = keys.get()
    current_app.config["SECRET_KEY_FALLBACKS"] = older
    current_app.secret_key = newest
    opened = current_app.session_interface.open_session(_the_app(), request)
    if opened is not None:
        request_ctx.session = opened


def _the_app() -> Flask:
    return cast(Flask, current_app._get_current_object())  # type: ignore[attr-defined]


def _add_headers(response: Response, headers: dict[str, str]) -> None:
    response.headers.update(headers)
    response.headers["X-Request-Id"] = request_id()
    response.headers.setdefault("Cache-Control", "private, no-store")
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.environ.get("SERVER_SOFTWARE", "").startswith("Werkzeug"):
        response.headers["Server"] = "directory"  # else it tells the versions of its parts


def _log_request(response: Response) -> None:
    line = {
        "request_id": request_id(),
        "method": request.method,
        "path": request.path[:_LONGEST_LOGGED_PATH],
        "status": response.status_code,
        "ms": round(1000 * (time.perf_counter() - g.get("started_at", time.perf_counter())), 1),
    }
    log.info("request", extra={"directory": line})
