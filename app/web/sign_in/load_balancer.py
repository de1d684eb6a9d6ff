"""Sign-in by a load balancer of AWS: each request has a token that it signed."""

from __future__ import annotations

from flask import Request, Response

from app.contracts.accounts import Account
from app.settings.oidc import OidcSettings
from app.web.sign_in.balancer_token import BalancerTokens
from app.web.sign_in.claims import identity_of, profile_of
from app.web.sign_in.header_accounts import HeaderAccounts
from app.web.sign_in.refused_header import RefusedHeader

# Never ``x-amzn-oidc-identity``, which is not signed.
HEADER = "X-Amzn-Oidc-Data"
# Without them the balancer asks the provider again.
_COOKIES = ("AWSELBAuthSessionCookie-0", "AWSELBAuthSessionCookie-1")


class BalancerSignIn:
    """Knows an account by the token."""

    def __init__(
        self, tokens: BalancerTokens, provider: OidcSettings, accounts: HeaderAccounts
    ) -> None:
        self._tokens = tokens
        self._provider = provider
        self._accounts = accounts

    def account_of(self, request: Request, fresh: bool) -> Account | None:
        """Return the account, or None without a token.

        Raises RefusedHeader; StorageUnavailable if the key of the token cannot be had.
        """
        token = request.headers.get(HEADER)
        if token is None:
            return None
        claims = self._tokens.claims(token)
        identity = identity_of(claims, self._provider)
        if identity is None:
            raise RefusedHeader("sub")
        return self._accounts.account_of(identity, profile_of(claims, self._provider), fresh=fresh)


def forget_balancer_session(response: Response) -> None:
    """Make the browser forget that the balancer has signed it in."""
    for name in _COOKIES:
        response.delete_cookie(name, path="/", secure=True, httponly=True)
