"""Accounts: who signs in, their roles, and the record of the directory that is their own."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from app.access.viewer import ACCOUNT_ROLES, Origin, Role, Viewer
from app.accounts import audit_log
from app.accounts.account_states import disabled, enabled, signed_out
from app.accounts.audit_log import Event
from app.accounts.checked_values import checked_email, checked_name
from app.accounts.errors import AccountNotFound, ValueRejected
from app.accounts.profile import Profile
from app.accounts.provider_profiles import ProviderProfiles
from app.contracts.accounts import (
    Account,
    AccountConflict,
    AccountExists,
    AccountPage,
    AccountStore,
    Identity,
    LastAdmin,
)
from app.model import leaving

_ATTEMPTS = 6
_SIGNED_IN_EVERY = timedelta(hours=1)


class Accounts:
    """The accounts of this directory; every change of a role is an audit event."""

    def __init__(
        self,
        store: AccountStore,
        profiles: ProviderProfiles,
        changed: Callable[[], None],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._profiles = profiles
        self._changed = changed
        self.now = now

    def get(self, account_id: str) -> Account | None:
        """Return the account as it is stored now, or None."""
        return self._store.get(account_id)

    def page(self, cursor: str | None = None) -> AccountPage:
        """Return a page of accounts in the order of their names."""
        return self._store.list_accounts(cursor)

    def of_person(self, employee_id: str) -> Account | None:
        """Return the account that is linked to this employee, or None."""
        return self._store.find_person(employee_id)

    def has_admin(self) -> bool:
        """Return whether an account is an administrator and not disabled."""
        return self._store.count_admins() > 0

    def sign_in(self, identity: Identity, profile: Profile) -> Account:
        """Return the account of somebody whom a provider vouches for, made or brought up to date.

        The email is shown, and never finds an account. An account without a person is linked to
        the one unlinked person who has the proven email. Groups give roles, and take at the next
        sign-in what they gave; a role that an administrator chose stays. A disabled account is
        returned as it is. Raises StorageUnavailable.
        """
        for attempt in range(_ATTEMPTS):
            try:
                return self._sign_in_once(identity, profile)
            except (AccountConflict, AccountExists):  # another request of theirs was faster
                if attempt == _ATTEMPTS - 1:
                    raise
        raise AssertionError("unreachable")

    def _sign_in_once(self, identity: Identity, profile: Profile) -> Account:
        stored = self._store.find_identity(identity)
        if stored is None:
            return self._add(self._new_account(identity, profile))
        if stored.is_disabled:
            return stored
        told = self._profiles.applied(stored, profile)
        is_due = stored.signed_in_at is None or self.now() - stored.signed_in_at > _SIGNED_IN_EVERY
        if told == stored and not is_due:
            return stored
        return self._keep_from_groups(stored, replace(told, signed_in_at=self.now()))

    def add_with_password(
        self, name: str, email: str, role: Role = Role.COLLEAGUE, *, by: Viewer, person_id: str = ""
    ) -> Account:
        """Add an account that signs in with email and password, which a one-time link sets.

        Raises ValueRejected, and AccountExists for an email or a person that has an account.
        """
        account = Account(
            id=new_account_id(),
            name=checked_name(name),
            email=checked_email(email),
            role=role,
            role_origin=_origin(by) if role is not Role.COLLEAGUE else "",
            person_id=person_id,
        )
        added = self._store.add(account)
        self._recorded_as_added(added, by)
        return added

    def change_role(self, account_id: str, role: Role, *, by: Viewer) -> Account:
        """Give an account a role, for its next request. Raises AccountNotFound, LastAdmin.

        A command may demote the last administrator, so that a directory can be put right.
        """
        if role not in ACCOUNT_ROLES:
            raise ValueRejected("role", f"{role} is not the role of an account.")

        def change(account: Account) -> Account:
            return replace(account, role=role, role_origin=_origin(by))

        was, account = self.change(account_id, change, by)
        if was.role is not account.role:
            self._record_role(was, account, audit_log.named(by))
        return account

    def disable(self, account_id: str, *, by: Viewer | None) -> Account:
        """Disable an account and end its sessions at once. Raises AccountNotFound, LastAdmin."""
        leaves_on = "" if by else leaving.today()
        _, account = self.change(account_id, lambda each: disabled(each, self.now(), leaves_on), by)
        who = audit_log.named(by) if by else "last day"  # see LeaverAccounts
        audit_log.record(Event.DISABLED, account=account.id, by=who)
        return account

    def enable(self, account_id: str, *, by: Viewer) -> Account:
        """Enable an account again; it has to sign in. Raises AccountNotFound."""
        was, account = self.change(account_id, enabled, by)
        if was.is_disabled:
            audit_log.record(Event.ENABLED, account=account.id, by=audit_log.named(by))
        return account

    def link(self, account_id: str, person_id: str, *, by: Viewer) -> Account:
        """Say whose account it is; "" of nobody here. Raises AccountNotFound, AccountExists."""
        _, account = self.change(account_id, lambda each: replace(each, person_id=person_id), by)
        event = Event.LINKED if person_id else Event.UNLINKED
        audit_log.record(event, account=account.id, person=person_id, by=audit_log.named(by))
        return account

    def end_sessions(self, account_id: str, *, by: Viewer) -> Account:
        """End all sessions of an account at once. Raises AccountNotFound."""
        _, account = self.change(account_id, lambda each: signed_out(each, self.now()), by)
        audit_log.record(Event.SESSIONS_ENDED, account=account.id, by=audit_log.named(by))
        return account

    def end_sessions_of(self, identity: Identity, said_at: datetime) -> None:
        """End all sessions of somebody who signed out at the provider, as it said at that time.

        Nothing happens where they were ended at that time or later, so that a message that is sent
        again ends no session that began after it, on whichever machine.
        """
        account = self._store.find_identity(identity)
        if account is None:
            return

        def ended(each: Account) -> Account:
            if each.sessions_ended_at is not None and each.sessions_ended_at >= said_at:
                return each
            return replace(each, sessions_ended_at=max(said_at, self.now()))

        was, now = self.change(account.id, ended, None)
        if was != now:
            audit_log.record(Event.SESSIONS_ENDED, account=account.id, by="provider")

    def change(
        self, account_id: str, change: Callable[[Account], Account], by: Viewer | None
    ) -> tuple[Account, Account]:
        """Change an account as it is stored; return it as it was and as it is."""
        is_command = by is not None and by.origin is Origin.COMMAND
        for attempt in range(_ATTEMPTS):
            stored = self._store.get(account_id)
            if stored is None:
                raise AccountNotFound("There is no such account any more.")
            if change(stored) == stored:
                return stored, stored
            try:
                changed = self._store.update(change(stored), may_leave_no_admin=is_command)
            except AccountConflict:
                if attempt == _ATTEMPTS - 1:
                    raise
                continue
            self._changed()
            return stored, changed
        raise AssertionError("unreachable")

    def _new_account(self, identity: Identity, profile: Profile) -> Account:
        nobody = Account(id=new_account_id(), name="", identity=identity)
        return replace(self._profiles.applied(nobody, profile), signed_in_at=self.now())

    def _add(self, account: Account) -> Account:
        try:
            added = self._store.add(account)
        except AccountExists:
            # The identity is new, so somebody else was linked to the person meanwhile; or it is
            # not, which the next attempt finds.
            added = self._store.add(replace(account, person_id=""))
        self._recorded_as_added(added, None)
        return added

    def _keep_from_groups(self, stored: Account, account: Account) -> Account:
        try:
            kept = self._store.update(account)
        except LastAdmin:
            audit_log.record(Event.ROLE, account=stored.id, reason="kept: the last administrator")
            kept = self._store.update(
                replace(account, role=stored.role, role_origin=stored.role_origin)
            )
        except AccountExists:
            kept = self._store.update(replace(account, person_id=""))
        self._changed()
        if kept.role is not stored.role:
            self._record_role(stored, kept, "groups")
        if kept.person_id != stored.person_id:
            audit_log.record(Event.LINKED, account=kept.id, person=kept.person_id, by="email")
        return kept

    def _recorded_as_added(self, account: Account, by: Viewer | None) -> None:
        self._changed()
        who = audit_log.named(by) if by else "sign-in"
        audit_log.record(Event.ADDED, account=account.id, role=account.role.value, by=who)
        if account.person_id:
            audit_log.record(Event.LINKED, account=account.id, person=account.person_id, by=who)

    def _record_role(self, was: Account, account: Account, by: str) -> None:
        audit_log.record(
            Event.ROLE, account=account.id, was=was.role.value, role=account.role.value, by=by
        )


def new_account_id() -> str:
    """Return an id for a new account."""
    return secrets.token_hex(8)


def _origin(by: Viewer) -> str:
    return "command" if by.origin is Origin.COMMAND else "admin"
