"""Reads and writes of sessions and invitations, in the transaction of the caller."""

from datetime import UTC, datetime

from sqlalchemy import Connection, and_, bindparam, select

from app.contracts.accounts import MAX_SESSIONS_LISTED, Account, KnownSession, Session
from app.contracts.stored_accounts import (
    account_from,
    is_over,
    session_from,
    session_values,
    time_text,
)
from app.storage.sql.accounts.tables import accounts, invitations, sessions

# Made once: many requests ask it. No column of one table has the name of one of the other.
_KNOWN = (
    select(accounts, sessions)
    .join_from(sessions, accounts, accounts.c.id == sessions.c.account_id)
    .where(sessions.c.account_id == bindparam("of_account"))
    .where(sessions.c.digest == bindparam("of_digest"))
)
_INVITED = select(accounts).join_from(
    invitations, accounts, accounts.c.id == invitations.c.account_id
)


def begin(connection: Connection, session: Session) -> None:
    """Store a session; remove those of all accounts that have ended."""
    connection.execute(sessions.delete().where(sessions.c.ends_at < time_text(_now())))
    end(connection, session.account_id, session.digest)
    connection.execute(sessions.insert(), session_values(session))


def end(connection: Connection, account_id: str, digest: str) -> None:
    """Remove a session, if it exists."""
    is_it = and_(sessions.c.account_id == account_id, sessions.c.digest == digest)
    connection.execute(sessions.delete().where(is_it))


def delete_all(connection: Connection, account_id: str) -> None:
    """Delete all sessions and invitations of an account."""
    connection.execute(sessions.delete().where(sessions.c.account_id == account_id))
    connection.execute(invitations.delete().where(invitations.c.account_id == account_id))


def find(connection: Connection, account_id: str, digest: str) -> KnownSession | None:
    """Return a session that is not over, with its account, or None."""
    key = {"of_account": account_id, "of_digest": digest}
    row = connection.execute(_KNOWN, key).mappings().first()
    session, account = (session_from({**row}), account_from({**row})) if row else (None, None)
    if session is None or account is None or account.is_disabled:
        return None
    return None if is_over(session, account, _now()) else KnownSession(session, account)


def list_of(connection: Connection, account: Account) -> tuple[Session, ...]:
    """Return the sessions of an account that are not over, newest first."""
    now = _now()
    statement = (
        select(sessions)
        .where(sessions.c.account_id == account.id, sessions.c.ends_at > time_text(now))
        .order_by(sessions.c.began_at.desc(), sessions.c.digest)
        .limit(MAX_SESSIONS_LISTED)
    )
    found = (session_from({**row}) for row in connection.execute(statement).mappings())
    return tuple(each for each in found if each and not is_over(each, account, now))


def invite(connection: Connection, digest: str, account_id: str, ends_at: datetime) -> None:
    """Store an invitation; remove those that have ended."""
    ended = invitations.c.ends_at < time_text(_now())
    connection.execute(invitations.delete().where(ended | (invitations.c.digest == digest)))
    values = {"digest": digest, "account_id": account_id, "ends_at": time_text(ends_at)}
    connection.execute(invitations.insert(), values)


def find_invitation(connection: Connection, digest: str) -> str | None:
    """Return the id of the account of an invitation that can be used, or None."""
    usable = (invitations.c.digest == digest, invitations.c.ends_at > time_text(_now()))
    row = connection.execute(_INVITED.where(*usable)).mappings().first()
    account = account_from({**row}) if row else None
    return None if account is None or account.is_disabled else account.id


def spend_invitation(connection: Connection, digest: str) -> str | None:
    """Return what ``find_invitation`` does, and remove the invitation."""
    account_id = find_invitation(connection, digest)
    if account_id is not None:
        connection.execute(invitations.delete().where(invitations.c.digest == digest))
    return account_id


def _now() -> datetime:
    return datetime.now(UTC)
