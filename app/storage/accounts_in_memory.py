"""Accounts, sessions and the settings of access in the memory of one process."""

# ruff: noqa: D102 - the contract says what each does.

import threading
from dataclasses import replace
from datetime import UTC, datetime

from app.access.viewer import Role
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
    Session,
)
from app.text.search_keys import email_key


class AccountsInMemory:
    """An AccountStore without a database: everything ends with the process."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._settings = AccessSettings()
        self._accounts: dict[str, Account] = {}
        self._sessions: dict[tuple[str, str], Session] = {}
        self._invitations: dict[str, tuple[str, datetime]] = {}

    def access_settings(self) -> AccessSettings:
        return self._settings

    def save_access_settings(self, settings: AccessSettings) -> AccessSettings:
        with self._lock:
            if settings.version != self._settings.version:
                raise AccountConflict("the settings of access were changed")
            claimed_by = self._settings.claimed_by
            self._settings = replace(settings, claimed_by=claimed_by, version=settings.version + 1)
            return self._settings

    def claim(self, account: Account) -> bool:
        with self._lock:
            if self._settings.claimed_by:
                return self._settings.claimed_by == account.id
            stored = self._accounts.get(account.id)
            self._require_unique(account)
            version = stored.version + 1 if stored else 1
            self._accounts[account.id] = replace(account, version=version)
            self._settings = replace(
                self._settings, claimed_by=account.id, version=self._settings.version + 1
            )
            return True

    def get(self, account_id: str) -> Account | None:
        return self._accounts.get(account_id)

    def find_identity(self, identity: Identity) -> Account | None:
        return self._first(lambda account: account.identity == identity)

    def find_login(self, email: str) -> Account | None:
        key = email_key(email)
        return self._first(
            lambda account: account.identity is None and email_key(account.email) == key
        )

    def find_person(self, employee_id: str) -> Account | None:
        return self._first(lambda account: account.person_id == employee_id)

    def add(self, account: Account) -> Account:
        with self._lock:
            if account.id in self._accounts:
                raise AccountExists("the id is in use")
            self._require_unique(account)
            return self._keep(replace(account, version=1))

    def update(self, account: Account) -> Account:
        with self._lock:
            stored = self._accounts.get(account.id)
            if stored is None or stored.version != account.version:
                raise AccountConflict("the account was changed")
            self._require_unique(account)
            changed = replace(account, identity=stored.identity, version=account.version + 1)
            return self._keep(changed)

    def list_accounts(self, cursor: str | None = None) -> AccountPage:
        accounts = sorted(self._accounts.values(), key=lambda each: (each.name.lower(), each.id))
        begin = int(cursor) if (cursor or "").isdigit() else 0
        end = begin + ACCOUNTS_PER_PAGE
        return AccountPage(tuple(accounts[begin:end]), str(end) if len(accounts) > end else None)

    def count_admins(self) -> int:
        admins = [
            account
            for account in self._accounts.values()
            if account.role is Role.ADMIN and not account.is_disabled
        ]
        return min(2, len(admins))

    def begin_session(self, session: Session) -> None:
        self._sessions[session.account_id, session.digest] = session

    def find_session(self, account_id: str, digest: str) -> KnownSession | None:
        session, account = self._sessions.get((account_id, digest)), self.get(account_id)
        if session is None or account is None or account.is_disabled:
            return None
        return KnownSession(session, account) if _goes_on(session, account) else None

    def sessions_of(self, account_id: str) -> tuple[Session, ...]:
        account = self._accounts.get(account_id)
        with self._lock:
            sessions = [
                session
                for session in self._sessions.values()
                if account and session.account_id == account_id and _goes_on(session, account)
            ]
        newest_first = sorted(sessions, key=lambda each: each.began_at, reverse=True)
        return tuple(newest_first[:MAX_SESSIONS_LISTED])

    def end_session(self, account_id: str, digest: str) -> None:
        self._sessions.pop((account_id, digest), None)

    def add_invitation(self, digest: str, account_id: str, ends_at: datetime) -> None:
        self._invitations[digest] = (account_id, ends_at)

    def find_invitation(self, digest: str) -> str | None:
        account_id, ends_at = self._invitations.get(digest, ("", datetime.min.replace(tzinfo=UTC)))
        account = self.get(account_id)
        is_usable = account is not None and not account.is_disabled and ends_at > datetime.now(UTC)
        return account_id if is_usable else None

    def spend_invitation(self, digest: str) -> str | None:
        with self._lock:
            account_id = self.find_invitation(digest)
            self._invitations.pop(digest, None)
            return account_id

    def _first(self, fits) -> Account | None:  # type: ignore[no-untyped-def]
        with self._lock:
            return next((each for each in self._accounts.values() if fits(each)), None)

    def _keep(self, account: Account) -> Account:
        self._accounts[account.id] = account
        return account

    def _require_unique(self, account: Account) -> None:
        others = [each for each in self._accounts.values() if each.id != account.id]
        for other in others:
            same_person = account.person_id and account.person_id == other.person_id
            same_identity = account.identity and account.identity == other.identity
            same_login = (
                account.identity is other.identity is None
                and account.email
                and email_key(account.email) == email_key(other.email)
            )
            if same_person or same_identity or same_login:
                raise AccountExists("the identity, email or person belongs to another account")


def _goes_on(session: Session, account: Account) -> bool:
    ended = account.sessions_ended_at
    return session.ends_at > datetime.now(UTC) and (ended is None or session.began_at > ended)
