"""The own account: who one is here, where one is signed in, and the password."""

from collections.abc import Mapping
from datetime import UTC
from typing import NamedTuple
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
)
from flask.typing import ResponseReturnValue

from app.access.viewer import Viewer
from app.accounts.errors import (
    AccountDisabled,
    AccountNotFound,
    SignInRefused,
    TooManyAttempts,
    ValueRejected,
)
from app.contracts.accounts import Account, AccountConflict, Session
from app.model.errors import StorageUnavailable
from app.text.plurals import count_of
from app.web.current import (
    current_accounts,
    current_sessions,
    current_settings,
    current_sign_in,
    current_viewer,
)
from app.web.forms.rendering import Notice
from app.web.http.middleware import log_store_failure, request_id
from app.web.http.viewers import current_session, start_session
from app.web.sign_in.rendering import NO_ERRORS, is_in_the_clear, keep_typed, wait_page
from app.web.sign_in.sign_in_page import sign_in_page
from app.web.ui.clock import Clock
from app.web.ui.dates import moment

own_account = Blueprint("own_account", __name__)

_ROLE_ORIGINS = {
    "setup": "you claimed the directory",
    "admin": "given by an administrator",
    "groups": "given by a group of your company",
    "command": "given on the machine",
}


class SessionLine(NamedTuple):
    """A session as the page shows it."""

    description: str
    began: Clock
    ends: Clock
    is_this: bool


@own_account.get("/me")
def ask() -> ResponseReturnValue:
    """Show the own account and its sessions."""
    return _page()


def _page(
    notice: Notice | None = None, status: int = 200, errors: Mapping[str, str] = NO_ERRORS
) -> ResponseReturnValue:
    viewer = current_viewer()
    account = current_accounts().get(viewer.account_id) or _account_as_known(viewer)
    known = current_session()
    this = known.session if known else None
    sessions = current_sessions().of_account(account.id)
    page = render_template(
        "me.html",
        notice=notice,
        errors=errors,
        account=account,
        has_password=account.identity is None and account.email,
        is_clear=is_in_the_clear(),
        photo_key=current_app.extensions["own_photos"].photo_key(viewer),
        role=account.role.capitalize(),
        role_origin=_ROLE_ORIGINS.get(account.role_origin, ""),
        way=_way_of(account),
        sessions=[_line(session, this) for session in sessions],
        has_others=any(session.digest != this.digest for session in sessions) if this else False,
        hours=count_of(current_settings().sign_in.hours, "hour", "hours"),
    )
    return page, status


@own_account.post("/me/sign-out-others")
def sign_out_others() -> ResponseReturnValue:
    """End all sessions of the account but that of this browser."""
    known = current_session()
    if known is not None:
        ended = count_of(current_sessions().end_others(known.session), "session", "sessions")
        flash(f"Signed out everywhere else: {ended} ended.", "good")
    return redirect("/me", 303)


@own_account.post("/me/password")
def change_password() -> ResponseReturnValue:
    """Change the password of whoever knows the current one, and sign out everywhere else."""
    try:
        account = current_sign_in().own_password.change(
            current_viewer().account_id,
            request.form.get("current_password", ""),
            request.form.get("password", ""),
            request.remote_addr or "",
        )
    except SignInRefused:
        return _page(status=422, errors={"current_password": "This is not your current password."})
    except ValueRejected as error:
        if error.field == "account":  # which has no such form
            return _page(Notice("bad", str(error)), 422)
        return _page(status=422, errors={error.field: str(error)})
    except TooManyAttempts as error:
        return wait_page(error, _page)
    except AccountConflict:
        text = "Your account was changed at the same time, and your password was not. Try again."
        return _page(Notice("bad", text), 409)
    except (AccountDisabled, AccountNotFound) as error:
        return _page(Notice("bad", str(error)), 422)
    return _go_on_with(account)


def _go_on_with(account: Account) -> ResponseReturnValue:
    """Begin a session in place of that of this browser, which has ended with all others."""
    response = make_response(redirect("/me", 303))
    try:
        start_session(response, account, how="password")
    except StorageUnavailable as error:
        log_store_failure(error, request_id())
        text = "Your password is changed, and you are signed out everywhere. Sign in with it."
        return sign_in_page("/me", notice=Notice("warning", text), status=503, email=account.email)
    flash("Your password is changed, and you are signed out everywhere else.", "good")
    return response


def _account_as_known(viewer: Viewer) -> Account:
    """Return an account that was removed a moment ago as its session has it."""
    return Account(id=viewer.account_id, name=viewer.name, email=viewer.email, role=viewer.role)


def _line(session: Session, this: Session | None) -> SessionLine:
    return SessionLine(
        session.description,
        Clock(moment(session.began_at), session.began_at.isoformat(timespec="minutes")),
        Clock(_end_of(session), session.ends_at.isoformat(timespec="minutes")),
        this is not None and session.digest == this.digest,
    )


def _end_of(session: Session) -> str:
    """Return when a session ends; only the time if that is on the day on which it began."""
    began, ends = session.began_at.astimezone(UTC), session.ends_at.astimezone(UTC)
    return f"{ends:%H:%M} UTC" if began.date() == ends.date() else moment(ends)


def _way_of(account: Account) -> str:
    """Return how the owner of an account signs in, as a name."""
    if account.identity is None:
        return "Email and password"
    oidc = current_settings().sign_in.oidc
    if oidc is not None and oidc.issuer == account.identity.issuer:
        return oidc.label
    return urlsplit(account.identity.issuer).hostname or account.identity.issuer


keep_typed(own_account, _page)
