"""The lists of accounts: rows with their keys alone, in the order of pages."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from app.contracts.accounts import ACCOUNTS_PER_PAGE, AccountPage
from app.contracts.stored_accounts import cursor_after, key_in_cursor
from app.storage.dynamodb.accounts.items import (
    ADMINS_VIEW,
    LIST_VIEW,
    LOCAL_VIEW,
    StoredAccount,
    row_of,
    rows_of,
)
from app.storage.dynamodb.accounts.reader import HOLDER, AccountReader
from app.storage.dynamodb.client.attributes import string_of
from app.storage.dynamodb.client.batch_reads import MAX_BATCH_KEYS
from app.storage.dynamodb.client.calls import Calls, Item
from app.storage.dynamodb.client.pagination import query_view

_FEW = 3


def page(calls: Calls, table: str, reader: AccountReader, cursor: str | None) -> AccountPage:
    """Implement AccountStore.list_accounts: one Query, and one BatchGetItem of the accounts."""
    items = _rows_after(calls, table, key_in_cursor(cursor), ACCOUNTS_PER_PAGE + 1)
    shown = items[:ACCOUNTS_PER_PAGE]
    found = reader.accounts(string_of(item, HOLDER) for item in shown)
    stored = (found.get(string_of(item, HOLDER)) for item in shown)
    # A row that its account does not name was written by another program.
    accounts = (
        one.account
        for one, item in zip(stored, shown, strict=True)
        if one and row_of(item) in one.rows
    )
    following = cursor_after(shown[-1]["at"]["S"]) if len(items) > len(shown) else None
    return AccountPage(tuple(accounts), following)


def admins(calls: Calls, table: str, reader: AccountReader) -> Iterator[StoredAccount]:
    """Yield the administrators that are not disabled, as lazily as a batch allows."""
    return _accounts_in(calls, table, reader, ADMINS_VIEW, MAX_BATCH_KEYS)


def local_accounts(calls: Calls, table: str, reader: AccountReader) -> Iterator[StoredAccount]:
    """Yield the local accounts that are not disabled, in small batches: one is all that is asked.

    Those that nothing was written of since this list is kept are not in it.
    """
    return _accounts_in(calls, table, reader, LOCAL_VIEW, _FEW)


def _accounts_in(
    calls: Calls, table: str, reader: AccountReader, view: str, batch_size: int
) -> Iterator[StoredAccount]:
    """Yield the accounts in a view of ids that are there by what they are now."""
    rows = query_view(calls, table, view, request={"Limit": batch_size})
    while batch := list(islice(rows, batch_size)):
        found = reader.accounts(item["at"]["S"] for item in batch)
        for stored in found.values():
            if (view, stored.account.id) in rows_of(stored.account):
                yield stored


def _rows_after(calls: Calls, table: str, key: str, most: int) -> list[Item]:
    request: dict[str, Any] = {"Limit": most}
    if key:
        request |= {
            "KeyConditionExpression": "#view = :view AND #at > :at",
            "ExpressionAttributeNames": {"#view": "view", "#at": "at"},
            "ExpressionAttributeValues": {":view": {"S": LIST_VIEW}, ":at": {"S": key}},
        }
    return list(islice(query_view(calls, table, LIST_VIEW, request=request), most))
