"""Find out who makes a request, before anything else is done with it."""

from collections.abc import Callable

from flask import Flask, Request, current_app, g, request

from app.access.modes import Mode
from app.access.viewer import ANYBODY_IN_OPEN_MODE, STRANGER, VISITOR, Origin, Viewer
from app.contracts.accounts import Account
from app.web.current import current_access, current_settings
from app.web.http.own_laptop import is_own_laptop

# Return the account that a header of the request names, or None if it names nobody. Raises
# Unauthorized (401) for a header that is wrong. The account is at most 30 seconds old, and read
# anew where the second argument, ``fresh``, is true.
AccountOfHeader = Callable[[Request, bool], Account | None]

# The same for everybody.
_OF_NOBODY = ("/static/", "/healthz", "/readyz", "/monitor", "/favicon.ico")
# A right that was taken away ends here with the next request, elsewhere within 30 seconds.
_READING = ("GET", "HEAD", "OPTIONS")
_ALWAYS_FRESH = frozenset({"exports"})

_ANONYMOUS = {
    Mode.OPEN: ANYBODY_IN_OPEN_MODE,
    Mode.READ_ONLY: VISITOR,
    Mode.SIGN_IN: STRANGER,
}


def register(app: Flask) -> None:
    """Give every request of this application its viewer."""
    app.before_request(_identify)


def know_by_header(app: Flask, account_of: AccountOfHeader) -> None:
    """Ask this function of every request, after those registered before, and before the cookie."""
    functions_of_headers(app).append(account_of)


def functions_of_headers(app: Flask) -> list[AccountOfHeader]:
    """Return the functions that know a viewer by a header, in the order in which to ask them."""
    functions: list[AccountOfHeader] = app.extensions.setdefault("accounts_of_headers", [])
    return functions


def mode_of_request() -> Mode:
    """Return how the directory treats somebody who makes this request without a sign-in."""
    policy = current_access().policy()
    # Where nobody has chosen anything, whoever started it on their laptop just uses it.
    is_new = not (policy.is_chosen or policy.is_claimed or policy.has_sign_in)
    if is_new and not current_settings().trusted_proxies and is_own_laptop(request.environ):
        return Mode.OPEN
    return policy.mode


def _identify() -> None:
    g.viewer = STRANGER  # of the page that says what is wrong with a header
    g.viewer = _viewer()


def _viewer() -> Viewer:
    account = None if request.path.startswith(_OF_NOBODY) else _account_of_headers()
    if account is None:
        return _ANONYMOUS[mode_of_request()]
    return Viewer(
        role=account.role,
        origin=Origin.SESSION,
        account_id=account.id,
        name=account.name,
        email=account.email,
        person_id=account.person_id,
    )


def _account_of_headers() -> Account | None:
    fresh = request.method not in _READING or request.blueprint in _ALWAYS_FRESH
    for account_of in functions_of_headers(current_app):
        if account := account_of(request, fresh):
            return account
    return None
