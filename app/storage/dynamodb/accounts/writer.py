"""AccountWriter: an account with its unique rows and those of lists, in one transaction.

A row that must be unique says which account it is of, and the item of an account names its rows: so
a row is free if its account is gone, or does not name it. Every write is on the condition that what
was read is unchanged, and is decided anew if it is not.
"""

import uuid
from collections.abc import Iterable
from dataclasses import replace

from app.contracts.accounts import Account, AccountConflict, AccountExists, LastAdmin
from app.contracts.stored_accounts import settings_from
from app.model.errors import StorageUnavailable
from app.runtime import backoff
from app.storage.dynamodb.accounts import actions, lists
from app.storage.dynamodb.accounts.actions import Action
from app.storage.dynamodb.accounts.items import (
    Row,
    StoredAccount,
    access_row,
    account_attributes,
    account_row,
    attributes,
    is_unique,
    rows_of,
    stored_account,
    values,
)
from app.storage.dynamodb.accounts.reader import HOLDER, AccountReader
from app.storage.dynamodb.client.attributes import string_of
from app.storage.dynamodb.client.calls import SERVICE, Calls
from app.storage.dynamodb.client.failures import ConditionFailed

_MAX_ATTEMPTS = 20
# What an item is told by: that it exists, or the version of an account.
_EXISTENCE, _VERSION = "view", "version"


class AccountWriter:
    """The writes of accounts in one table."""

    def __init__(self, calls: Calls, table: str, reader: AccountReader) -> None:
        self._calls = calls
        self._table = table
        self._reader = reader

    def add(self, account: Account) -> Account:
        """Implement AccountStore.add."""
        for attempt in range(1, _MAX_ATTEMPTS):
            stored = self._reader.account(account.id)
            if stored is not None:
                if stored.account == account:
                    return account  # it was written, but the reply was lost
                raise AccountExists
            if self._transact(attempt, self._write(account, None)):
                return account
        raise self._contention()

    def update(self, account: Account, *, may_leave_no_admin: bool) -> Account:
        """Implement AccountStore.update."""
        for attempt in range(1, _MAX_ATTEMPTS):
            stored = self._reader.account(account.id)
            if stored is None:
                raise AccountConflict
            identity, version = stored.account.identity, account.version + 1
            changed = replace(account, identity=identity, version=version)
            if stored.account == changed:
                return changed  # it was written, but the reply was lost
            if stored.account.version != account.version:
                raise AccountConflict
            writes = self._write(changed, stored)
            if stored.account.is_admin and not changed.is_admin and not may_leave_no_admin:
                writes |= self._other_admin(account.id)
            if self._transact(attempt, writes):
                return changed
        raise self._contention()

    def check_delete(self, account_id: str) -> None:
        """Raise LastAdmin if this account may not be deleted."""
        stored = self._reader.account(account_id)
        if stored is not None and stored.account.is_admin:
            self._other_admin(account_id)

    def delete(self, account_id: str) -> None:
        """Delete an account and its rows. Raises LastAdmin."""
        for attempt in range(1, _MAX_ATTEMPTS):
            stored = self._reader.account(account_id)
            if stored is None:
                return
            row = account_row(account_id)
            writes = {each: actions.delete(self._table, each) for each in stored.rows}
            writes[row] = actions.delete_unchanged(self._table, row, stored.item, _VERSION)
            if stored.account.is_admin:
                writes |= self._other_admin(account_id)
            if self._transact(attempt, writes):
                return
        raise self._contention()

    def claim(self, account: Account) -> bool:
        """Implement AccountStore.claim."""
        own_row = account_row(account.id)
        for attempt in range(1, _MAX_ATTEMPTS):
            items = self._reader.items([access_row(), own_row])
            access = items.get(access_row())
            chosen = settings_from(values(access or {}))
            if chosen.claimed_by:
                return chosen.claimed_by == account.id
            stored = stored_account(items[own_row]) if own_row in items else None
            if stored is not None:
                account = replace(account, identity=stored.account.identity)
            version = stored.account.version + 1 if stored else 1
            writes = self._write(replace(account, version=version), stored)
            claimed = attributes({"claimed_by": account.id, "version": chosen.version + 1})
            writes[access_row()] = {
                "Update": actions.update(
                    self._table, access_row(), claimed, access, "claimed_by", "version"
                )
            }
            if self._transact(attempt, writes):
                return True
        raise self._contention()

    def _write(self, account: Account, stored: StoredAccount | None) -> dict[Row, Action]:
        """Return the actions by item that store an account. Raises AccountExists."""
        row, rows = account_row(account.id), rows_of(account)
        before = stored.rows if stored else frozenset()
        seen, unchanged = (stored.item, _VERSION) if stored else (None, _EXISTENCE)
        content = account_attributes(account, rows)
        writes = {row: {"Update": actions.update(self._table, row, content, seen, unchanged)}}
        for gone in before - rows:
            writes[gone] = actions.delete(self._table, gone)
        new = rows - before
        for listed in filter(lambda each: not is_unique(each), new):
            writes[listed] = actions.put(self._table, listed, {HOLDER: {"S": account.id}})
        return writes | self._take(account.id, filter(is_unique, new))

    def _take(self, account_id: str, rows: Iterable[Row]) -> dict[Row, Action]:
        """Return the actions that give free rows to an account. Raises AccountExists."""
        wanted = list(rows)
        items = self._reader.items(wanted) if wanted else {}
        writes: dict[Row, Action] = {}
        for row in wanted:
            item = items.get(row)
            holder = string_of(item, HOLDER) if item else ""
            if holder not in ("", account_id):
                stored = self._reader.account(holder)
                if stored is not None and row in stored.rows:
                    raise AccountExists
                seen, unchanged = (stored.item, _VERSION) if stored else (None, _EXISTENCE)
                other = account_row(holder)
                writes[other] = actions.check(self._table, other, seen, unchanged)
            content = {HOLDER: {"S": account_id}}
            writes[row] = actions.put_unchanged(self._table, row, content, item, HOLDER)
        return writes

    def _other_admin(self, account_id: str) -> dict[Row, Action]:
        """Return the check that another administrator remains. Raises LastAdmin."""
        for other in lists.admins(self._calls, self._table, self._reader):
            if other.account.id != account_id:
                row = account_row(other.account.id)
                return {row: actions.check(self._table, row, other.item, _VERSION)}
        raise LastAdmin

    def _transact(self, attempt: int, writes: dict[Row, Action]) -> bool:
        """Write all or nothing; return False, after a pause, if something has changed."""
        try:
            self._send(list(writes.values()))
        except ConditionFailed:
            backoff.pause(attempt)
            return False
        return True

    def _send(self, writes: list[Action]) -> None:
        # Most writes change nothing but the account itself; a transaction costs twice as much. What
        # a lost reply has left is known by its content.
        if len(writes) == 1 and "Update" in writes[0]:
            self._calls.write("UpdateItem", self._table, writes[0]["Update"])
            return
        request = {"TransactItems": writes, "ClientRequestToken": str(uuid.uuid4())}
        self._calls.write("TransactWriteItems", self._table, request)

    def _contention(self) -> StorageUnavailable:
        reason = "other writers kept changing the same accounts"
        return StorageUnavailable(SERVICE, "dynamodb:TransactWriteItems", self._table, reason)
