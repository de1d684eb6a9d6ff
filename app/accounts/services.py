"""Everything about signing in, as pages and commands use it."""

from collections.abc import Callable
from dataclasses import dataclass

from app.accounts import audit_log
from app.accounts.access import Access
from app.accounts.accounts import Accounts
from app.accounts.invitations import Invitations
from app.accounts.leavers import HasLeft, LeaverAccounts
from app.accounts.linked_accounts import PeopleAccounts
from app.accounts.local_accounts import LocalAccounts
from app.accounts.new_passwords import OwnPassword
from app.accounts.password_sign_in import PasswordSignIn
from app.accounts.passwords import Passwords
from app.accounts.provider_profiles import FindPeople, GroupRoles, ProviderProfiles
from app.accounts.sessions import Sessions
from app.accounts.setup_link import SetupLink
from app.contracts.accounts import AccountStore
from app.runtime.runtime_dir import RuntimeDir
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class SignInServices:
    """The services of one directory, and the store that they work on."""

    store: AccountStore
    access: Access
    sessions: Sessions
    accounts: Accounts
    leavers: LeaverAccounts
    password_sign_in: PasswordSignIn
    own_password: OwnPassword
    setup_link: SetupLink
    invitations: Invitations
    local_accounts: LocalAccounts
    linked_accounts: PeopleAccounts


def open_services(
    settings: Settings,
    store: AccountStore,
    keys: Callable[[], tuple[str, ...]],
    find_people: FindPeople,
    has_left: HasLeft,
) -> SignInServices:
    """Create the services for these settings, without a call of the store."""
    audit_log.counts()  # before there are workers, so that they count together
    chosen = settings.sign_in
    access = Access(store, mode=settings.access, has_sign_in=settings.has_sign_in)
    sessions = Sessions(store, keys, chosen.hours, checked=lambda each: leavers.checked(each))
    local_accounts = LocalAccounts(store)

    def changed() -> None:
        local_accounts.expire()
        sessions.forget()
        access.forget()

    roles = GroupRoles(editors=chosen.editor_groups, admins=chosen.admin_groups)
    accounts = Accounts(store, ProviderProfiles(store, find_people, roles), changed)
    leavers = LeaverAccounts(accounts, has_left)
    passwords = Passwords(RuntimeDir(settings.instance_folder))
    password_sign_in = PasswordSignIn(store, passwords)
    code, public_address = chosen.setup_code, chosen.public_address
    return SignInServices(
        store=store,
        access=access,
        sessions=sessions,
        accounts=accounts,
        leavers=leavers,
        password_sign_in=password_sign_in,
        own_password=OwnPassword(store, passwords, password_sign_in, changed),
        setup_link=SetupLink(
            store, access, keys, passwords, setup_code=code, public_address=public_address
        ),
        invitations=Invitations(store, passwords, changed, public_address=public_address),
        local_accounts=local_accounts,
        linked_accounts=PeopleAccounts(store, accounts, changed),
    )
