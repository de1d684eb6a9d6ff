"""Find out who makes a request, before anything else is done with it."""

from collections.abc import Callable

from flask import Flask, Request, g, request

from app.access.modes import Mode
from app.access.viewer import ANYBODY_IN_OPEN_MODE, STRANGER, VISITOR, Viewer
from app.contracts.accounts import Account
from app.web.current import current_access, current_settings
from app.web.http.own_laptop import is_own_laptop

# Return the account that a header of the request names, or None if it names nobody. Raises
# Unauthorized (401) for a header that is wrong. The account is at most 30 seconds old, and read
# anew where the second argument, ``fresh``, is true.
AccountOfHeader = Callable[[Request, bool], Account | None]

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
    g.viewer = _viewer()


def _viewer() -> Viewer:
    return _ANONYMOUS[mode_of_request()]
