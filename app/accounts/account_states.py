"""An account as it is when it is disabled, enabled, or signed out everywhere."""

from dataclasses import replace
from datetime import datetime

from app.contracts.accounts import Account, start_of_session


def signed_out(account: Account, now: datetime) -> Account:
    """Return the account with all its sessions ended."""
    return replace(account, sessions_ended_at=start_of_session(account, now))


def disabled(account: Account, now: datetime, leaves_on: str = "") -> Account:
    """Return the account as one that cannot sign in: by hand, or since its person left that day."""
    return replace(signed_out(account, now), is_disabled=True, leaves_on=leaves_on)


def enabled(account: Account) -> Account:
    """Return the account as one that can sign in, whyever it could not."""
    return replace(account, is_disabled=False, failures=0, locked_until=None, leaves_on="")
