"""PeopleAccounts: the account of somebody who leaves, comes back or is deleted."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from app.access.viewer import Viewer
from app.accounts import audit_log
from app.accounts.account_states import disabled
from app.accounts.accounts import Accounts
from app.accounts.audit_log import Event
from app.accounts.provider_profiles import GroupRoles, ProviderProfiles
from app.contracts.accounts import Account, AccountStore, LastAdmin
from app.contracts.history import HistoryStore
from app.model import leaving
from app.model.employee import Employee

_ONLY_ADMIN = (
    "The account of this person is the only administrator. Make somebody else an administrator "
    "first, under Settings, Accounts."
)
_LEFT = "left"


class PeopleAccounts:
    """The LinkedAccounts of a directory."""

    def __init__(
        self, store: AccountStore, accounts: Accounts, changed: Callable[[], None]
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._changed = changed

    def is_linked(self, employee_id: str) -> bool:
        """Implement LinkedAccounts.is_linked."""
        return self._accounts.of_person(employee_id) is not None

    def check_leaving(self, employee_id: str) -> None:
        """Implement LinkedAccounts.check_leaving."""
        account = self._accounts.of_person(employee_id)
        if account is not None and account.is_admin and self._store.count_admins() < 2:
            raise LastAdmin(_ONLY_ADMIN)

    def leave(self, employee_id: str, last_day: str, *, by: Viewer) -> None:
        """Implement LinkedAccounts.leave."""
        account = self._accounts.of_person(employee_id)
        if account is None:
            return
        is_due = last_day <= leaving.today()

        def left(each: Account) -> Account:
            if each.is_disabled and not each.leaves_on:
                return each
            if not is_due:
                return replace(each, is_disabled=False, leaves_on=last_day)
            if each.is_disabled and each.leaves_on == last_day:
                return each
            return disabled(each, self._accounts.now(), last_day)

        try:
            was, changed = self._accounts.change(account.id, left, by)
        except LastAdmin as error:
            raise LastAdmin(_ONLY_ADMIN) from error
        if changed != was and changed.is_disabled:
            name = audit_log.named(by)
            audit_log.record(Event.DISABLED, account=account.id, by=name, reason=_LEFT)

    def come_back(self, employee_id: str, *, by: Viewer) -> bool:
        """Implement LinkedAccounts.come_back."""
        account = self._accounts.of_person(employee_id)
        if account is None:
            return False

        if account.leaves_on:
            account = self._accounts.enable(account.id, by=by)
        return not account.is_disabled

    def account_id_of(self, employee_id: str) -> str:
        """Return the id of the account of somebody, "" if they have none."""
        account = self._accounts.of_person(employee_id)
        return account.id if account else ""

    def erase(self, employee_id: str, *, by: Viewer) -> None:
        """Delete the account of somebody with its sessions. Raises LastAdmin."""
        account = self._accounts.of_person(employee_id)
        if account is None:
            return
        try:
            self._store.delete(account.id)
        except LastAdmin as error:
            raise LastAdmin(_ONLY_ADMIN) from error
        self._changed()
        audit_log.record(Event.DELETED, account=account.id, by=audit_log.named(by))


class AccountTraces:
    """The Traces of people among accounts: their own, and its names as an author of changes."""

    def __init__(self, accounts: PeopleAccounts, history: HistoryStore | None) -> None:
        self._accounts = accounts
        self._history = history

    def erase(self, person: Employee, *, by: Viewer, former: Sequence[Employee] = ()) -> None:
        """Implement Traces.erase; the account goes last, so that it can be repeated."""
        self._accounts.check_leaving(person.id)
        account_id = self._accounts.account_id_of(person.id)
        if account_id and self._history is not None:
            self._history.erase_author(account_id)
        self._accounts.erase(person.id, by=by)


def open_linked_accounts(store: AccountStore) -> PeopleAccounts:
    """Return the accounts for a process without pages, such as one that imports.

    Processes with pages see what it changes as soon as they read the session anew.
    """
    profiles = ProviderProfiles(store, lambda email: (), GroupRoles())
    return PeopleAccounts(store, Accounts(store, profiles, _tell_nobody), _tell_nobody)


def _tell_nobody() -> None:
    return
