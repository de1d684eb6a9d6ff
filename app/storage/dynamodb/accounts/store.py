"""DynamoAccounts: the AccountStore in the index table of DynamoDB."""

from dataclasses import replace
from datetime import datetime
from itertools import islice

from app.contracts.accounts import (
    AccessSettings,
    Account,
    AccountConflict,
    AccountPage,
    Identity,
    KnownSession,
    Session,
)
from app.contracts.stored_accounts import (
    clean_account,
    identity_key,
    login_key,
    person_key,
    settings_from,
    settings_values,
)
from app.storage.dynamodb.accounts import actions, lists
from app.storage.dynamodb.accounts.items import (
    IDENTITY_VIEW,
    LOGIN_VIEW,
    PERSON_VIEW,
    access_row,
    attributes,
    values,
)
from app.storage.dynamodb.accounts.reader import AccountReader
from app.storage.dynamodb.accounts.sessions import SessionItems
from app.storage.dynamodb.accounts.writer import AccountWriter
from app.storage.dynamodb.client.calls import Calls
from app.storage.dynamodb.client.failures import ConditionFailed
from app.storage.dynamodb.client.key_errors import explaining_keys
from app.storage.dynamodb.client.tables import Tables

_ENOUGH_ADMINS = 2


class DynamoAccounts:
    """An AccountStore in the index table of DynamoDB. Any number of threads may share it."""

    def __init__(self, calls: Calls, tables: Tables) -> None:
        self.calls = calls
        self.tables = tables
        self._table = tables.index
        self._reader = AccountReader(calls, self._table)
        self._writer = AccountWriter(calls, self._table, self._reader)
        self._sessions = SessionItems(calls, self._table, self._reader)

    @explaining_keys
    def access_settings(self) -> AccessSettings:
        """Implement AccountStore.access_settings."""
        return settings_from(values(self._reader.item(access_row()) or {}))

    @explaining_keys
    def save_access_settings(self, wanted: AccessSettings) -> AccessSettings:
        """Implement AccountStore.save_access_settings."""
        seen = self._reader.item(access_row())
        stored = settings_from(values(seen or {}))
        saved = replace(wanted, claimed_by=stored.claimed_by, version=wanted.version + 1)
        if stored == saved:
            return stored  # it was written, but the reply was lost
        if stored.version != wanted.version:
            raise AccountConflict
        content = attributes(settings_values(saved))
        del content["claimed_by"]
        request = actions.update(self._table, access_row(), content, seen, "version")
        try:
            self.calls.write("UpdateItem", self._table, request)
        except ConditionFailed:
            if self.access_settings() != saved:
                raise AccountConflict from None
        return saved

    @explaining_keys
    def claim(self, account: Account) -> bool:
        """Implement AccountStore.claim."""
        return self._writer.claim(clean_account(account))

    @explaining_keys
    def get(self, account_id: str) -> Account | None:
        """Implement AccountStore.get."""
        stored = self._reader.account(account_id)
        return stored.account if stored else None

    @explaining_keys
    def find_identity(self, identity: Identity) -> Account | None:
        """Implement AccountStore.find_identity."""
        return self._holder(IDENTITY_VIEW, identity_key(identity))

    @explaining_keys
    def find_login(self, email: str) -> Account | None:
        """Implement AccountStore.find_login."""
        return self._holder(LOGIN_VIEW, login_key(email))

    @explaining_keys
    def find_person(self, employee_id: str) -> Account | None:
        """Implement AccountStore.find_person."""
        return self._holder(PERSON_VIEW, person_key(employee_id))

    @explaining_keys
    def add(self, account: Account) -> Account:
        """Implement AccountStore.add."""
        return self._writer.add(replace(clean_account(account), version=1))

    @explaining_keys
    def update(self, account: Account, *, may_leave_no_admin: bool = False) -> Account:
        """Implement AccountStore.update."""
        return self._writer.update(clean_account(account), may_leave_no_admin=may_leave_no_admin)

    @explaining_keys
    def delete(self, account_id: str) -> None:
        """Implement AccountStore.delete; the account goes last, so that it can be repeated."""
        self._writer.check_delete(account_id)
        self._sessions.delete_all(account_id)
        self._writer.delete(account_id)

    @explaining_keys
    def list_accounts(self, cursor: str | None = None) -> AccountPage:
        """Implement AccountStore.list_accounts."""
        return lists.page(self.calls, self._table, self._reader, cursor)

    @explaining_keys
    def count_admins(self) -> int:
        """Implement AccountStore.count_admins."""
        admins = lists.admins(self.calls, self._table, self._reader)
        return len(list(islice(admins, _ENOUGH_ADMINS)))

    @explaining_keys
    def has_local(self) -> bool:
        """Implement AccountStore.has_local."""
        return any(lists.local_accounts(self.calls, self._table, self._reader))

    @explaining_keys
    def begin_session(self, session: Session) -> None:
        """Implement AccountStore.begin_session."""
        self._sessions.begin(session)

    @explaining_keys
    def find_session(self, account_id: str, digest: str) -> KnownSession | None:
        """Implement AccountStore.find_session."""
        return self._sessions.find(account_id, digest)

    @explaining_keys
    def sessions_of(self, account_id: str) -> tuple[Session, ...]:
        """Implement AccountStore.sessions_of."""
        return self._sessions.list_of(account_id)

    @explaining_keys
    def end_session(self, account_id: str, digest: str) -> None:
        """Implement AccountStore.end_session."""
        self._sessions.end(account_id, digest)

    @explaining_keys
    def add_invitation(self, digest: str, account_id: str, ends_at: datetime) -> None:
        """Implement AccountStore.add_invitation."""
        self._sessions.invite(digest, account_id, ends_at)

    @explaining_keys
    def find_invitation(self, digest: str) -> str | None:
        """Implement AccountStore.find_invitation."""
        return self._sessions.find_invitation(digest)

    @explaining_keys
    def spend_invitation(self, digest: str) -> str | None:
        """Implement AccountStore.spend_invitation."""
        return self._sessions.spend_invitation(digest)

    def _holder(self, view: str, key: str) -> Account | None:
        stored = self._reader.holder(view, key)
        return stored.account if stored else None
