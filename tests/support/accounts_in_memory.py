"""Accounts of a directory that is kept in memory: the contract in its plainest form."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from app.contracts.accounts import (
    ACCOUNTS_PER_PAGE,
    MAX_SESSIONS_LISTED,
    AccessSettings,
    Account,
    AccountConflict,
    AccountExists,
    AccountPage,
    Identity,
    KnownSession,
    LastAdmin,
    Session,
)
from app.contracts.stored_accounts import (
    account_from,
    account_values,
    clean_account,
    cursor_after,
    identity_key,
    identity_key_of,
    is_over,
    key_in_cursor,
    list_key,
    login_key,
    login_key_of,
    person_key,
    session_from,
    session_values,
)

_KEYS: tuple[Callable[[Account], str], ...] = (
    identity_key_of,
    login_key_of,
    lambda account: person_key(account.person_id),
)


class AccountsInMemory:
    """An AccountStore; see app/contracts/accounts.py."""

    def __init__(self) -> None:
        self._settings = AccessSettings()
        self._accounts: dict[str, Account] = {}
        self._sessions: dict[tuple[str, str], Session] = {}
        self._invitations: dict[str, tuple[str, datetime]] = {}
        self._lock = threading.RLock()

    def access_settings(self) -> AccessSettings:
        return self._settings

    def save_access_settings(self, settings: AccessSettings) -> AccessSettings:
        with self._lock:
            stored = self._settings
            saved = replace(settings, claimed_by=stored.claimed_by, version=settings.version + 1)
            if stored != saved and stored.version != settings.version:
                raise AccountConflict
            self._settings = saved
            return saved

    def claim(self, account: Account) -> bool:
        with self._lock:
            chosen = self._settings
            if chosen.claimed_by:
                return chosen.claimed_by == account.id
            stored = self._accounts.get(account.id)
            version = stored.version + 1 if stored else 1
            identity = stored.identity if stored else account.identity
            self._put(replace(clean_account(account), identity=identity, version=version))
            self._settings = replace(chosen, claimed_by=account.id, version=chosen.version + 1)
            return True

    def get(self, account_id: str) -> Account | None:
        account = self._accounts.get(account_id)
        return account and account_from(account_values(account))

    def find_identity(self, identity: Identity) -> Account | None:
        return self._find(identity_key_of, identity_key(identity))

    def find_login(self, email: str) -> Account | None:
        return self._find(login_key_of, login_key(email))

    def find_person(self, employee_id: str) -> Account | None:
        return self._find(lambda account: person_key(account.person_id), person_key(employee_id))

    def add(self, account: Account) -> Account:
        with self._lock:
            account = replace(clean_account(account), version=1)
            stored = self._accounts.get(account.id)
            if stored is not None and stored != account:
                raise AccountExists
            return self._put(account)

    def update(self, account: Account, *, may_leave_no_admin: bool = False) -> Account:
        with self._lock:
            stored = self._accounts.get(account.id)
            if stored is None:
                raise AccountConflict
            version = account.version + 1
            changed = replace(clean_account(account), identity=stored.identity, version=version)
            if stored == changed:
                return stored
            if stored.version != account.version:
                raise AccountConflict
            is_taken = stored.is_admin and not changed.is_admin
            if is_taken and not may_leave_no_admin and self.count_admins() == 1:
                raise LastAdmin
            return self._put(changed)

    def delete(self, account_id: str) -> None:
        with self._lock:
            stored = self._accounts.get(account_id)
            if stored is not None and stored.is_admin and self.count_admins() == 1:
                raise LastAdmin
            for key in [key for key in self._sessions if key[0] == account_id]:
                del self._sessions[key]
            self._accounts.pop(account_id, None)

    def list_accounts(self, cursor: str | None = None) -> AccountPage:
        with self._lock:
            after = key_in_cursor(cursor)
            keyed = sorted((list_key(account), account) for account in self._accounts.values())
        rest = [(key, account) for key, account in keyed if key > after]
        page = rest[:ACCOUNTS_PER_PAGE]
        following = cursor_after(page[-1][0]) if len(rest) > len(page) else None
        return AccountPage(tuple(account for _, account in page), following)

    def count_admins(self) -> int:
        with self._lock:
            return min(2, sum(account.is_admin for account in map(self.get, [*self._accounts])))

    def has_local(self) -> bool:
        with self._lock:
            return any(
                login_key_of(each) and not each.is_disabled
                for each in map(self.get, [*self._accounts])
            )

    def begin_session(self, session: Session) -> None:
        stored = session_from(session_values(session))
        assert stored
        self._sessions[session.account_id, session.digest] = stored

    def find_session(self, account_id: str, digest: str) -> KnownSession | None:
        session, account = self._sessions.get((account_id, digest)), self.get(account_id)
        if session is None or account is None or account.is_disabled:
            return None
        is_ended = is_over(session, account, datetime.now(UTC))
        return None if is_ended else KnownSession(session, account)

    def sessions_of(self, account_id: str) -> tuple[Session, ...]:
        account = self.get(account_id)
        if account is None:
            return ()
        with self._lock:
            own = [each for each in self._sessions.values() if each.account_id == account_id]
        now = datetime.now(UTC)
        own.sort(key=lambda session: session.began_at, reverse=True)
        return tuple(each for each in own if not is_over(each, account, now))[:MAX_SESSIONS_LISTED]

    def end_session(self, account_id: str, digest: str) -> None:
        self._sessions.pop((account_id, digest), None)

    def add_invitation(self, digest: str, account_id: str, ends_at: datetime) -> None:
        self._invitations[digest] = account_id, ends_at

    def find_invitation(self, digest: str) -> str | None:
        account_id, ends_at = self._invitations.get(digest, ("", datetime.now(UTC)))
        account = self.get(account_id)
        is_usable = account and not account.is_disabled and ends_at > datetime.now(UTC)
        return account_id if is_usable else None

    def spend_invitation(self, digest: str) -> str | None:
        with self._lock:
            account_id = self.find_invitation(digest)
            if account_id is not None:
                del self._invitations[digest]
            return account_id

    def _find(self, key_of: Callable[[Account], str], key: str) -> Account | None:
        with self._lock:
            found = (each.id for each in self._accounts.values() if key and key_of(each) == key)
            return self.get(next(found, ""))

    def _put(self, account: Account) -> Account:
        for key_of in _KEYS:
            other = self._find(key_of, key_of(account))
            if other is not None and other.id != account.id:
                raise AccountExists
        self._accounts[account.id] = account
        return account
