"""Define ``flask user``: the accounts of those who may sign in, and their roles."""

from collections.abc import Iterator

import click

from app.access.viewer import ACCOUNT_ROLES, Role
from app.accounts.errors import AccountNotFound
from app.accounts.services import SignInServices
from app.commands.running import (
    current_directory,
    current_operator,
    current_sign_in,
    report_errors,
)
from app.contracts.accounts import Account, AccountExists, is_account_id
from app.directory.named_person import find_person
from app.model.employee import Employee
from app.model.errors import DirectoryError
from app.text.sanitizing import visible
from app.text.search_keys import email_key

_ROLES = click.Choice([role.value for role in ACCOUNT_ROLES])
_MAX_NAMED = 10


@click.group("user")
def user() -> None:
    """List, add and change the accounts of those who may sign in.

    WHO is the id, the email or the name of an account, as flask user list shows them.
    """


@user.command("list")
@report_errors
def list_users() -> None:
    """Show every account: its id, role, name, email, how it signs in, and its person."""
    count = 0
    for account in _all(current_sign_in()):
        count += 1
        click.echo("\t".join(_cells(account)))
    click.echo("Nobody has an account." if not count else f"Accounts: {count}", err=True)


@user.command("add")
@click.argument("name")
@click.argument("email")
@click.option("--role", type=_ROLES, default=Role.COLLEAGUE.value, show_default=True)
@click.option("--person", default="", help="The id or the email of the employee who it is.")
@report_errors
def add(name: str, email: str, role: str, person: str) -> None:
    """Add an account that signs in with a password; print the link with which to choose one."""
    services, operator = current_sign_in(), current_operator()
    employee = _employee(person)
    try:
        account = services.accounts.add_with_password(
            name, email, Role(role), by=operator, person_id=employee.id if employee else ""
        )
    except AccountExists as error:
        raise DirectoryError(
            f"The email {visible(email)} or the person belongs to another account: "
            "see flask user list. flask user link makes a new link for it."
        ) from error
    click.echo(f"Added {_named(account)} as {account.role}.", err=True)
    _print_link(services, account)


@user.command("role")
@click.argument("who")
@click.argument("role", type=_ROLES)
@report_errors
def change_role(who: str, role: str) -> None:
    """Give an account a role, which counts from its next request on."""
    services = current_sign_in()
    account = _find(services, who)
    changed = services.accounts.change_role(account.id, Role(role), by=current_operator())
    click.echo(f"{_named(changed)} is {_with_article(changed.role)} now.")
    if account.role is Role.ADMIN and changed.role is not Role.ADMIN:
        _warn_if_nobody_administers(services)


@user.command("disable")
@click.argument("who")
@report_errors
def disable(who: str) -> None:
    """Disable an account, and end its sessions at once."""
    services = current_sign_in()
    account = services.accounts.disable(_find(services, who).id, by=current_operator())
    click.echo(f"{_named(account)} is disabled.")
    _warn_if_nobody_administers(services)


@user.command("enable")
@click.argument("who")
@report_errors
def enable(who: str) -> None:
    """Enable an account again, and forget its wrong passwords."""
    services = current_sign_in()
    account = services.accounts.enable(_find(services, who).id, by=current_operator())
    click.echo(f"{_named(account)} can sign in again.")


@user.command("link")
@click.argument("who")
@report_errors
def link(who: str) -> None:
    """Print a one-time link, valid for 24 hours, with which somebody chooses a new password."""
    services = current_sign_in()
    _print_link(services, _find(services, who))


@user.command("person")
@click.argument("who")
@click.argument("employee", default="")
@report_errors
def person(who: str, employee: str) -> None:
    """Say which employee, by id or email, an account belongs to; without one, to nobody."""
    services = current_sign_in()
    account, found = _find(services, who), _employee(employee)
    try:
        services.accounts.link(account.id, found.id if found else "", by=current_operator())
    except AccountExists as error:
        raise DirectoryError("This employee belongs to another account already.") from error
    whose = f"{visible(found.full_name)} ({visible(found.id)})" if found else "nobody"
    click.echo(f"{_named(account)} belongs to {whose} now.")


def _employee(text: str) -> Employee | None:
    return find_person(current_directory(), current_operator(), text)


def _all(services: SignInServices) -> Iterator[Account]:
    cursor: str | None = None
    while True:
        page = services.accounts.page(cursor)
        yield from page.accounts
        cursor = page.next
        if cursor is None:
            return


def _find(services: SignInServices, who: str) -> Account:
    """Return the one account that is meant. Raises AccountNotFound with what to do."""
    who = who.strip()
    by_id = services.accounts.get(who) if is_account_id(who) else None
    if by_id is not None:
        return by_id
    found = [account for account in _all(services) if _is_meant(account, who)]
    if not found:
        raise AccountNotFound(
            f"No account has the id, email or name {visible(who)!r}. flask user list shows all."
        )
    if len(found) > 1:
        named = ", ".join(f"{each.id} ({_named(each)})" for each in found[:_MAX_NAMED])
        raise AccountNotFound(f"{len(found)} accounts are meant. Give the id of one: {named}.")
    return found[0]


def _is_meant(account: Account, who: str) -> bool:
    is_email = bool(account.email) and email_key(account.email) == email_key(who)
    return is_email or account.name.casefold() == who.casefold()


def _cells(account: Account) -> Iterator[str]:
    way = account.identity.issuer if account.identity else "password"
    signed_in = account.signed_in_at
    yield from map(visible, (account.id, account.role.value, account.name, account.email, way))
    yield f"person {visible(account.person_id)}" if account.person_id else "no person"
    yield "disabled" if account.is_disabled else "enabled"
    yield f"signed in {signed_in:%Y-%m-%d %H:%M} UTC" if signed_in else "never signed in"


def _named(account: Account) -> str:
    return visible(f"{account.name} <{account.email}>" if account.email else account.name)


def _with_article(role: Role) -> str:
    return f"{'a' if role is Role.COLLEAGUE else 'an'} {role}"


def _print_link(services: SignInServices, account: Account) -> None:
    address = services.invitations.make(account, by=current_operator())
    where = "at the address of the directory " if address.startswith("/") else ""
    click.echo(f"Whoever opens this {where}within 24 hours chooses the password:", err=True)
    click.echo(address)


def _warn_if_nobody_administers(services: SignInServices) -> None:
    if not services.accounts.has_admin():
        click.echo(
            "Nobody is an administrator now. Make somebody one: flask user role WHO admin.",
            err=True,
        )
