"""Sign-in by a proxy: it writes the login name of who asks into a header of each request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Request

from app.accounts.profile import Profile
from app.contracts.accounts import Account, Identity
from app.model import validation
from app.settings.trusted_headers import ProxyHeader
from app.web.sign_in.header_accounts import HeaderAccounts
from app.web.sign_in.refused_header import RefusedHeader

ISSUER = "proxy"  # not the header's name, which may change
MAX_CHARACTERS = 200
_BEFORE_PROXY_FIX = "werkzeug.proxy_fix.orig"


class ProxySignIn:
    """Knows an account by the header, of the proxies that are named in the settings."""

    def __init__(
        self,
        header: ProxyHeader,
        accounts: HeaderAccounts,
        *,
        email_is_proven: bool,
        on_dropped: Callable[[str], None],
    ) -> None:
        self._header = header
        self._key = f"HTTP_{header.name.upper().replace('-', '_')}"
        self._accounts = accounts
        self._email_is_proven = email_is_proven
        self._on_dropped = on_dropped

    def account_of(self, request: Request, fresh: bool) -> Account | None:
        """Return the account, or None without the header, which is dropped of anybody else.

        Raises RefusedHeader for a name that cannot be one.
        """
        value: str | None = request.environ.get(self._key)
        if value is None:
            return None
        peer = peer_of(request.environ)
        if not self._header.is_believed_of(peer):
            del request.environ[self._key]
            self._on_dropped(peer)
            return None
        name = _login_name(value)
        if not name:
            return None
        return self._accounts.account_of(Identity(ISSUER, name), self._profile(name), fresh=fresh)

    def _profile(self, name: str) -> Profile:
        email = "" if "@" not in name or validation.problem("email", name) else name
        return Profile(name, email, email_is_proven=bool(email) and self._email_is_proven)


def peer_of(environ: dict[str, Any]) -> str:
    """Return the address of who is connected, which no header can change; "" of a Unix socket."""
    before: dict[str, str] = environ.get(_BEFORE_PROXY_FIX) or environ
    return before.get("REMOTE_ADDR") or ""


def _login_name(value: str) -> str:
    """Return the name of a header, or "" if it is empty. Raises RefusedHeader."""
    try:
        name = value.encode("latin-1").decode().strip()  # as WSGI has it, as proxies send it
    except UnicodeError as error:
        raise RefusedHeader("encoding") from error
    # A comma is between the values of a header that was sent twice, one perhaps by the client.
    if "," in name or len(name) > MAX_CHARACTERS or not name.isprintable():
        raise RefusedHeader("name")
    return name
