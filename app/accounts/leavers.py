"""The accounts of people who have left the company, which are disabled as soon as it is seen."""

import logging
from collections.abc import Callable
from dataclasses import replace

from app.accounts import audit_log
from app.accounts.accounts import Accounts
from app.accounts.audit_log import Event
from app.accounts.errors import AccountNotFound
from app.contracts.accounts import Account, AccountConflict, LastAdmin
from app.model.errors import StorageUnavailable
from app.runtime.ttl_map import TtlMap

log = logging.getLogger(__name__)

# How often a process asks whether somebody still works here: last days come while nobody writes.
WORKS_SECONDS = 300.0
MAX_KNOWN = 5_000

# Return whether the employee with this id has left.
HasLeft = Callable[[str], bool]


class LeaverAccounts:
    """Disables the account of who has left, however their record came to say so.

    Whoever marks somebody as left does it at once; see PeopleAccounts.
    """

    def __init__(
        self, accounts: Accounts, has_left: HasLeft, works: TtlMap[str, bool] | None = None
    ) -> None:
        self._accounts = accounts
        self._has_left = has_left
        self._works: TtlMap[str, bool] = TtlMap(MAX_KNOWN) if works is None else works

    def checked(self, account: Account) -> Account:
        """Return the account, disabled if its person has left by now; see WORKS_SECONDS.

        The last administrator stays, and so does everybody while the store does not answer.
        """
        person_id = account.person_id
        if not person_id or account.is_disabled or self._works.get(person_id):
            return account
        try:
            if self._has_left(person_id):
                return self._disabled(account)
        except StorageUnavailable as error:
            log.warning("whether the person of an account has left is not known: %s", error)
        self._works.put(person_id, True, WORKS_SECONDS)
        return account

    def _disabled(self, account: Account) -> Account:
        try:
            return self._accounts.disable(account.id, by=None)
        except LastAdmin:
            reason = "left, and kept: the last administrator"
            audit_log.record(Event.DISABLED, account=account.id, reason=reason)
            self._works.put(account.person_id, True, WORKS_SECONDS)
            return account
        except (AccountConflict, AccountNotFound):  # it is changed or deleted at this moment
            return replace(account, is_disabled=True)
