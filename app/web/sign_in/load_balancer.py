"""Sign-in by a load balancer of AWS: each request has a token that it signed."""

from __future__ import annotations

from flask import Request, Response

from app.accounts.profile import Profile
from app.contracts.accounts import Account, Identity
from app.settings.oidc import OidcSettings
from app.settings.trusted_headers import LoadBalancer
from app.web.sign_in.balancer_keys import BalancerKeys
from app.web.sign_in.balancer_token import BalancerTokens, Claims, Expected
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
        self, balancer: LoadBalancer, provider: OidcSettings, accounts: HeaderAccounts
    ) -> None:
        self._provider = provider
        self._accounts = accounts
        self._tokens: BalancerTokens[tuple[Identity, Profile]] = BalancerTokens(
            Expected(balancer.arn, provider.client_id, provider.issuer),
            BalancerKeys(balancer.region),
            self._read,
        )

    def account_of(self, request: Request, fresh: bool) -> Account | None:
        """Return the account, or None without a token.

        Raises RefusedHeader; StorageUnavailable if the key of the token cannot be had.
        """
        token = request.headers.get(HEADER)
        if token is None:
            return None
        identity, profile = self._tokens.signed_in(token)
        return self._accounts.account_of(identity, profile, fresh=fresh)

    def _read(self, claims: Claims) -> tuple[Identity, Profile]:
        identity = identity_of(claims, self._provider)
        if identity is None:
            raise RefusedHeader("sub")
        return identity, profile_of(claims, self._provider)


def forget_balancer_session(response: Response) -> None:
    """Make the browser forget that the balancer has signed it in."""
    for name in _COOKIES:
        response.delete_cookie(name, path="/", secure=True, httponly=True)
