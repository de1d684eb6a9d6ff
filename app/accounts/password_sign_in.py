"""Sign in with email and password, without helping somebody who guesses."""

import secrets
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from app.accounts import audit_log
from app.accounts.audit_log import Event
from app.accounts.errors import AccountDisabled, SignInRefused, TooManyAttempts
from app.accounts.limits import RateLimit, address_key
from app.accounts.passwords import Passwords
from app.accounts.unknown_emails import UnknownEmails
from app.contracts.accounts import Account, AccountConflict, AccountStore
from app.text.search_keys import email_key

FREE_FAILURES = 4
MIN_LOCK_SECONDS = 60
MAX_LOCK_SECONDS = 15 * 60
ATTEMPTS_PER_MINUTE = 20  # from one address
_RETRIES = 8
_MAX_EMAIL_CHARACTERS = 254
_MAX_MICROSECONDS = 500_000


class PasswordSignIn:
    """Checks passwords. An email that no account has costs, and is locked, like any other."""

    def __init__(
        self,
        store: AccountStore,
        passwords: Passwords,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        per_address: RateLimit | None = None,
    ) -> None:
        self._store = store
        self._passwords = passwords
        self._now = now
        self._per_address = per_address or RateLimit(ATTEMPTS_PER_MINUTE, ATTEMPTS_PER_MINUTE)
        self._unknown = UnknownEmails()
        self._lock = threading.Lock()

    def sign_in(self, email: str, password: str, peer: str = "") -> Account:
        """Return the account, with its failures forgotten; ``peer`` is the address of the client.

        Raises SignInRefused, TooManyAttempts, AccountDisabled (of the right password only),
        PasswordsBusy and StorageUnavailable.
        """
        if wait := self._per_address.take(address_key(peer)):
            audit_log.record(Event.REFUSED, reason="too many from an address", peer=peer)
            raise TooManyAttempts(wait)
        email = email.strip()[: _MAX_EMAIL_CHARACTERS + 1]
        with self._passwords.place():  # before the attempt is counted, which will not be made
            account = self._counted(email, peer)
            is_right = self._passwords.matches(account.password_hash if account else "", password)
        if account is None or not is_right:
            known = account.id if account else ""
            audit_log.record(Event.REFUSED, account=known, reason="wrong", peer=peer)
            raise SignInRefused
        if account.is_disabled:
            audit_log.record(Event.REFUSED, account=account.id, reason="disabled", peer=peer)
            raise AccountDisabled
        return self._as_right(account)

    def _counted(self, email: str, peer: str) -> Account | None:
        """Return the account of this email after counting the attempt as a failure.

        It is counted before the password is checked, and forgotten if it was right: otherwise
        attempts at the same time would all be free.
        """
        for _ in range(_RETRIES):
            account = self._store.find_login(email)
            if account is None:
                self._count_unknown(email)
                return None
            self._require_unlocked(account.locked_until, account.id, peer)
            failures = account.failures + 1
            locked_until = self._lock_after(failures)
            try:
                counted = replace(account, failures=failures, locked_until=locked_until)
                return self._store.update(counted, may_leave_no_admin=True)
            except AccountConflict:
                continue
        raise TooManyAttempts(1)

    def _as_right(self, account: Account) -> Account:
        right = replace(account, failures=0, locked_until=None, signed_in_at=self._now())
        try:
            return self._store.update(right, may_leave_no_admin=True)
        except AccountConflict as error:
            # Somebody tries passwords at the same time, or an administrator has just changed it.
            current = self._store.get(account.id)
            if current is None or current.password_hash != account.password_hash:
                raise SignInRefused from error
            return current

    def _count_unknown(self, email: str) -> None:
        key = email_key(email)
        with self._lock:
            failures, locked_until = self._unknown.get(key)
            self._require_unlocked(locked_until, "", "")
            self._unknown.put(key, failures + 1, self._lock_after(failures + 1))

    def _lock_after(self, failures: int) -> datetime:
        """Return until when no password is tried, a moment in the past for the first failures.

        It is another one for each attempt: a store takes the same account, written twice, for one
        write whose reply was lost, and would count two attempts at the same moment as one.
        """
        moment = self._now() + timedelta(microseconds=secrets.randbelow(_MAX_MICROSECONDS))
        if failures <= FREE_FAILURES:
            return moment - timedelta(seconds=1)
        doubled = MIN_LOCK_SECONDS * 2 ** min(failures - FREE_FAILURES - 1, 10)
        return moment + timedelta(seconds=min(doubled, MAX_LOCK_SECONDS))

    def _require_unlocked(self, locked_until: datetime | None, account_id: str, peer: str) -> None:
        if locked_until is None:
            return
        seconds = (locked_until - self._now()).total_seconds()
        if seconds > 0:
            audit_log.record(Event.LOCKED, account=account_id, seconds=round(seconds), peer=peer)
            raise TooManyAttempts(min(seconds, MAX_LOCK_SECONDS))
