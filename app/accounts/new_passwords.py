"""Set a password: by its owner, who knows the former one, or by whoever has a one-time link."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from app.accounts import audit_log
from app.accounts.audit_log import Event
from app.accounts.errors import AccountNotFound, SignInRefused, ValueRejected
from app.accounts.password_sign_in import PasswordSignIn
from app.accounts.passwords import Passwords, require_good
from app.contracts.accounts import Account, AccountConflict, AccountStore, start_of_session
from app.model.errors import DirectoryError

_ATTEMPTS = 6


class OwnPassword:
    """The password of whoever is signed in."""

    def __init__(
        self,
        store: AccountStore,
        passwords: Passwords,
        password_sign_in: PasswordSignIn,
        changed: Callable[[], None],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._passwords = passwords
        self._password_sign_in = password_sign_in
        self._changed = changed
        self._now = now

    def change(self, account_id: str, current: str, password: str, peer: str = "") -> Account:
        """Set a new password and end all sessions of the account; return it.

        The new one is looked at first. The current one counts like that of a sign-in, wherever it
        is tried: a session that somebody else uses is no way to guess it. Raises ValueRejected,
        SignInRefused, TooManyAttempts, AccountDisabled, AccountNotFound, AccountConflict and
        StorageUnavailable.
        """
        account = self._store.get(account_id)
        if account is None:
            raise AccountNotFound("There is no such account any more.")
        if account.identity is not None:
            raise ValueRejected("account", "This account signs in at a provider.")
        if not current:
            raise ValueRejected("current_password", "Enter your current password.")
        require_good(password, account.name, account.email)
        if password == current:
            raise ValueRejected("password", "This is the current password. Choose another.")
        known = self._password_sign_in.sign_in(account.email, current, peer)
        if known.id != account_id:  # the email belongs to another account since
            raise SignInRefused
        password_hash = self._passwords.hash(password)
        try:
            changed = store_password(self._store, known, password_hash, self._now())
        except PasswordChanged:  # at the same time, in another way
            raise SignInRefused from None
        self._changed()
        audit_log.record(Event.CHOSE_PASSWORD, account=account_id, peer=peer)
        return changed


class PasswordChanged(DirectoryError):
    """Another password was stored meanwhile."""


def store_password(
    store: AccountStore, account: Account, password_hash: str, now: datetime
) -> Account:
    """Store a new hash in place of the one that ``account`` has; end all sessions.

    Wrong passwords are forgotten. Raises PasswordChanged, AccountNotFound, AccountConflict and
    StorageUnavailable.
    """
    for attempt in range(_ATTEMPTS):
        stored = store.get(account.id)
        if stored is None:
            raise AccountNotFound("There is no such account any more.")
        if stored.password_hash not in (account.password_hash, password_hash):
            raise PasswordChanged
        changed = replace(
            stored,
            password_hash=password_hash,
            sessions_ended_at=start_of_session(stored, now),
            signed_in_at=now,  # who has chosen a password is signed in with it
            failures=0,
            locked_until=None,
        )
        try:
            return store.update(changed, may_leave_no_admin=True)
        except AccountConflict:
            if attempt == _ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")
