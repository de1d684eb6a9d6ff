"""Sign in, by a provider or by email and password, and sign out."""

from flask import Blueprint, abort, make_response, redirect, request
from flask.typing import ResponseReturnValue

from app.accounts.errors import AccountDisabled, SignInRefused, TooManyAttempts
from app.text.sanitizing import clean_line
from app.web.current import current_settings, current_sign_in, current_viewer
from app.web.forms.rendering import Notice
from app.web.http.viewers import current_session, end_session, start_session
from app.web.sign_in.load_balancer import forget_balancer_session
from app.web.sign_in.next_path import own_path
from app.web.sign_in.rendering import keep_typed, show, wait_page
from app.web.sign_in.sign_in_page import offers_passwords, provider_unavailable, sign_in_page
from app.web.sign_in.ways import ProviderUnavailable, Way, ways

signing_in = Blueprint("sign_in", __name__)

_MAX_EMAIL_CHARACTERS = 255


@signing_in.get("/sign-in")
def ask() -> ResponseReturnValue:
    """Show the ways to sign in, or go to the only one; ``choose`` shows them in any case."""
    next_path = own_path(request.args.get("next"))
    if current_viewer().is_signed_in:
        return redirect(next_path, 303)
    if "choose" not in request.args and len(ways()) == 1 and not offers_passwords():
        return _begin(ways()[0], next_path)
    return sign_in_page(next_path)


@signing_in.get("/sign-in/with/<key>")
def begin(key: str) -> ResponseReturnValue:
    """Send the browser to a provider."""
    way = next((way for way in ways() if way.key == key), None)
    if way is None:
        abort(404)
    return _begin(way, own_path(request.args.get("next")))


def _begin(way: Way, next_path: str) -> ResponseReturnValue:
    try:
        return way.begin(next_path)
    except ProviderUnavailable as error:
        return provider_unavailable(error, next_path)


@signing_in.post("/sign-in/password")
def check_password() -> ResponseReturnValue:
    """Begin a session of the account with this email and password."""
    try:
        account = current_sign_in().password_sign_in.sign_in(
            _typed_email(), request.form.get("password", ""), request.remote_addr or ""
        )
        response = make_response(redirect(own_path(request.form.get("next")), 303))
        start_session(response, account, how="password")
    except (SignInRefused, AccountDisabled) as error:
        return _again(Notice("bad", str(error)), 422)
    except TooManyAttempts as error:
        return wait_page(error, _again)
    return response


def _again(notice: Notice, status: int) -> ResponseReturnValue:
    return sign_in_page(
        own_path(request.form.get("next")), notice=notice, status=status, email=_typed_email()
    )


def _typed_email() -> str:
    return clean_line(request.form.get("email", ""))[:_MAX_EMAIL_CHARACTERS]


@signing_in.get("/sign-out")
def ask_to_sign_out() -> ResponseReturnValue:
    """Ask before the session of this browser ends; afterwards, say that it has."""
    return _sign_out_page()


def _sign_out_page(notice: Notice | None = None, status: int = 200) -> ResponseReturnValue:
    viewer = current_viewer()
    is_by_header = viewer.is_signed_in and current_session() is None
    return show(
        "sign_out.html",
        notice=notice,
        status=status,
        account_name=viewer.name if viewer.is_signed_in else "",
        # It would say with the next page who it is, whatever we do.
        is_by_proxy=is_by_header and current_settings().load_balancer is None,
    )


@signing_in.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session of this browser, on the server too."""
    response = make_response(redirect("/sign-out", 303))
    end_session(response)
    if current_settings().load_balancer is not None:
        forget_balancer_session(response)
    return response


def _after_failure(notice: Notice, status: int) -> ResponseReturnValue:
    if request.endpoint == f"{signing_in.name}.{sign_out.__name__}":
        return _sign_out_page(notice, status)
    return _again(notice, status)


keep_typed(signing_in, _after_failure)
