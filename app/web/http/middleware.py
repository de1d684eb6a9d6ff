"""What every request and response goes through: id, deadline, key, security headers, log line."""

from __future__ import annotations

import logging
import secrets
import time
from typing import cast

from flask import Flask, Request, Response, g, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask.typing import ResponseReturnValue

from app.model.errors import StorageUnavailable
from app.runtime import deadline
from app.secret_keys import SecretKeys

log = logging.getLogger(__name__)

# These answer without a key, a session or a database.
_NEED_NO_KEY = ("/static/", "/photos/", "/healthz", "/readyz", "/monitor", "/favicon.ico")
_LONGEST_LOGGED_PATH = 200
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Sessions(SecureCookieSessionInterface):
    """Sessions in a cookie that is marked Secure exactly when the request came over TLS.

    The key that signs them is fetched at the first request that may need one, not at the start: it
    may lie in a table that does not answer, and the application starts all the same.
    """

    def get_cookie_secure(self, app: Flask) -> bool:
        """Plain HTTP on port 80 must work too: a Secure cookie would never come back there."""
        return request.is_secure

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session; none while there is no key, and then g.keyless says why."""
        deadline.start()
        if not app.secret_key and not request.path.startswith(_NEED_NO_KEY):
            try:
                newest, *older = cast(SecretKeys, app.extensions["secret_keys"]).get()
            except StorageUnavailable as error:
                g.keyless = error
                return None
            app.config["SECRET_KEY_FALLBACKS"] = older
            app.secret_key = newest
        if app.secret_key and self.get_cookie_name(app) not in request.cookies:
            g.opened = self.session_class()  # nothing to check, so no signer is made
        else:
            g.opened = super().open_session(app, request)
        return cast("SecureCookieSession | None", g.opened)


def register(app: Flask, photo_origin: str | None) -> None:
    """Watch over every request of this application."""
    images = f"'self' blob: {photo_origin}" if photo_origin else "'self' blob:"
    policy = (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src {images}; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    headers = {**_HEADERS, "Content-Security-Policy": policy}
    app.session_interface = Sessions()
    app.before_request(_begin)

    @app.after_request
    def finish(response: Response) -> Response:
        _add_headers(response, headers)
        _log_request(response)
        return response


def request_id() -> str:
    """The id under which this request is found in the log."""
    return str(g.get("request_id", "none"))


def holds_token() -> bool:
    """Whether the answer to this request holds a form with its token."""
    return "csrf_token" in g  # Flask-WTF keeps there the one that it made


def changes_session() -> bool:
    """Whether the answer to this request sets or removes the cookie of the session."""
    opened: SecureCookieSession | None = g.get("opened")
    return opened is not None and opened.modified


def _begin() -> ResponseReturnValue | None:
    g.request_id = secrets.token_hex(8)
    g.started_at = time.perf_counter()
    if request.path == "/" and request.headers.get("User-Agent", "").startswith("ELB-Health"):
        # The course's target group probes "/", and a probe must not cost a page.
        return "ok\n", {"Content-Type": "text/plain; charset=utf-8"}
    if "keyless" in g and (request.blueprint == "employees" or request.method == "POST"):
        raise g.keyless
    return None


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


def tell_operator(error: StorageUnavailable, asked_as: str) -> None:
    """Log what a store refused, under the id of the request that asked it."""
    log.error(
        "%s did not answer",
        error.service,
        extra={
            "directory": {
                "request_id": asked_as,
                "action": error.action,
                "resource": error.resource,
                "reason": error.reason,
            }
        },
    )
