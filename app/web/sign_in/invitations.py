"""Choose a password with a one-time link."""

from collections.abc import Mapping

from flask import Blueprint, flash, make_response, redirect, request
from flask.typing import ResponseReturnValue

from app.accounts.errors import InvitationSpent, ValueRejected
from app.web.current import current_sign_in
from app.web.forms.rendering import Notice
from app.web.http.viewers import start_session
from app.web.sign_in.rendering import NO_ERRORS, keep_typed, show

invitation_pages = Blueprint("invitations", __name__)


@invitation_pages.get("/invite/<code>")
def ask(code: str) -> ResponseReturnValue:
    """Show the form that takes a password. Nothing is spent, however often it is asked for."""
    return _page(code)


@invitation_pages.post("/invite/<code>")
def accept(code: str) -> ResponseReturnValue:
    """Set the password of the account that the link is of, once, and sign in."""
    try:
        account = current_sign_in().invitations.spend(
            code, request.form.get("password", ""), request.remote_addr or ""
        )
    except InvitationSpent:
        return _spent_page()
    except ValueRejected as error:
        return _page(code, errors={"password": str(error)}, status=422)
    response = make_response(redirect("/", 303))
    start_session(response, account, how="invitation")
    flash("Your password is set, and you are signed in.", "good")
    return response


def _page(
    code: str,
    *,
    errors: Mapping[str, str] = NO_ERRORS,
    notice: Notice | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    try:
        account = current_sign_in().invitations.find(code)
    except InvitationSpent:
        return _spent_page()
    return show(
        "invite.html",
        notice=notice,
        status=status,
        account=account,
        errors=errors,
        here=request.path,
    )


def _spent_page() -> ResponseReturnValue:
    return show("invite_used.html", status=410)


def _again(notice: Notice, status: int) -> ResponseReturnValue:
    return _page((request.view_args or {})["code"], notice=notice, status=status)


keep_typed(invitation_pages, _again)
