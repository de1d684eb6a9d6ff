"""Find out who makes a request, before anything else is done with it."""

from collections.abc import Callable

from flask import Flask, Request, g

from app.access.viewer import ANYBODY_IN_OPEN_MODE
from app.contracts.accounts import Account

# Return the account that a header of the request names, or None if it names nobody. Raises
# Unauthorized (401) for a header that is wrong. The account is at most 30 seconds old, and read
# anew where the second argument, ``fresh``, is true.
AccountOfHeader = Callable[[Request, bool], Account | None]


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


def _identify() -> None:
    g.viewer = ANYBODY_IN_OPEN_MODE
