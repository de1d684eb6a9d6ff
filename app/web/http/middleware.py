"""Middleware of every request: id, deadline, signing key, security headers, log line."""

import logging
import re
from typing import cast

from flask import Flask, Request, Response, g, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask.typing import ResponseReturnValue

from app.history.changes import Through
from app.model.errors import StorageUnavailable
from app.runtime import deadline, load_balancer
from app.secret_keys import SecretKeys
from app.web.http import measuring, request_ids

log = logging.getLogger(__name__)

# These answer without a signing key, session or database.
_KEYLESS_PATHS = (
    *("/static/", "/photos/", "/favicon.ico"),
    *("/healthz", "/readyz", "/monitor", "/metrics"),
)
_MAX_PATH_CHARACTERS = 200
# What follows is a code that lets whoever reads it in, so it is in no log, however it is written.
_CODE_IN_PATH = re.compile(r"(?i)(/(?:setup|invite)/).*", re.DOTALL)
_POLICY_HEADER = "Content-Security-Policy"
_HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)


class Sessions(SecureCookieSessionInterface):
    """Cookie sessions whose cookie is Secure exactly if the request came over TLS.

    The signing key is loaded by the first request that may need it, not at start, so that the
    application starts even if the table with the key does not respond.
    """

    def get_cookie_secure(self, app: Flask) -> bool:
        """Return whether the request is secure: plain HTTP on port 80 must work too."""
        return request.is_secure

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Open the session; return None without a signing key, and set g.keyless to the reason."""
        deadline.start_request()
        request_ids.begin(app, request)
        if not app.secret_key and not request.path.startswith(_KEYLESS_PATHS):
            try:
                newest, *older = cast(SecretKeys, app.extensions["secret_keys"]).get()
            except StorageUnavailable as error:
                g.keyless = error
                return None
            app.config["SECRET_KEY_FALLBACKS"] = older
            app.secret_key = newest
        if app.secret_key and self.get_cookie_name(app) not in request.cookies:
            g.opened = self.session_class()  # no cookie to verify, so no signer is made
        else:
            g.opened = super().open_session(app, request)
        return cast("SecureCookieSession | None", g.opened)


def register(app: Flask, photo_origin: str | None) -> None:
    """Add the middleware to this application."""
    images = f"'self' blob: {photo_origin}" if photo_origin else "'self' blob:"
    policy = (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src {images}; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    app.session_interface = Sessions()
    measuring.register(app)
    app.before_request(_begin)

    @app.after_request
    def finish(response: Response) -> Response:
        _add_headers(response, policy)
        _log_request(response)
        return response


def request_id() -> str:
    """Return the id under which the log has this request."""
    return str(g.get("request_id", "none"))


def on_this_page() -> Through:
    """Return how a write of this request comes: on a page, and by which request."""
    return Through(request_id=request_id())


def holds_token() -> bool:
    """Return whether the response has a form with a CSRF token."""
    return "csrf_token" in g  # Flask-WTF keeps its token there


def changes_session() -> bool:
    """Return whether the response sets or deletes the session cookie."""
    opened: SecureCookieSession | None = g.get("opened")
    return opened is not None and opened.modified


def _begin() -> ResponseReturnValue | None:
    if load_balancer.is_probe(request.path, request.headers.get("User-Agent", "")):
        measuring.note_probe()  # it must not cost a whole page
        return "ok\n", {"Content-Type": "text/plain; charset=utf-8"}
    if "keyless" in g and (request.blueprint == "employees" or request.method == "POST"):
        raise g.keyless
    return None


def _add_headers(response: Response, policy: str) -> None:
    # Nothing else sets any of the first, so none has to be looked for.
    response.headers.extend([*_HEADERS, ("X-Request-Id", request_id())])
    own = {name for name, _ in response.headers}
    if _POLICY_HEADER not in own:  # a photo has its own
        response.headers.add(_POLICY_HEADER, policy)
    if "Cache-Control" not in own:
        response.headers.add("Cache-Control", "private, no-store")
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.environ.get("SERVER_SOFTWARE", "").startswith("Werkzeug"):
        response.headers["Server"] = "directory"  # the default has version numbers


def _log_request(response: Response) -> None:
    line = {
        "request_id": request_id(),
        "method": request.method,
        "path": _CODE_IN_PATH.sub(r"\1…", request.path)[:_MAX_PATH_CHARACTERS],
        "status": response.status_code,
        "ms": round(1000 * measuring.seconds_so_far(), 1),
    }
    log.info("request", extra={"directory": line})


def log_store_failure(error: StorageUnavailable, caller_id: str) -> None:
    """Log a failed call to a store, with the id of the request that made it."""
    measuring.note_failed_service(error.service)
    log.error(
        "%s did not respond",
        error.service,
        extra={
            "directory": {
                "request_id": caller_id,
                "action": error.action,
                "resource": error.resource,
                "reason": error.reason,
            }
        },
    )
