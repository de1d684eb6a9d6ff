"""The lists of accounts: rows with their keys alone, in the order of pages."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from app.contracts.accounts import ACCOUNTS_PER_PAGE, AccountPage
from app.contracts.stored_accounts import cursor_after, key_in_cursor
from app.storage.dynamodb.accounts.items import ADMINS_VIEW, LIST_VIEW, StoredAccount, row_of
from app.storage.dynamodb.accounts.reader import HOLDER, AccountReader
from app.storage.dynamodb.client.attributes import string_of
from app.storage.dynamodb.client.batch_reads import MAX_BATCH_KEYS
from app.storage.dynamodb.client.calls import Calls, Item
from app.storage.dynamodb.client.pagination import query_view


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
    rows = query_view(calls, table, ADMINS_VIEW, request={"Limit": MAX_BATCH_KEYS})
    while batch := list(islice(rows, MAX_BATCH_KEYS)):
        found = reader.accounts(item["at"]["S"] for item in batch)
        yield from (stored for stored in found.values() if stored.account.is_admin)


def _rows_after(calls: Calls, table: str, key: str, most: int) -> list[Item]:
    request: dict[str, Any] = {"Limit": most}
    if key:
        request |= {
            "KeyConditionExpression": "#view = :view AND #at > :at",
            "ExpressionAttributeNames": {"#view": "view", "#at": "at"},
            "ExpressionAttributeValues": {":view": {"S": LIST_VIEW}, ":at": {"S": key}},
        }
    return list(islice(query_view(calls, table, LIST_VIEW, request=request), most))
