"""Accounts for the tests of stores."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from app.access.viewer import Role
from app.contracts.accounts import Account, Identity, Session

NOW = datetime.now(UTC)
ISSUER = "https://issuer.example"


def account(account_id: str = "a1", name: str = "Ana Silva", **fields: Any) -> Account:
    """An account that signs in at a provider."""
    fields.setdefault("identity", Identity(ISSUER, f"subject of {account_id}"))
    return Account(id=account_id, name=name, **fields)


def local_account(account_id: str = "a1", email: str = "ana@example.com", **fields: Any) -> Account:
    """An account that signs in with a password."""
    fields = {"name": "Ana Silva", "password_hash": "scrypt:1:1:1$x$y", **fields}
    return Account(id=account_id, email=email, **fields)


def admin(account_id: str = "a1", **fields: Any) -> Account:
    return account(account_id, role=Role.ADMIN, role_origin="setup", **fields)


def digest_of(code: object) -> str:
    """The SHA-256 of a code, as stores get it."""
    return hashlib.sha256(str(code).encode()).hexdigest()


def session(account_id: str = "a1", code: object = "s1", **fields: Any) -> Session:
    """A session that began a minute ago and goes on for an hour."""
    times = {"began_at": NOW - timedelta(minutes=1), "ends_at": NOW + timedelta(hours=1)}
    return Session(digest=digest_of(code), account_id=account_id, **{**times, **fields})


def in_hours(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)
