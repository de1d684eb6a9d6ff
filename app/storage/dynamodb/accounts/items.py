"""The items of accounts: their keys, and how their values are stored."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from app.contracts.accounts import Account, Session
from app.contracts.stored_accounts import (
    account_from,
    account_values,
    identity_key_of,
    list_key,
    login_key_of,
    person_key,
    session_from,
    session_values,
)
from app.runtime import strict_json
from app.storage.dynamodb.client.attributes import string_of
from app.storage.dynamodb.client.calls import Item
from app.storage.dynamodb.client.tables import Tables

LIST_VIEW, ADMINS_VIEW, LOCAL_VIEW = "accounts", "admins", "locals"
IDENTITY_VIEW, LOGIN_VIEW, PERSON_VIEW = "ident#", "login#", "self#"
_ACCESS_VIEW, _ACCOUNT_VIEW = "access", "acct#"
_SESSION_VIEW, _INVITATION_VIEW = "sess#", "invite#"
_ONLY = "-"
_MAX_KEY = 1_024
_LISTS = frozenset({LIST_VIEW, ADMINS_VIEW, LOCAL_VIEW})

# The view and the sort key of a row.
Row = tuple[str, str]


class StoredAccount(NamedTuple):
    """An account as it lies in the table: ``rows`` are those that were written for it."""

    account: Account
    item: Item
    rows: frozenset[Row]


def key_of(row: Row) -> Item:
    """Return the primary key of a row."""
    return Tables.index_key(*row)


def row_of(item: Item) -> Row:
    """Return the view and the sort key of an item."""
    return item["view"]["S"], item["at"]["S"]


def access_row() -> Row:
    """Return the row of the settings of access."""
    return _ACCESS_VIEW, _ONLY


def account_row(account_id: str) -> Row:
    """Return the row of an account."""
    return _ACCOUNT_VIEW + account_id, _ONLY


def unique_row(view: str, key: str) -> Row:
    """Return the row that says whose an identity, a login or a person is."""
    return view + key, _ONLY


def session_row(account_id: str, digest: str) -> Row:
    """Return the row of a session."""
    return session_view(account_id), digest


def session_view(account_id: str) -> str:
    """Return the view of the sessions of an account."""
    return _SESSION_VIEW + account_id


def invitation_row(digest: str) -> Row:
    """Return the row of an invitation."""
    return _INVITATION_VIEW + digest, _ONLY


def rows_of(account: Account) -> frozenset[Row]:
    """Return the other rows of an account: unique ones, and those of lists."""
    unique = {
        IDENTITY_VIEW: identity_key_of(account),
        LOGIN_VIEW: login_key_of(account),
        PERSON_VIEW: person_key(account.person_id),
    }
    rows = {unique_row(view, key) for view, key in unique.items() if key}
    rows.add((LIST_VIEW, list_key(account)))
    if account.is_admin:
        rows.add((ADMINS_VIEW, account.id))
    if unique[LOGIN_VIEW] and not account.is_disabled:
        rows.add((LOCAL_VIEW, account.id))
    return frozenset(rows)


def is_unique(row: Row) -> bool:
    """Return whether only one account may have this row."""
    return row[0] not in _LISTS


def account_attributes(account: Account, rows: frozenset[Row]) -> Item:
    """Return the attributes to store of an account with these other rows; its key has the id."""
    stored = attributes({**account_values(account), "rows": json.dumps(sorted(rows))})
    return {name: value for name, value in stored.items() if name != "id"}


def stored_account(item: Item) -> StoredAccount | None:
    """Return the account in an item; None if it is of no account."""
    account_id = item["view"]["S"].removeprefix(_ACCOUNT_VIEW)
    account = account_from({**values(item), "id": account_id})
    rows = _parse_rows(string_of(item, "rows"))
    return StoredAccount(account, item, rows) if account else None


def session_item(session: Session) -> Item:
    """Return the item of a session, which the table removes after its end."""
    row = session_row(session.account_id, session.digest)
    stored = attributes(session_values(session))
    content = {name: stored[name] for name in stored if name not in ("account_id", "digest")}
    return {**key_of(row), **content, "ttl": expiry(session.ends_at)}


def stored_session(item: Item) -> Session | None:
    """Return the session in an item; None if it cannot be read."""
    view, digest = row_of(item)
    account_id = view.removeprefix(_SESSION_VIEW)
    return session_from({**values(item), "account_id": account_id, "digest": digest})


def expiry(moment: datetime) -> dict[str, str]:
    """Return the attribute that makes the table remove an item after this time."""
    return {"N": str(int(moment.timestamp()) + 1)}


def attributes(stored: Mapping[str, str | int]) -> Item:
    """Return plain values as attributes."""
    return {
        name: {"N": str(value)} if isinstance(value, int) else {"S": value}
        for name, value in stored.items()
    }


def values(item: Item) -> dict[str, Any]:
    """Return the attributes as plain values: numbers as texts, other types as they are."""
    return {name: _plain(attribute) for name, attribute in item.items()}


def _plain(attribute: Any) -> Any:
    content = strict_json.mapping(attribute)
    if "NULL" in content:
        return None
    return next((content[kind] for kind in ("S", "N", "BOOL") if kind in content), content)


def _parse_rows(text: str) -> frozenset[Row]:
    """Return the rows that an item names; those that cannot be its own are left out."""
    try:
        stored = strict_json.parse(text)
    except ValueError:
        return frozenset()
    rows = (
        (strict_json.strings(row, _MAX_KEY) for row in stored) if isinstance(stored, list) else ()
    )
    return frozenset((row[0], row[1]) for row in rows if row and len(row) == 2 and _is_other(*row))


def _is_other(view: str, at: str) -> bool:
    """Return whether an account may have this row besides its own."""
    is_unique_row = view.startswith((IDENTITY_VIEW, LOGIN_VIEW, PERSON_VIEW)) and at == _ONLY
    return is_unique_row or (view in _LISTS and at != "")
