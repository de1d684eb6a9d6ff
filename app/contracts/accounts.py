"""The contract of every store of accounts, sessions and the settings of access."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from app.access.modes import Mode
from app.access.viewer import Role
from app.access.visibility import Audience
from app.model.errors import DirectoryError

ACCOUNTS_PER_PAGE = MAX_SESSIONS_LISTED = 50
MAX_ORG_TOP = 8
MAX_SESSIONS_READ = 1_000
MAX_DESCRIPTION = 120
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_ACCOUNT_ID = re.compile(r"[!-~]{1,64}", re.ASCII)


class AccountConflict(DirectoryError):
    """The account, or the settings of access, were changed since they were read."""


class AccountExists(DirectoryError):
    """The identity, the email that signs in, or the linked person belongs to another account."""


class LastAdmin(DirectoryError):
    """The change would leave no administrator whose account is not disabled."""


class Identity(NamedTuple):
    """Somebody at an OpenID provider: ``subject`` is unique and constant for its ``issuer``."""

    issuer: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account. ``email`` is shown; without an ``identity`` it also signs in, with a password.

    ``id`` is what ``is_account_id`` accepts. Times are in UTC; a store keeps microseconds.

    ``role_origin`` says who gave the role: ``setup``, ``admin``, ``groups`` or ``command``; "" is
    nobody, of a colleague. ``person_id`` is the linked employee. Sessions that began at or before
    ``sessions_ended_at`` are over. ``failures`` counts wrong passwords since the last right one;
    none is tried before ``locked_until``. ``leaves_on`` is the last day of the linked employee,
    which disables the account when it comes (UTC); "" if they do not leave, or if an administrator
    has disabled or enabled the account since. ``version`` counts the writes.
    """

    id: str
    name: str
    email: str = ""
    role: Role = Role.COLLEAGUE
    role_origin: str = ""
    person_id: str = ""
    identity: Identity | None = None
    password_hash: str = ""
    is_disabled: bool = False
    sessions_ended_at: datetime | None = None
    failures: int = 0
    locked_until: datetime | None = None
    signed_in_at: datetime | None = None
    leaves_on: str = ""
    version: int = 0

    @property
    def is_admin(self) -> bool:
        """Whether the account is an administrator that can sign in."""
        return self.role is Role.ADMIN and not self.is_disabled


def is_account_id(text: str) -> bool:
    """Return whether a text can be the id of an account: 1 to 64 printable ASCII characters."""
    return _ACCOUNT_ID.fullmatch(text) is not None


def is_digest(text: str) -> bool:
    """Return whether a text is a SHA-256 in lower-case hexadecimal digits."""
    return _DIGEST.fullmatch(text) is not None


