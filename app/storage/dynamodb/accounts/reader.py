"""AccountReader: accounts and their rows, strongly consistent."""

from collections.abc import Iterable

from app.contracts.accounts import is_account_id
from app.storage.dynamodb.accounts.items import (
    Row,
    StoredAccount,
    account_row,
    key_of,
    row_of,
    rows_of,
    stored_account,
    unique_row,
)
from app.storage.dynamodb.client.attributes import string_of
from app.storage.dynamodb.client.batch_reads import batch_get
from app.storage.dynamodb.client.calls import Calls, Item

HOLDER = "acct"


class AccountReader:
    """The reads of accounts in one table."""

    def __init__(self, calls: Calls, table: str) -> None:
        self._calls = calls
        self._table = table

    def items(self, rows: Iterable[Row]) -> dict[Row, Item]:
        """Return those of at most 100 items that exist, in one call."""
        keys = {self._table: [key_of(row) for row in dict.fromkeys(rows)]}
        return {row_of(item): item for item in batch_get(self._calls, keys)[self._table]}

    def item(self, row: Row) -> Item | None:
        """Return an item, or None."""
        request = {"TableName": self._table, "Key": key_of(row), "ConsistentRead": True}
        item: Item | None = self._calls.read("GetItem", self._table, request).get("Item")
        return item

    def accounts(self, account_ids: Iterable[str]) -> dict[str, StoredAccount]:
        """Return those of at most 100 accounts that exist, in one call."""
        ids = [account_id for account_id in account_ids if is_account_id(account_id)]
        found = map(stored_account, self.items(map(account_row, ids)).values())
        return {stored.account.id: stored for stored in found if stored is not None}

    def account(self, account_id: str) -> StoredAccount | None:
        """Return an account, or None."""
        item = self.item(account_row(account_id)) if is_account_id(account_id) else None
        return stored_account(item) if item is not None else None

    def holder(self, view: str, key: str) -> StoredAccount | None:
        """Return the account that has a unique key now, or None."""
        row = unique_row(view, key)
        item = self.item(row) if key else None
        stored = self.account(string_of(item, HOLDER)) if item else None
        return stored if stored and row in rows_of(stored.account) else None
