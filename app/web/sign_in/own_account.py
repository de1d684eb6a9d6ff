"""The own account: who one is here, and where one is signed in."""

from datetime import UTC
from typing import NamedTuple
from urllib.parse import urlsplit

from flask import Blueprint, current_app, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from app.access.viewer import Viewer
from app.contracts.accounts import Account, Session
from app.text.plurals import count_of
from app.web.current import current_accounts, current_sessions, current_settings, current_viewer
from app.web.forms.rendering import Notice
from app.web.http.viewers import current_session
from app.web.sign_in.rendering import keep_typed
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


def _page(notice: Notice | None = None, status: int = 200) -> ResponseReturnValue:
    viewer = current_viewer()
    account = current_accounts().get(viewer.account_id) or _account_as_known(viewer)
    known = current_session()
    this = known.session if known else None
    sessions = current_sessions().of_account(account.id)
    page = render_template(
        "me.html",
        notice=notice,
        account=account,
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
