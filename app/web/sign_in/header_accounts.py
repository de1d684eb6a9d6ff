"""Accounts of those who are known by a header of each request, without a session of ours."""

from __future__ import annotations

from dataclasses import dataclass

from werkzeug.exceptions import Forbidden

from app.accounts.accounts import Accounts
from app.accounts.audit_log import Event, record
from app.accounts.leavers import LeaverAccounts
from app.accounts.profile import Profile
from app.contracts.accounts import Account, Identity
from app.runtime.ttl_map import TtlMap

KNOWN_SECONDS = 30.0
MAX_KNOWN = 5_000


@dataclass(frozen=True, slots=True)
class _Known:
    account: Account
    profile: Profile


class HeaderAccounts:
    """Signs in an identity when it is new to this process or its profile has changed.

    Then the account is read once in KNOWN_SECONDS, and for each request that needs it fresh.
    """

    def __init__(self, accounts: Accounts, leavers: LeaverAccounts) -> None:
        self._accounts = accounts
        self._leavers = leavers
        self._known: TtlMap[Identity, _Known] = TtlMap(MAX_KNOWN)

    def account_of(self, identity: Identity, profile: Profile, *, fresh: bool) -> Account:
        """Return the account. Raises Forbidden (403) if it is disabled, StorageUnavailable."""
        known = self._known.get(identity)
        if known is None or fresh or known.profile != profile:
            account = self._leavers.checked(self._read(identity, profile))
            self._known.put(identity, _Known(account, profile), KNOWN_SECONDS)
        else:
            account = known.account
        if account.is_disabled:
            raise Forbidden("Your account is disabled. An administrator can enable it again.")
        return account

    def _read(self, identity: Identity, profile: Profile) -> Account:
        known = self._known.last(identity)
        if known is not None and known.profile == profile:
            stored = self._accounts.get(known.account.id)
            if stored is not None and stored.identity == identity:
                return stored
        account = self._accounts.sign_in(identity, profile)
        if not account.is_disabled:
            record(Event.SIGN_IN, account=account.id, role=account.role.value, how="header")
        return account
