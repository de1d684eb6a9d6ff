"""Let a named proxy, or a load balancer of AWS, say who each request is of."""

from __future__ import annotations

from functools import partial

from flask import Flask, Request
from werkzeug.exceptions import Unauthorized

from app.accounts import audit_log
from app.accounts.audit_log import Event
from app.accounts.services import SignInServices
from app.contracts.accounts import Account
from app.settings import Settings
from app.web.http.viewers import AccountOfHeader, know_by_header
from app.web.sign_in.header_accounts import HeaderAccounts
from app.web.sign_in.load_balancer import HEADER, BalancerSignIn
from app.web.sign_in.proxy_header import ProxySignIn, peer_of
from app.web.sign_in.refused_header import RefusedHeader


def register(app: Flask) -> None:
    """Believe the headers that the settings name; of none that is the default."""
    settings: Settings = app.extensions["settings"]
    services: SignInServices = app.extensions["sign_in"]
    accounts = HeaderAccounts(services.accounts, services.leavers)
    if settings.proxy_header:
        proxy = ProxySignIn(
            settings.proxy_header,
            accounts,
            email_is_proven=settings.sign_in.email_is_proven,
            on_dropped=_tell_of_dropped,
        )
        know_by_header(app, partial(_account_of, proxy.account_of, "proxy"))
    if settings.load_balancer and settings.sign_in.oidc:
        known = BalancerSignIn(settings.load_balancer, settings.sign_in.oidc, accounts)
        know_by_header(app, partial(_account_of, known.account_of, "load balancer"))


def header_names(settings: Settings) -> frozenset[str]:
    """Return the names, in upper case, of the headers by which somebody may be known."""
    names = {HEADER} if settings.load_balancer else set()
    if settings.proxy_header:
        names.add(settings.proxy_header.name)
    return frozenset(map(str.upper, names))


def _account_of(
    account_of: AccountOfHeader, sender: str, request: Request, fresh: bool
) -> Account | None:
    try:
        return account_of(request, fresh)
    except RefusedHeader as error:
        peer = peer_of(request.environ)
        audit_log.record(Event.REFUSED, how=sender, reason=error.reason, peer=peer)
        raise Unauthorized("The header that says who you are was refused.") from error


def _tell_of_dropped(peer: str) -> None:
    audit_log.record(Event.HEADER_DROPPED, peer=peer)
