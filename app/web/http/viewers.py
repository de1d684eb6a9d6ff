"""Find out who makes a request, before anything else is done with it."""

from collections.abc import Callable

from flask import Flask, Request, Response, current_app, g, request, session

from app.access.modes import Mode
from app.access.rights import Right, under_policy
from app.access.viewer import (
    ANYBODY_IN_OPEN_MODE,
    STRANGER,
    VISITOR,
    Origin,
    Role,
    Viewer,
)
from app.contracts.accounts import Account, KnownSession
from app.web.current import current_access, current_sessions, current_settings
from app.web.http.browsers import browser_name
from app.web.http.own_laptop import is_own_laptop
from app.web.http.route_rights import right_for

COOKIE = "directory_who"
# A browser takes a cookie of this name from a page over TLS only, and for this host alone.
SECURE_COOKIE = f"__Host-{COOKIE}"

# Return the account that a header of the request names, or None if it names nobody. Raises
# Unauthorized (401) for a header that is wrong. The account is at most 30 seconds old, and read
# anew where the second argument, ``fresh``, is true.
AccountOfHeader = Callable[[Request, bool], Account | None]

_HEADERS = "accounts_of_headers"
# Their answers are the same for everybody, also while no store answers.
_FOR_EVERYBODY = frozenset({"machine", "static_files"})
_ANONYMOUS = {
    Mode.OPEN: ANYBODY_IN_OPEN_MODE,
    Mode.READ_ONLY: VISITOR,
    Mode.SIGN_IN: STRANGER,
}


def register(app: Flask) -> None:
    """Give every request of this application its viewer."""
    app.before_request(_identify)
    app.after_request(_drop_dead_cookie)


def know_by_header(app: Flask, account_of: AccountOfHeader) -> None:
    """Ask this function of every request, after those registered before, and before the cookie."""
    functions_of_headers(app).append(account_of)


def functions_of_headers(app: Flask) -> list[AccountOfHeader]:
    """Return the functions that know a viewer by a header, in the order in which to ask them."""
    functions: list[AccountOfHeader] = app.extensions.setdefault(_HEADERS, [])
    return functions


def mode_of_request() -> Mode:
    """Return how the directory treats somebody who makes this request without a sign-in."""
    policy = current_access().policy()
    # Where nobody has chosen anything, whoever started it on their laptop just uses it.
    is_new = not (policy.is_chosen or policy.is_claimed or policy.has_sign_in)
    if is_new and not current_settings().may_have_proxies and is_own_laptop(request.environ):
        return Mode.OPEN
    return policy.mode


def current_session() -> KnownSession | None:
    """Return the session of this request, if the viewer is known by one."""
    known: KnownSession | None = g.get("known_session")
    return known


def start_session(response: Response, account: Account, *, how: str) -> None:
    """Sign in the browser that gets this response; ``how`` is for the audit log.

    The session is a new one, and one that the browser had ends; so do its form tokens. Raises
    AccountDisabled and StorageUnavailable.
    """
    sessions = current_sessions()
    _end_session_of_browser()
    value = sessions.begin(
        account,
        browser_name(request.user_agent.string),
        how=how,
        peer=request.remote_addr or "",
    )
    session.clear()
    g.has_dead_cookie = False
    response.set_cookie(
        _cookie_name(),
        value,
        max_age=sessions.max_age,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
    )


def end_session(response: Response) -> None:
    """Sign out the browser that gets this response, on the server too. Raises StorageUnavailable.

    Whoever has a copy of the cookie is nobody from now on.
    """
    _end_session_of_browser()
    session.clear()
    _delete_cookie(response)


def _identify() -> None:
    g.viewer = STRANGER
    if request.blueprint not in _FOR_EVERYBODY:
        policy = current_access().policy()
        g.viewer = under_policy(
            _viewer(),
            sign_in_exists=policy.has_sign_in or policy.is_claimed,
            editors_export=current_settings().sign_in.min_export_role is Role.EDITOR,
        )


def _viewer() -> Viewer:
    fresh = not _may_be_cached()
    for account_of in current_app.extensions.get(_HEADERS, ()):
        if (account := account_of(request, fresh)) is not None:
            return _signed_in(account)
    if cookie := request.cookies.get(_cookie_name()):
        known = current_sessions().find(cookie, fresh=fresh)
        if known is not None:
            g.known_session = known
            return _signed_in(known.account)
        g.has_dead_cookie = True
    mode = mode_of_request()
    _require_known_policy()
    return _ANONYMOUS[mode]


def _may_be_cached() -> bool:
    """Return whether a viewer of half a minute ago will do: of pages that show people only.

    Not of those about the own account, or of signing in, which say who one is at this moment.
    """
    if request.method not in ("GET", "HEAD"):
        return False
    if not request.endpoint:
        return True  # an address that does not exist
    return right_for(request.endpoint, request.blueprint) is Right.SEE_PEOPLE


def _signed_in(account: Account) -> Viewer:
    # Whoever signs in to an open directory may do no less than those who do not.
    role = Role.ADMIN if mode_of_request() is Mode.OPEN else account.role
    return Viewer(
        role=role,
        origin=Origin.SESSION,
        account_id=account.id,
        name=account.name,
        email=account.email,
        person_id=account.person_id,
    )


def _require_known_policy() -> None:
    """Raise StorageUnavailable where nobody knows yet what people without a sign-in may do."""
    error = current_access().unknown_because
    if error is None or not request.endpoint:
        return
    if right_for(request.endpoint, request.blueprint) is not None:
        raise error.with_traceback(None)


def _cookie_name() -> str:
    return SECURE_COOKIE if request.is_secure else COOKIE


def _end_session_of_browser() -> None:
    if cookie := request.cookies.get(_cookie_name()):
        current_sessions().end(cookie)


def _delete_cookie(response: Response) -> None:
    response.delete_cookie(_cookie_name(), httponly=True, samesite="Lax", secure=request.is_secure)


def _drop_dead_cookie(response: Response) -> Response:
    """Let the browser forget a cookie whose session has ended: each request of it costs a read."""
    if g.get("has_dead_cookie"):
        _delete_cookie(response)
    return response
