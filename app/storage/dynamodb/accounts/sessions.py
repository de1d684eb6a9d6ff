"""Sessions and invitations: items that the table removes some time after their end."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice

from app.contracts.accounts import (
    MAX_SESSIONS_LISTED,
    MAX_SESSIONS_READ,
    KnownSession,
    Session,
    is_account_id,
    is_digest,
)
from app.contracts.stored_accounts import is_over, time_text
from app.model.stored_values import stored_time
from app.storage.dynamodb.accounts import actions
from app.storage.dynamodb.accounts.items import (
    account_row,
    expiry,
    invitation_row,
    key_of,
    row_of,
    session_item,
    session_row,
    session_view,
    stored_account,
    stored_session,
)
from app.storage.dynamodb.accounts.reader import HOLDER, AccountReader
from app.storage.dynamodb.client.attributes import string_of
from app.storage.dynamodb.client.batch_writes import write_batches
from app.storage.dynamodb.client.calls import Calls, Item
from app.storage.dynamodb.client.failures import ConditionFailed
from app.storage.dynamodb.client.pagination import query_view

_ENDS = "ends_at"


class SessionItems:
    """The sessions and invitations in one table."""

    def __init__(self, calls: Calls, table: str, reader: AccountReader) -> None:
        self._calls = calls
        self._table = table
        self._reader = reader

    def begin(self, session: Session) -> None:
        """Implement AccountStore.begin_session."""
        self._put(session_item(session))

    def find(self, account_id: str, digest: str) -> KnownSession | None:
        """Implement AccountStore.find_session: one BatchGetItem, 2 RCU."""
        if not (is_account_id(account_id) and is_digest(digest)):
            return None
        of_session, of_account = session_row(account_id, digest), account_row(account_id)
        items = self._reader.items([of_session, of_account])
        if len(items) < 2:
            return None
        session, stored = stored_session(items[of_session]), stored_account(items[of_account])
        if session is None or stored is None or stored.account.is_disabled:
            return None
        is_ended = is_over(session, stored.account, datetime.now(UTC))
        return None if is_ended else KnownSession(session, stored.account)

    def list_of(self, account_id: str) -> tuple[Session, ...]:
        """Implement AccountStore.sessions_of: one Query, and one read of the account."""
        stored = self._reader.account(account_id)
        if stored is None:
            return ()
        now = datetime.now(UTC)
        own = [each for each in self._all_of(account_id) if not is_over(each, stored.account, now)]
        own.sort(key=lambda session: session.began_at, reverse=True)
        return tuple(own[:MAX_SESSIONS_LISTED])

    def end(self, account_id: str, digest: str) -> None:
        """Implement AccountStore.end_session."""
        if is_account_id(account_id) and is_digest(digest):
            request = {"TableName": self._table, "Key": key_of(session_row(account_id, digest))}
            self._calls.write("DeleteItem", self._table, request)

    def delete_all(self, account_id: str) -> None:
        """Delete all sessions of an account."""
        if is_account_id(account_id):
            view = session_view(account_id)
            rows = query_view(self._calls, self._table, view, fields=["view", "at"])
            deletes = ({"DeleteRequest": {"Key": key_of(row_of(row))}} for row in rows)
            write_batches(self._calls, self._table, deletes)

    def invite(self, digest: str, account_id: str, ends_at: datetime) -> None:
        """Implement AccountStore.add_invitation."""
        item = {
            **key_of(invitation_row(digest)),
            HOLDER: {"S": account_id},
            _ENDS: {"S": time_text(ends_at)},
            "ttl": expiry(ends_at),
        }
        self._put(item)

    def find_invitation(self, digest: str) -> str | None:
        """Implement AccountStore.find_invitation."""
        item = self._invitation(digest)
        return string_of(item, HOLDER) if item else None

    def spend_invitation(self, digest: str) -> str | None:
        """Implement AccountStore.spend_invitation; attempts of one call are told by its token."""
        item = self._invitation(digest)
        if item is None:
            return None
        spent = actions.delete_unchanged(self._table, invitation_row(digest), item, HOLDER, _ENDS)
        request = {"TransactItems": [spent], "ClientRequestToken": str(uuid.uuid4())}
        try:
            self._calls.write("TransactWriteItems", self._table, request)
        except ConditionFailed:
            return None  # somebody else has spent it
        return string_of(item, HOLDER)

    def _all_of(self, account_id: str) -> Iterator[Session]:
        view, request = session_view(account_id), {"Limit": MAX_SESSIONS_READ}
        items = query_view(self._calls, self._table, view, request=request)
        found = map(stored_session, islice(items, MAX_SESSIONS_READ))
        return (session for session in found if session is not None)

    def _invitation(self, digest: str) -> Item | None:
        """Return an invitation that can be used, or None."""
        item = self._reader.item(invitation_row(digest)) if is_digest(digest) else None
        ends_at = stored_time(string_of(item, _ENDS)) if item else None
        if item is None or ends_at is None or ends_at <= datetime.now(UTC):
            return None
        stored = self._reader.account(string_of(item, HOLDER))
        return item if stored and not stored.account.is_disabled else None

    def _put(self, item: Item) -> None:
        self._calls.write("PutItem", self._table, {"TableName": self._table, "Item": item})
