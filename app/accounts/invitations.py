"""One-time links, with which somebody chooses the password of their account."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from app.access.viewer import Viewer
from app.accounts import audit_log
from app.accounts.audit_log import Event
from app.accounts.errors import InvitationSpent, ValueRejected
from app.accounts.new_passwords import PasswordChanged, store_password
from app.accounts.passwords import Passwords, require_good
from app.contracts.accounts import Account, AccountStore, is_account_id

VALID = timedelta(hours=24)
_MAX_CODE_CHARACTERS = 100
_AFTER_ID = "-"  # in a link, between the id of the account and what nobody can guess


class Invitations:
    """One-time links of accounts that sign in with a password; the store has digests alone.

    A digest is of the link and of the password that the account had: once another was chosen, no
    link that was made before is of any use, whoever has it.
    """

    def __init__(
        self,
        store: AccountStore,
        passwords: Passwords,
        changed: Callable[[], None],
        *,
        public_address: str = "",
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._passwords = passwords
        self._changed = changed
        self._public_address = public_address
        self._now = now

    def make(self, account: Account, *, by: Viewer) -> str:
        """Return a link for this account, valid for 24 hours: a path without a public address.

        Raises ValueRejected for an account that signs in at a provider.
        """
        if account.identity is not None:
            raise ValueRejected("account", f"{account.name} signs in at a provider.")
        account = self._store.get(account.id) or account  # with the password of now
        code = f"{account.id}{_AFTER_ID}{secrets.token_urlsafe(24)}"
        self._store.add_invitation(_digest(code, account), account.id, self._now() + VALID)
        audit_log.record(Event.INVITED, account=account.id, by=audit_log.named(by))
        return f"{self._public_address}/invite/{code}"

    def find(self, code: str) -> Account:
        """Return the account of a link that can be used; spend nothing. Raises InvitationSpent."""
        account_id, _, _ = code[:_MAX_CODE_CHARACTERS].partition(_AFTER_ID)
        account = self._store.get(account_id) if is_account_id(account_id) else None
        if account is None or self._store.find_invitation(_digest(code, account)) != account.id:
            raise InvitationSpent
        return account

    def spend(self, code: str, password: str, peer: str = "") -> Account:
        """Set the password of the account, end its sessions, and make the link useless.

        Raises InvitationSpent, ValueRejected and PasswordsBusy; after the latter two the link can
        be used again.
        """
        account = self.find(code)
        require_good(password, account.name, account.email)
        password_hash = self._passwords.hash(password)
        if self._store.spend_invitation(_digest(code, account)) != account.id:
            raise InvitationSpent
        try:
            changed = store_password(self._store, account, password_hash, self._now())
        except PasswordChanged:  # at the same time, in another way
            raise InvitationSpent from None
        self._changed()
        audit_log.record(Event.CHOSE_PASSWORD, account=changed.id, peer=peer)
        return changed


def _digest(code: str, account: Account) -> str:
    content = f"{code[:_MAX_CODE_CHARACTERS]} {account.password_hash}"
    return hashlib.sha256(content.encode()).hexdigest()
