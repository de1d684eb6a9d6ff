"""Claim a new directory with the setup link: its first administrator does."""

from collections.abc import Mapping
from urllib.parse import quote

from flask import Blueprint, flash, make_response, redirect, request
from flask.typing import ResponseReturnValue

from app.access.modes import Mode
from app.accounts.errors import AlreadyClaimed, SetupCodeWrong, TooManyAttempts, ValueRejected
from app.contracts.accounts import Account
from app.text.sanitizing import clean_line
from app.web.current import current_access, current_accounts, current_sign_in, current_viewer
from app.web.forms.rendering import Notice
from app.web.http.viewers import current_session, mode_of_request, start_session
from app.web.sign_in.rendering import NO_ERRORS, keep_typed, show, wait_page

setup_pages = Blueprint("setup", __name__)

_MAX_CHARACTERS = 200
_UNTIL_CLAIMED = {
    Mode.OPEN: "Until somebody does, everyone who reaches it sees and changes everything.",
    Mode.READ_ONLY: "Until somebody does, anyone can look, and no one can change anything.",
    Mode.SIGN_IN: "Until somebody does, no one sees anything.",
}
_LAPTOP_UNTIL_CLAIMED = (
    "Until somebody does, whoever uses this computer sees and changes everything. Afterwards only"
    " those who sign in change anything, here too."
)


@setup_pages.get("/setup")
def ask() -> ResponseReturnValue:
    """Show the form that takes the code; the boxes of other pages lead to the link itself."""
    code = clean_line(request.args.get("code", ""))[:_MAX_CHARACTERS]
    if code:
        return redirect(_link(code), 303)
    return _page("")


@setup_pages.get("/setup/<code>")
def ask_with_code(code: str) -> ResponseReturnValue:
    """Show the form with this code in it. Nothing is spent, however often it is asked for."""
    try:
        current_sign_in().setup_link.check(code, request.remote_addr or "")
    except AlreadyClaimed:
        return _claimed_page()
    except SetupCodeWrong as error:
        return _page(code, errors={"code": str(error)}, status=404)
    except TooManyAttempts as error:
        return wait_page(error, _again)
    return _page(code)


@setup_pages.post("/setup")
@setup_pages.post("/setup/<code>")
def claim(code: str = "") -> ResponseReturnValue:
    """Make whoever has the code the first administrator, once."""
    code = _typed("code") or code
    try:
        account = _claim(code)
    except AlreadyClaimed:
        return _claimed_page()
    except SetupCodeWrong as error:
        return _page(code, errors={"code": str(error)}, status=422)
    except ValueRejected as error:
        return _page(code, errors={error.field: str(error)}, status=422)
    except TooManyAttempts as error:
        return wait_page(error, _again)
    response = make_response(redirect("/settings", 303))
    if not _is_known_by_header():
        start_session(response, account, how="setup")
    current_sign_in().local_accounts.expire()
    flash("The directory is yours. Decide here who may see and change what.", "good")
    return response


def _claim(code: str) -> Account:
    setup_link, peer = current_sign_in().setup_link, request.remote_addr or ""
    account_id = current_viewer().account_id
    account = current_accounts().get(account_id) if account_id else None
    if account is not None:
        return setup_link.claim_with_account(code, account, peer)
    password = request.form.get("password", "")
    return setup_link.claim_with_password(code, _typed("name"), _typed("email"), password, peer)


def _is_known_by_header() -> bool:
    """Return whether a proxy says with every request who it is of, so that no session is needed."""
    return current_viewer().is_signed_in and current_session() is None


def _page(
    code: str,
    *,
    errors: Mapping[str, str] = NO_ERRORS,
    notice: Notice | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    if current_access().policy().is_claimed:
        return _claimed_page()
    viewer = current_viewer()
    return show(
        "claim.html",
        notice=notice,
        status=status,
        code=clean_line(code)[:_MAX_CHARACTERS],
        name=_typed("name"),
        email=_typed("email"),
        errors=errors,
        account_name=viewer.name if viewer.is_signed_in else "",
        here=_link(code) if code else "/setup",
        until_claimed=_until_claimed(),
    )


def _until_claimed() -> str:
    mode = mode_of_request()
    if mode is Mode.OPEN and current_access().policy().mode is not Mode.OPEN:
        return _LAPTOP_UNTIL_CLAIMED
    return _UNTIL_CLAIMED[mode]


def _claimed_page() -> ResponseReturnValue:
    return show("claimed.html", status=410, is_signed_in=current_viewer().is_signed_in)


def _again(notice: Notice, status: int) -> ResponseReturnValue:
    code = _typed("code") or (request.view_args or {}).get("code", "")
    return _page(code, notice=notice, status=status)


def _typed(name: str) -> str:
    return clean_line(request.form.get(name, ""))[:_MAX_CHARACTERS]


def _link(code: str) -> str:
    return f"/setup/{quote(code, safe='')}"


keep_typed(setup_pages, _again)