def start_of_session(account: Account, now: datetime) -> datetime:
    """Return ``now``, or the first moment after the sessions of this account were ended.

    To end them again it is the moment too: by the clock of another machine ``now`` may be earlier,
    and would give life to sessions that are over.
    """
    ended = account.sessions_ended_at
    return now if ended is None or ended < now else ended + timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session: ``digest`` is the SHA-256 of the id in the cookie, in hexadecimal digits.

    ``description`` says which browser it is, for its owner: at most MAX_DESCRIPTION
    characters.
    """

    digest: str
    account_id: str
    began_at: datetime
    ends_at: datetime
    description: str = ""


class KnownSession(NamedTuple):
    """What a request needs to know: a session that has not ended, and its account."""

    session: Session
    account: Account


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessSettings:
    """What an administrator has chosen. ``claimed_by`` is the account that claimed the directory.

    ``mode`` is None, ``visibility`` and ``org_top`` (ids at the top of the chart) are empty where
    nothing was chosen. ``setup_generation`` counts replaced setup links, ``version`` the writes.
    """

    claimed_by: str = ""
    mode: Mode | None = None
    visibility: Mapping[str, Audience] = field(default_factory=dict)
    setup_generation: int = 0
    version: int = 0
    org_top: tuple[str, ...] = ()


class AccountPage(NamedTuple):
    """Accounts by name, and the cursor of the next page, or None."""

    accounts: tuple[Account, ...]
    next: str | None


class AccountStore(Protocol):
    """A store of accounts, sessions, invitations and the settings of access.

    Every method raises StorageUnavailable like those of EmployeeStore; a repeated call after a lost
    reply does what the first one did. A change is visible to every call that begins after the
    method has returned, on any machine. What another program has written is read so that it gives
    no right: an unknown role is a colleague, an unknown mode is SIGN_IN, an audience that is
    unknown is EDITORS, a mark that cannot be read disables the account. Texts are stored without
    NUL and lone surrogates.
    """

    def access_settings(self) -> AccessSettings:
        """Return the settings of access, the defaults if nothing is stored. One read."""

    def save_access_settings(self, settings: AccessSettings) -> AccessSettings:
        """Store these settings as the next version. Raises AccountConflict.

        ``claimed_by`` is kept as stored: only ``claim`` writes it.
        """

    def claim(self, account: Account) -> bool:
        """Add this account, an administrator, as the one that claims the directory.

        One conditional write: of any number of callers one gets True, all others False, and their
        accounts are not stored. An account with this id that exists is changed to this one instead.
        Raises AccountExists.
        """

    def get(self, account_id: str) -> Account | None:
        """Return the account with this id, or None."""

    def find_identity(self, identity: Identity) -> Account | None:
        """Return the account of this identity, or None."""

    def find_login(self, email: str) -> Account | None:
        """Return the account that signs in with this email (in any letter case) and a password."""

    def find_person(self, employee_id: str) -> Account | None:
        """Return the account that is linked to this employee, or None."""

    def add(self, account: Account) -> Account:
        """Store a new account as version 1. Raises AccountExists, also if its id is in use.

        Unique are the identity, the linked person, and of accounts without an identity the email
        (by ``search_keys.email_key``).
        """

    def update(self, account: Account, *, may_leave_no_admin: bool = False) -> Account:
        """Store the account as its next version. Raises AccountConflict, AccountExists, LastAdmin.

        The identity stays. ``version`` must be the one that is stored. Of several callers at once
        who demote or disable each other, one at least remains an administrator.
        """

    def delete(self, account_id: str) -> None:
        """Delete an account with its sessions, and free what is unique. Raises LastAdmin.

        A missing one is no error, and a failed call can be repeated.
        """

    def list_accounts(self, cursor: str | None = None) -> AccountPage:
        """Return at most ACCOUNTS_PER_PAGE accounts in the order of their names.

        A cursor that cannot be read returns the first page.
        """

    def count_admins(self) -> int:
        """Return how many accounts are administrators and not disabled, at most 2 of them."""

    def has_local(self) -> bool:
        """Return whether an account that is not disabled signs in with an email and a password."""

    def begin_session(self, session: Session) -> None:
        """Store a session; the store may remove it after ``ends_at``.

        ``began_at`` must be after ``sessions_ended_at`` of its account, or it is never found: use
        ``start_of_session``, since the clocks of machines differ.
        """

    def find_session(self, account_id: str, digest: str) -> KnownSession | None:
        """Return the session and its account, in one read, or None.

        None too for a session that has ended, of an account that is disabled or gone.
        """

    def sessions_of(self, account_id: str) -> tuple[Session, ...]:
        """Return the sessions that have not ended, newest first, at most MAX_SESSIONS_LISTED.

        Those of a disabled account are among them. Of an account with more than
        MAX_SESSIONS_READ sessions any may be missing.
        """

    def end_session(self, account_id: str, digest: str) -> None:
        """Remove a session, if it exists."""

    def add_invitation(self, digest: str, account_id: str, ends_at: datetime) -> None:
        """Store the SHA-256 of a one-time link with which this account chooses a password."""

    def find_invitation(self, digest: str) -> str | None:
        """Return the id of the account of a link that can be used, or None. Changes nothing.

        None too after ``ends_at``, and if the account is disabled or gone.
        """

    def spend_invitation(self, digest: str) -> str | None:
        """Return what ``find_invitation`` does and remove the link: of many callers, to one.

        A call that raises with ``maybe_written`` may have spent it.
        """
