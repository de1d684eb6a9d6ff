"""What a provider tells of somebody, applied to their account: name, email, role, person."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from app.access.viewer import Role
from app.accounts.checked_values import MAX_EMAIL, MAX_NAME, one_line
from app.accounts.profile import Profile
from app.contracts.accounts import Account, AccountStore

_BY_HAND = frozenset({"setup", "admin", "command"})

# Return the ids of the employees with this email who work here.
FindPeople = Callable[[str], Collection[str]]


@dataclass(frozen=True, slots=True)
class GroupRoles:
    """The groups of a provider whose members are editors or administrators."""

    editors: Collection[str] = ()
    admins: Collection[str] = ()

    def role_of(self, groups: Collection[str]) -> Role:
        """Return the highest role that one of these groups gives."""
        if not set(self.admins).isdisjoint(groups):
            return Role.ADMIN
        return Role.COLLEAGUE if set(self.editors).isdisjoint(groups) else Role.EDITOR


class ProviderProfiles:
    """The rules by which a profile changes the account of its identity."""

    def __init__(self, store: AccountStore, find_people: FindPeople, roles: GroupRoles) -> None:
        self._store = store
        self._find_people = find_people
        self._roles = roles

    def applied(self, account: Account, profile: Profile) -> Account:
        """Return the account as it should be after a sign-in with this profile.

        An account without a person is linked to the one employee who has the proven email, if that
        employee is nobody else's. Groups give roles, and take what they gave; a role that a person
        gave stays.
        """
        told = _as_told(account, profile)
        return self._linked(self._with_role(told, profile), profile)

    def _with_role(self, account: Account, profile: Profile) -> Account:
        if account.role_origin in _BY_HAND:
            return account
        given = self._roles.role_of(profile.groups)
        if given is Role.COLLEAGUE:
            return replace(account, role=given, role_origin="")
        return replace(account, role=given, role_origin="groups")

    def _linked(self, account: Account, profile: Profile) -> Account:
        """Return the account with its person, if exactly one unlinked one has the proven email."""
        if account.person_id or not (profile.email_is_proven and profile.email):
            return account
        people = tuple(self._find_people(profile.email))
        if len(people) != 1 or self._store.find_person(people[0]) is not None:
            return account
        return replace(account, person_id=people[0])


def _as_told(account: Account, profile: Profile) -> Account:
    subject = account.identity.subject if account.identity else ""
    email = one_line(profile.email, MAX_EMAIL) or account.email
    name = one_line(profile.name, MAX_NAME) or account.name or email or subject
    return replace(account, name=one_line(name, MAX_NAME), email=email)
