"""The setup link, with which the first administrator claims a new directory."""

import hmac
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from app.access.viewer import Role, Viewer
from app.accounts import audit_log
from app.accounts.access import Access
from app.accounts.accounts import new_account_id
from app.accounts.audit_log import Event
from app.accounts.checked_values import checked_email, checked_name
from app.accounts.errors import AlreadyClaimed, SetupCodeWrong, TooManyAttempts
from app.accounts.limits import RateLimit, address_key
from app.accounts.passwords import Passwords, require_good
from app.contracts.accounts import Account, AccountStore
from app.model.errors import StorageUnavailable
from app.runtime import deadline

log = logging.getLogger(__name__)

_CODE_CHARACTERS = 32
_MAX_TYPED_CHARACTERS = 300
_TRIES_PER_MINUTE = 20  # of codes, from one address
_ANNOUNCE_EVERY_SECONDS = 5.0
_ANNOUNCE_FOR_SECONDS = 15 * 60.0


class SetupLink:
    """The link is valid until there is an administrator, and the same on every machine.

    Its code is ``SETUP_CODE``, or else made from the key that signs sessions, so nothing is stored.
    """

    def __init__(
        self,
        store: AccountStore,
        access: Access,
        keys: Callable[[], tuple[str, ...]],
        passwords: Passwords,
        *,
        setup_code: str = "",
        public_address: str = "",
    ) -> None:
        self._store = store
        self._access = access
        self._keys = keys
        self._passwords = passwords
        self._setup_code = setup_code
        self._public_address = public_address
        self._per_address = RateLimit(_TRIES_PER_MINUTE, _TRIES_PER_MINUTE)

    @property
    def is_of_setting(self) -> bool:
        """Return whether the code is that of ``SETUP_CODE``, which only the setting replaces."""
        return bool(self._setup_code)

    def address(self) -> str:
        """Return the link: a path only, unless the public address is set.

        Raises AlreadyClaimed and StorageUnavailable.
        """
        self._require_unclaimed()
        return f"{self._public_address}/setup/{self._codes()[0]}"

    def renew(self, *, by: Viewer) -> str:
        """Make the former link useless; return the new one. Raises AlreadyClaimed, AccountConflict.

        Of a code that is set it is the same: only the setting replaces it.
        """
        self._require_unclaimed()
        settings = self._access.renew_setup_link()
        audit_log.record(
            Event.ACCESS,
            reason="new setup link",
            generation=settings.setup_generation,
            by=audit_log.named(by),
        )
        return self.address()

    def check(self, code: str, peer: str = "") -> None:
        """Raise unless the directory can be claimed with this code; change nothing.

        Raises AlreadyClaimed, SetupCodeWrong, TooManyAttempts and StorageUnavailable.
        """
        self._require_unclaimed()
        # Only a wrong code is counted: scanners of mail open the right link as often as they like.
        if wait := self._per_address.wait_of(address_key(peer)):
            audit_log.record(Event.CLAIM_REFUSED, reason="too many tries", peer=peer)
            raise TooManyAttempts(wait)
        typed = code.strip()[:_MAX_TYPED_CHARACTERS].encode()
        if not any(hmac.compare_digest(typed, each.encode()) for each in self._codes()):
            self._per_address.take(address_key(peer))
            audit_log.record(Event.CLAIM_REFUSED, reason="wrong code", peer=peer)
            raise SetupCodeWrong

    def claim_with_password(
        self, code: str, name: str, email: str, password: str, peer: str = ""
    ) -> Account:
        """Make who has the code the administrator. Raises what ``check`` does, and ValueRejected.

        One conditional write decides between several who claim at once.
        """
        self.check(code, peer)
        name, email = checked_name(name), checked_email(email)
        require_good(password, name, email)
        account = Account(
            id=new_account_id(),
            name=name,
            email=email,
            role=Role.ADMIN,
            role_origin="setup",
            password_hash=self._passwords.hash(password),
            signed_in_at=datetime.now(UTC),
        )
        return self._claim(account, peer)

    def claim_with_account(self, code: str, account: Account, peer: str = "") -> Account:
        """Make an account the administrator that has just signed in. Raises what ``check`` does."""
        self.check(code, peer)
        return self._claim(replace(account, role=Role.ADMIN, role_origin="setup"), peer)

    def announce(self) -> None:
        """Write the link to the log, once the store says that there is no administrator.

        Waits for the store in a thread of its own, and never stops a start.
        """
        threading.Thread(target=self._announce, name="setup-link", daemon=True).start()

    def _announce(self) -> None:
        ends_at = time.monotonic() + _ANNOUNCE_FOR_SECONDS
        while time.monotonic() < ends_at:
            try:
                with deadline.within(deadline.REQUEST_SECONDS):
                    address = self.address()
            except AlreadyClaimed:
                return
            except StorageUnavailable:
                time.sleep(_ANNOUNCE_EVERY_SECONDS)
            else:
                where = " at the address of this directory" if address.startswith("/") else ""
                log.info(
                    "This directory has no administrator. Open %s%s to become the first.",
                    address,
                    where,
                )
                return

    def _claim(self, account: Account, peer: str) -> Account:
        if not self._store.claim(account):
            audit_log.record(Event.CLAIM_REFUSED, reason="claimed meanwhile", peer=peer)
            raise AlreadyClaimed
        self._access.forget()
        audit_log.record(Event.CLAIMED, account=account.id, peer=peer)
        return self._store.get(account.id) or account

    def _require_unclaimed(self) -> None:
        if self._store.access_settings().claimed_by or self._store.count_admins():
            raise AlreadyClaimed

    def _codes(self) -> tuple[str, ...]:
        """Return the codes that are right: that of the newest key, then those of the older ones."""
        if self._setup_code:
            return (self._setup_code,)
        generation = self._store.access_settings().setup_generation
        purpose = f"owner{generation}".encode()
        return tuple(
            hmac.new(key.encode(), purpose, "sha256").hexdigest()[:_CODE_CHARACTERS]
            for key in self._keys()
        )
