"""The services of signing in over accounts in memory, with a clock that tests move."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.access.modes import Mode
from app.accounts.access import Access
from app.accounts.accounts import Accounts
from app.accounts.invitations import Invitations
from app.accounts.leavers import LeaverAccounts
from app.accounts.limits import RateLimit
from app.accounts.new_passwords import OwnPassword
from app.accounts.password_sign_in import PasswordSignIn
from app.accounts.passwords import Passwords
from app.accounts.provider_profiles import GroupRoles, ProviderProfiles
from app.accounts.sessions import Sessions
from app.accounts.setup_link import SetupLink
from app.contracts.accounts import AccountStore
from app.runtime.ttl_map import TtlMap
from tests.support.accounts_in_memory import AccountsInMemory


class QuickPasswords(Passwords):
    """Hashes that cost nothing, and a count of those that were checked."""

    checked = 0

    def hash(self, password: str) -> str:
        return f"hash of {password}"

    def matches(self, password_hash: str, password: str) -> bool:
        self.checked += 1
        return password_hash == f"hash of {password}"


class Desk:
    """Everything about signing in; ``people`` has the ids of employees by email.

    ``left`` has those of who has left.
    """

    def __init__(
        self,
        setup_code: str = "",
        mode: Mode | None = None,
        store: AccountStore | None = None,
    ) -> None:
        self.clock = datetime.now(UTC)
        self.seconds = 0.0
        self.store = store or AccountsInMemory()
        self.keys = ("n3w-0123456789abcdef", "0ld-0123456789abcdef")
        self.people: dict[str, tuple[str, ...]] = {}
        self.left: set[str] = set()
        self.access = Access(self.store, mode=mode, has_sign_in=False)
        self.passwords = QuickPasswords()
        self.sessions = Sessions(
            self.store,
            lambda: self.keys,
            12,
            self.now,
            checked=lambda account: self.leavers.checked(account),
        )
        profiles = ProviderProfiles(
            self.store,
            lambda email: self.people.get(email, ()),
            GroupRoles(editors=("hr",), admins=("it",)),
        )
        self.accounts = Accounts(self.store, profiles, self.sessions.forget, self.now)
        self.leavers = LeaverAccounts(
            self.accounts, self.left.__contains__, TtlMap(100, lambda: self.seconds)
        )
        self.password_sign_in = PasswordSignIn(
            self.store, self.passwords, self.now, RateLimit(20, 20, lambda: self.seconds)
        )
        self.own_password = OwnPassword(
            self.store, self.passwords, self.password_sign_in, self.sessions.forget, self.now
        )
        self.setup_link = SetupLink(
            self.store, self.access, lambda: self.keys, self.passwords, setup_code=setup_code
        )
        self.invitations = Invitations(
            self.store, self.passwords, self.sessions.forget, now=self.now
        )

    def now(self) -> datetime:
        return self.clock

    def wait(self, **time: float) -> None:
        """Let time pass, for the accounts and for the limits of this process."""
        self.clock += timedelta(**time)
        self.seconds += timedelta(**time).total_seconds()


@pytest.fixture
def desk() -> Desk:
    return Desk()
