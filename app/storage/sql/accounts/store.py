"""SqlAccounts: the AccountStore in an SQL database."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement

from app.contracts.accounts import (
    ACCOUNTS_PER_PAGE,
    AccessSettings,
    Account,
    AccountConflict,
    AccountExists,
    AccountPage,
    Identity,
    KnownSession,
    Session,
    is_account_id,
    is_digest,
)
from app.contracts.stored_accounts import (
    clean_account,
    cursor_after,
    identity_key,
    identity_key_of,
    key_in_cursor,
    login_key,
    login_key_of,
    person_key,
)
from app.storage.sql.accounts import accounts, sessions, settings, tables
from app.storage.sql.engines.database import Database, retry_when_rolled_back


class SqlAccounts:
    """An AccountStore in an SQL database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def access_settings(self) -> AccessSettings:
        """Implement AccountStore.access_settings."""
        with self._database.reading("access_settings") as connection:
            return settings.read(connection)

    @retry_when_rolled_back
    def save_access_settings(self, wanted: AccessSettings) -> AccessSettings:
        """Implement AccountStore.save_access_settings."""
        with self._database.writing("save_access_settings") as connection:
            stored = settings.read(connection)
            saved = replace(wanted, claimed_by=stored.claimed_by, version=wanted.version + 1)
            if stored == saved:
                return stored  # it was written, but the reply was lost
            if stored.version != wanted.version:
                raise AccountConflict
            settings.write(connection, saved)
            return saved

    @retry_when_rolled_back
    def claim(self, account: Account) -> bool:
        """Implement AccountStore.claim."""
        account = clean_account(account)
        with self._database.writing("claim") as connection:
            chosen = settings.read(connection)
            if chosen.claimed_by:
                return chosen.claimed_by == account.id
            stored = accounts.read(connection, account.id)
            if stored is None:
                accounts.insert(connection, replace(account, version=1))
            else:
                changed = replace(account, identity=stored.identity, version=stored.version + 1)
                accounts.change(connection, changed)
            claimed = replace(chosen, claimed_by=account.id, version=chosen.version + 1)
            settings.write(connection, claimed)
            return True

    def get(self, account_id: str) -> Account | None:
        """Implement AccountStore.get."""
        if not is_account_id(account_id):
            return None
        with self._database.reading("get_account") as connection:
            return accounts.read(connection, account_id)

    def find_identity(self, identity: Identity) -> Account | None:
        """Implement AccountStore.find_identity."""
        key = identity_key(identity)
        account = self._find(tables.accounts.c.identity_key == key)
        return account if account and identity_key_of(account) == key else None

    def find_login(self, email: str) -> Account | None:
        """Implement AccountStore.find_login."""
        key = login_key(email)
        account = self._find(tables.accounts.c.login_key == key)
        return account if account and login_key_of(account) == key else None

    def find_person(self, employee_id: str) -> Account | None:
        """Implement AccountStore.find_person."""
        key = person_key(employee_id)
        account = self._find(tables.accounts.c.person_key == key)
        return account if account and person_key(account.person_id) == key else None

    @retry_when_rolled_back
    def add(self, account: Account) -> Account:
        """Implement AccountStore.add."""
        account = replace(clean_account(account), version=1)
        with self._database.writing("add_account") as connection:
            stored = accounts.read(connection, account.id)
            if stored is None:
                accounts.insert(connection, account)
            elif stored != account:  # else it was written, but the reply was lost
                raise AccountExists
            return account

    @retry_when_rolled_back
    def update(self, account: Account, *, may_leave_no_admin: bool = False) -> Account:
        """Implement AccountStore.update."""
        account = clean_account(account)
        with self._database.writing("update_account") as connection:
            stored = accounts.read(connection, account.id)
            if stored is None:
                raise AccountConflict
            changed = replace(account, identity=stored.identity, version=account.version + 1)
            if stored == changed:
                return stored  # it was written, but the reply was lost
            if stored.version != account.version:
                raise AccountConflict
            if not may_leave_no_admin:
                accounts.check_admin_remains(connection, stored, changed)
            accounts.change(connection, changed)
            return changed

    @retry_when_rolled_back
    def delete(self, account_id: str) -> None:
        """Implement AccountStore.delete."""
        if not is_account_id(account_id):
            return
        with self._database.writing("delete_account") as connection:
            stored = accounts.read(connection, account_id)
            if stored is not None:
                nobody = replace(stored, is_disabled=True)
                accounts.check_admin_remains(connection, stored, nobody)
            sessions.delete_all(connection, account_id)
            accounts.delete(connection, account_id)

    def list_accounts(self, cursor: str | None = None) -> AccountPage:
        """Implement AccountStore.list_accounts."""
        with self._database.reading("list_accounts") as connection:
            key = key_in_cursor(cursor)
            rows = accounts.list_after(connection, key, ACCOUNTS_PER_PAGE + 1)
        page = rows[:ACCOUNTS_PER_PAGE]
        following = cursor_after(page[-1].key) if len(rows) > len(page) else None
        return AccountPage(tuple(row.account for row in page if row.account), following)

    def count_admins(self) -> int:
        """Implement AccountStore.count_admins."""
        with self._database.reading("count_admins") as connection:
            return accounts.count_admins(connection)

    def has_local(self) -> bool:
        """Implement AccountStore.has_local."""
        with self._database.reading("has_local_account") as connection:
            return accounts.has_local(connection)

    @retry_when_rolled_back
    def begin_session(self, session: Session) -> None:
        """Implement AccountStore.begin_session."""
        with self._database.writing("begin_session") as connection:
            sessions.begin(connection, session)

    def find_session(self, account_id: str, digest: str) -> KnownSession | None:
        """Implement AccountStore.find_session."""
        if not (is_account_id(account_id) and is_digest(digest)):
            return None
        with self._database.reading("find_session") as connection:
            return sessions.find(connection, account_id, digest)

    def sessions_of(self, account_id: str) -> tuple[Session, ...]:
        """Implement AccountStore.sessions_of."""
        account = self.get(account_id)
        if account is None:
            return ()
        with self._database.reading("sessions_of") as connection:
            return sessions.list_of(connection, account)

    @retry_when_rolled_back
    def end_session(self, account_id: str, digest: str) -> None:
        """Implement AccountStore.end_session."""
        if is_account_id(account_id) and is_digest(digest):
            with self._database.writing("end_session") as connection:
                sessions.end(connection, account_id, digest)

    @retry_when_rolled_back
    def add_invitation(self, digest: str, account_id: str, ends_at: datetime) -> None:
        """Implement AccountStore.add_invitation."""
        with self._database.writing("add_invitation") as connection:
            sessions.invite(connection, digest, account_id, ends_at)

    def find_invitation(self, digest: str) -> str | None:
        """Implement AccountStore.find_invitation."""
        if not is_digest(digest):
            return None
        with self._database.reading("find_invitation") as connection:
            return sessions.find_invitation(connection, digest)

    @retry_when_rolled_back
    def spend_invitation(self, digest: str) -> str | None:
        """Implement AccountStore.spend_invitation."""
        if not is_digest(digest):
            return None
        with self._database.writing("spend_invitation") as connection:
            return sessions.spend_invitation(connection, digest)

    def _find(self, condition: ColumnElement[bool]) -> Account | None:
        with self._database.reading("find_account") as connection:
            return accounts.find(connection, condition)
