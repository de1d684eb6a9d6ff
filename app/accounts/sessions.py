"""Sessions: who has signed in with which browser, and until when."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from app.accounts import audit_log
from app.accounts.audit_log import Event
from app.accounts.errors import AccountDisabled
from app.contracts.accounts import (
    MAX_DESCRIPTION,
    Account,
    AccountStore,
    KnownSession,
    Session,
    start_of_session,
)
from app.runtime.shared_mark import SharedMark
from app.runtime.ttl_map import TtlMap

KNOWN_SECONDS = 30.0
MAX_KNOWN = 5_000
_PURPOSE = b"directory session cookie"
_MAX_COOKIE_CHARACTERS = 250
_MAX_ROUNDS = 40


class Sessions:
    """The sessions of this directory.

    A cookie is ``<id>.<account>.<signature>``. One whose signature is wrong costs no read. What the
    store said of a right one is kept for KNOWN_SECONDS, unless a process of this machine has ended
    a session since. ``checked`` returns an account as it is now; see LeaverAccounts.
    """

    def __init__(
        self,
        store: AccountStore,
        keys: Callable[[], tuple[str, ...]],
        hours: int,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        known: TtlMap[str, tuple[bytes, KnownSession]] | None = None,
        checked: Callable[[Account], Account] = lambda account: account,
    ) -> None:
        self._store = store
        self._keys = keys
        self._length = timedelta(hours=hours)
        self._now = now
        self._checked = checked
        # With the mark from before it was read: what was read before a change does not count.
        self._known: TtlMap[str, tuple[bytes, KnownSession]] = known or TtlMap(MAX_KNOWN)
        self._changes = SharedMark()

    @property
    def max_age(self) -> timedelta:
        """Return how long a sign-in lasts."""
        return self._length

    def begin(self, account: Account, description: str = "", *, how: str, peer: str = "") -> str:
        """Begin a session with a new id; return the value of its cookie. Raises AccountDisabled.

        ``how`` is the way in: password, setup, invitation or the key of a provider.
        """
        account = self._checked(account)
        if account.is_disabled:
            audit_log.record(Event.REFUSED, account=account.id, reason="disabled", peer=peer)
            raise AccountDisabled
        session_id = secrets.token_urlsafe(24)
        now = start_of_session(account, self._now())
        self._store.begin_session(
            Session(
                digest=_digest(session_id),
                account_id=account.id,
                began_at=now,
                ends_at=now + self._length,
                description=" ".join(description.split())[:MAX_DESCRIPTION],
            )
        )
        audit_log.record(
            Event.SIGN_IN, account=account.id, role=account.role.value, how=how, peer=peer
        )
        content = f"{session_id}.{account.id}"
        return f"{content}.{_signature(self._keys()[0], content)}"

    def find(self, cookie: str, *, fresh: bool) -> KnownSession | None:
        """Return the session of a cookie and its account, or None.

        ``fresh`` reads it now; else it may be KNOWN_SECONDS old.
        """
        mark = self._changes.read()
        kept = None if fresh else self._known.get(cookie)
        if kept is not None and kept[0] == mark:  # only what was signed is kept
            known: KnownSession | None = kept[1]
        else:
            known = self._read(cookie, mark)
        return known if known and self._goes_on(known) else None

    def _read(self, cookie: str, mark: bytes) -> KnownSession | None:
        parts = self._verified(cookie)
        if parts is None:
            return None
        session_id, account_id = parts
        known = self._store.find_session(account_id, _digest(session_id))
        if known is None:
            self._known.discard(cookie)
        else:
            known = known._replace(account=self._checked(known.account))
            self._known.put(cookie, (mark, known), KNOWN_SECONDS)
        return known

    def is_ours(self, cookie: str) -> bool:
        """Return whether one of our keys signed this cookie; its session may have ended."""
        return self._verified(cookie) is not None

    def end(self, cookie: str) -> None:
        """End the session of a cookie on the server, so that the cookie is nobody's."""
        parts = self._verified(cookie)
        if parts is None:
            return
        session_id, account_id = parts
        self._store.end_session(account_id, _digest(session_id))
        self.forget()
        audit_log.record(Event.SIGN_OUT, account=account_id)

    def of_account(self, account_id: str) -> tuple[Session, ...]:
        """Return the sessions of an account that have not ended, newest first."""
        return self._store.sessions_of(account_id)

    def end_one(self, account_id: str, digest: str) -> None:
        """End one session of an account, by the digest of its id."""
        self._store.end_session(account_id, digest)
        self.forget()
        audit_log.record(Event.SESSIONS_ENDED, account=account_id, sessions=1)

    def end_others(self, current: Session) -> int:
        """End all sessions of an account but this one; return how many."""
        ended: set[str] = set()
        for _ in range(_MAX_ROUNDS):
            sessions = self._store.sessions_of(current.account_id)
            others = {each.digest for each in sessions} - {current.digest} - ended
            if not others:
                break
            for digest in others:
                self._store.end_session(current.account_id, digest)
            ended |= others
        self.forget()
        audit_log.record(Event.SESSIONS_ENDED, account=current.account_id, sessions=len(ended))
        return len(ended)

    def forget(self) -> None:
        """Read sessions anew, in all processes of this program."""
        self._changes.change()

    def _goes_on(self, known: KnownSession) -> bool:
        session, account = known
        ended = account.sessions_ended_at
        return (
            not account.is_disabled
            and session.account_id == account.id
            and self._now() < session.ends_at
            and (ended is None or session.began_at > ended)
        )

    def _verified(self, cookie: str) -> tuple[str, str] | None:
        """Return the ids of session and account if the cookie was signed with one of our keys."""
        content, _, signature = cookie.rpartition(".")
        session_id, _, account_id = content.partition(".")
        if not (session_id and account_id) or len(cookie) > _MAX_COOKIE_CHARACTERS:
            return None
        if not cookie.isascii():  # compare_digest takes no other
            return None
        for key in self._keys():
            if hmac.compare_digest(signature, _signature(key, content)):
                return session_id, account_id
        return None


@lru_cache(maxsize=16)
def _derived(key: str) -> bytes:
    return hmac.digest(key.encode(), _PURPOSE, "sha256")


def _signature(key: str, content: str) -> str:
    digest = hmac.digest(_derived(key), content.encode(), "sha256")
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _digest(session_id: str) -> str:
    return hashlib.sha256(session_id.encode()).hexdigest()
