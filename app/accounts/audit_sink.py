"""Write what happens to accounts and access into the audit log of the directory, too.

Entries name accounts by their ids. A failure to write one is logged, and nothing else: nobody fails
to sign in for it. What strangers can cause at will is folded into one entry a minute for each
account, and at most MAX_FOLDED a minute, so that they cannot fill the store.
"""

import hashlib
import logging
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from threading import Lock

from app.accounts import audit_log
from app.accounts.audit_log import Event
from app.contracts.accounts import AccountStore, is_account_id
from app.contracts.history import AuditEntry, HistoryStore
from app.history.changes import Author, Through, Via
from app.history.difference import next_moment
from app.model.errors import StorageUnavailable

log = logging.getLogger(__name__)

MAX_FOLDED = 20
_ALWAYS_WRITTEN = 10  # of one entry; from then on, every tenth
# Those that whoever knows the address can cause.
_FOLDED = frozenset({Event.REFUSED, Event.LOCKED, Event.CLAIM_REFUSED})
_NOTED = _FOLDED | {
    Event.CLAIMED, Event.ADDED, Event.ROLE, Event.DISABLED, Event.ENABLED, Event.LINKED,
    Event.UNLINKED, Event.INVITED, Event.CHOSE_PASSWORD, Event.SESSIONS_ENDED, Event.ACCESS,
    Event.ORG_TOP,
}  # fmt: skip
_BY_THEMSELVES = frozenset({Event.CLAIMED, Event.CHOSE_PASSWORD})
_COMMAND, _EVERYBODY = "command:", "open"
_PROVIDER = "provider"


def record_in(history: HistoryStore | None, accounts: AccountStore) -> None:
    """Write the events of this process into a store, from now on; into none if it is None."""

    def name_of(account_id: str) -> str:
        account = accounts.get(account_id) if is_account_id(account_id) else None
        return account.name if account else ""

    audit_log.use_sink(AuditSink(history, name_of).note if history else None)


class AuditSink:
    """Writes events into a store; ``name_of`` returns the name of an account, "" of nobody."""

    def __init__(
        self,
        history: HistoryStore,
        name_of: Callable[[str], str],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._history = history
        self._name_of = name_of
        self._now = now
        self._lock = Lock()
        self._minute = ""
        self._counts: dict[str, int] = {}

    def note(self, event: Event, details: Mapping[str, str | int]) -> None:
        """Write an event that the audit log has; never raises for a store that does not answer."""
        told = {name: str(value) for name, value in details.items() if value != ""}
        if event not in _NOTED or (event is Event.ROLE and "role" not in told):
            return
        if event is Event.SESSIONS_ENDED and told.get("by") == _PROVIDER:
            return  # an ordinary sign-out
        try:
            if event in _FOLDED:
                self._fold(event, told)
            else:
                self._write(next_moment("", self._now()), event, told)
        except StorageUnavailable as error:
            log.warning("the audit log lacks %s: %s", event.value, error)

    def _fold(self, event: Event, told: dict[str, str]) -> None:
        minute = f"{self._now().astimezone(UTC):%Y-%m-%dT%H:%M}"
        key = f"{event.value} {told.get('account', '')}"
        with self._lock:
            if minute != self._minute:
                self._minute, self._counts = minute, {}
            if key not in self._counts and len(self._counts) >= MAX_FOLDED:
                return
            number = self._counts[key] = self._counts.get(key, 0) + 1
        if number <= _ALWAYS_WRITTEN or number % _ALWAYS_WRITTEN == 0:
            # Each process has entries of its own.
            digest = hashlib.blake2b(f"{os.getpid()} {key}".encode(), digest_size=2).hexdigest()
            self._write(f"{minute}:00.000Z-{digest}", event, {**told, "number": str(number)})

    def _write(self, moment: str, event: Event, told: dict[str, str]) -> None:
        by = told.pop("by", "")
        entry = AuditEntry(
            moment=moment,
            event=event.value,
            employee_id=told.pop("person", ""),
            details=tuple(told.items()),
            author=self._author(told["account"] if event in _BY_THEMSELVES else by),
            through=Through(Via.COMMAND if by.startswith(_COMMAND) else Via.PAGE),
        )
        self._history.note(entry)

    def _author(self, by: str) -> Author:
        if by.startswith(_COMMAND):
            return Author(by.removeprefix(_COMMAND))
        if by == _EVERYBODY:
            return Author("everybody")
        name = self._name_of(by) if by else ""
        return Author(name, by) if name else Author()
