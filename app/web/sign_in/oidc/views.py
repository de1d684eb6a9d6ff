"""Sign in at the OpenID provider, and hear of sign-outs there."""

from __future__ import annotations

import hmac
import logging
import re
from datetime import UTC, datetime
from typing import cast
from urllib.parse import urlencode, urlsplit

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    after_this_request,
    current_app,
    g,
    jsonify,
    redirect,
    request,
)
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect

from app.accounts import audit_log
from app.accounts.audit_log import Event
from app.accounts.errors import AccountDisabled
from app.contracts.accounts import Identity
from app.settings import Settings
from app.web.current import current_accounts, current_settings
from app.web.forms.rendering import Notice
from app.web.http.viewers import start_session
from app.web.sign_in.claims import identity_of, profile_of
from app.web.sign_in.next_path import HOME
from app.web.sign_in.oidc import pending as pending_sign_in
from app.web.sign_in.oidc.pending import Pending
from app.web.sign_in.oidc.provider import Provider
from app.web.sign_in.oidc.rejections import SignInRejected, TokenRejected
from app.web.sign_in.sign_in_page import provider_unavailable, sign_in_page
from app.web.sign_in.ways import ProviderUnavailable, add_way

log = logging.getLogger(__name__)

oidc_pages = Blueprint("oidc", __name__)

KEY = "oidc"
_EXTENSION = "oidc_provider"
_MAX_CODE_CHARACTERS = 4096
_ERROR = re.compile(r"[a-z_]{1,50}")


def register(app: Flask) -> None:
    """Offer the provider of the settings, if they are complete."""
    settings: Settings = app.extensions["settings"]
    chosen = settings.sign_in
    app.register_blueprint(oidc_pages)
    # The provider calls it, and its token is signed.
    cast(CSRFProtect, app.extensions["csrf"]).exempt(ended)
    if chosen.oidc is None or chosen.oidc.missing:
        return
    wants_groups = bool(chosen.editor_groups or chosen.admin_groups)
    provider = Provider(chosen.oidc, wants_groups=wants_groups)
    app.extensions[_EXTENSION] = provider
    add_way(app, OidcWay(provider))


class OidcWay:
    """The button of the provider."""

    key = KEY

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self.label = provider.settings.label

    def begin(self, next_path: str) -> Response:
        """Send the browser to the provider. Raises ProviderUnavailable."""
        if not _is_at_public_address():
            # Its cookie would not come back: the provider sends people to the public address.
            query = urlencode({"next": next_path, "here": "1"})
            address = f"{current_settings().sign_in.public_address}/sign-in/with/{KEY}?{query}"
            return cast(Response, redirect(address, 303))
        begun = pending_sign_in.begin(next_path)
        response = redirect(self._provider.authorization_address(begun.attempt), 303)
        pending_sign_in.keep(cast(Response, response), begun)
        return cast(Response, response)


def _is_at_public_address() -> bool:
    """Return whether the browser is where it will come back to, or was sent there by us.

    Behind a proxy that changes the host, the request does not show it.
    """
    public_host = urlsplit(current_settings().sign_in.public_address).netloc
    return "here" in request.args or request.host.lower() == public_host


@oidc_pages.get("/sign-in/back")
def back() -> ResponseReturnValue:
    """Take who comes back from the provider, and begin their session."""
    provider = _provider()
    begun = _begun_in_this_browser()
    provider.check_issuer(request.args.get("iss"))
    claims = provider.claims(_code(provider), begun.attempt)
    identity = identity_of(claims, provider.settings)
    if identity is None:
        raise SignInRejected(
            f"{provider.settings.label} did not say who you are. Sign in again.", "sub is no name"
        )
    account = current_accounts().sign_in(identity, profile_of(claims, provider.settings))
    response = cast(Response, redirect(begun.next_path, 303))
    start_session(response, account, how=KEY)
    return response


def _begun_in_this_browser() -> Pending:
    """Return the sign-in that the request ends, which cannot be ended again."""
    begun = pending_sign_in.read()
    state = request.args.get("state", "")
    if begun is None or not hmac.compare_digest(begun.attempt.state.encode(), state.encode()):
        # The cookie stays: an image of a stranger's page must not end somebody's sign-in.
        raise SignInRejected(
            "This sign-in was not begun in this browser, or more than ten minutes ago. "
            "Sign in again.",
            "state is of no sign-in of this browser",
        )
    after_this_request(pending_sign_in.forget)
    g.next_path = begun.next_path
    return begun


def _code(provider: Provider) -> str:
    error = request.args.get("error", "")
    label = provider.settings.label
    if error == "access_denied":
        raise SignInRejected(f"{label} did not let you in, or you cancelled. Try again.", error)
    if error:
        description = request.args.get("error_description", "")[:500]
        log.warning("%s refused a sign-in: %r %r", label, error[:100], description)
        known = error if _ERROR.fullmatch(error) else "unknown"
        raise SignInRejected(
            f"{label} could not sign you in ({known}). Try again. If that does not help, tell "
            "whoever runs the directory.",
            known,
        )
    code = request.args.get("code", "")
    if not 0 < len(code) <= _MAX_CODE_CHARACTERS:
        raise SignInRejected(f"{label} sent no code. Sign in again.", "code is missing or too long")
    return code


@oidc_pages.post("/sign-in/ended")
def ended() -> ResponseReturnValue:
    """End the sessions of somebody who has signed out at the provider, which calls this.

    It is OpenID Connect's back-channel logout. A token that is sent again ends no session that
    began after it.
    """
    provider = _provider()
    try:
        subject, moment = provider.ended_subject(request.form.get("logout_token"))
    except TokenRejected as error:
        audit_log.record(Event.REFUSED, provider=KEY, reason=f"logout token: {error}", peer=_peer())
        return jsonify(error="invalid_request", error_description="This is no logout token."), 400
    except ProviderUnavailable as error:
        return jsonify(error="temporarily_unavailable", error_description=str(error)), 503
    said_at = datetime.fromtimestamp(moment, UTC)
    current_accounts().end_sessions_of(Identity(provider.settings.issuer, subject), said_at)
    return "", 200


@oidc_pages.errorhandler(SignInRejected)
def _rejected(error: SignInRejected) -> ResponseReturnValue:
    audit_log.record(Event.REFUSED, provider=KEY, reason=error.reason, peer=_peer())
    return sign_in_page(_next_path(), notice=Notice("bad", str(error)), status=error.status)


@oidc_pages.errorhandler(AccountDisabled)
def _disabled(error: AccountDisabled) -> ResponseReturnValue:
    return sign_in_page(_next_path(), notice=Notice("bad", str(error)), status=403)


@oidc_pages.errorhandler(ProviderUnavailable)
def _unavailable(error: ProviderUnavailable) -> ResponseReturnValue:
    return provider_unavailable(error, _next_path())


def _provider() -> Provider:
    provider = current_app.extensions.get(_EXTENSION)
    if provider is None:
        abort(404)
    return cast(Provider, provider)


def _next_path() -> str:
    return str(g.get("next_path", HOME))


def _peer() -> str:
    return request.remote_addr or ""
