"""Reads and writes of accounts, in the transaction of the caller."""

from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    and_,
    bindparam,
    func,
    not_,
    or_,
    select,
)

from app.contracts.accounts import Account, AccountExists, LastAdmin
from app.contracts.stored_accounts import (
    account_from,
    account_values,
    identity_key_of,
    list_key,
    login_key_of,
    person_key,
)
from app.model import leaving
from app.storage.sql.accounts.tables import accounts

_ENOUGH_ADMINS = 2
_READ = select(accounts).where(accounts.c.id == bindparam("of_id"))
_IS_ENABLED = and_(
    accounts.c.is_disabled == 0,
    not_(func.coalesce(accounts.c.leaves_on, "").between("0", bindparam("today"))),
)
_ADMINS = select(accounts.c.id).where(accounts.c.role == "admin", _IS_ENABLED)
# By the index of logins, in which accounts of a provider are not.
_LOCAL = select(accounts.c.id).where(accounts.c.login_key > "", _IS_ENABLED).limit(1)


class ListedAccount(NamedTuple):
    """A row of the list: its key, and the account, or None if it cannot be read."""

    key: str
    account: Account | None


def read(connection: Connection, account_id: str) -> Account | None:
    """Return the account with this id, or None."""
    return _account(connection.execute(_READ, {"of_id": account_id}).mappings().first())


def find(connection: Connection, condition: ColumnElement[bool]) -> Account | None:
    """Return the account whose row meets a condition on a unique column, or None."""
    return _account(connection.execute(select(accounts).where(condition)).mappings().first())


def list_after(connection: Connection, key: str, most: int) -> list[ListedAccount]:
    """Return at most so many rows after this key of the list."""
    statement = select(accounts).order_by(accounts.c.list_key).limit(most)
    if key:
        statement = statement.where(accounts.c.list_key > key)
    rows = connection.execute(statement).mappings()
    return [ListedAccount(row["list_key"], _account(row)) for row in rows]


def insert(connection: Connection, account: Account) -> None:
    """Insert an account. Raises AccountExists."""
    _check_unique(connection, account)
    connection.execute(accounts.insert(), _row(account))


def change(connection: Connection, account: Account) -> None:
    """Replace the stored account with this id. Raises AccountExists."""
    _check_unique(connection, account)
    connection.execute(accounts.update().where(accounts.c.id == account.id), _row(account))


def delete(connection: Connection, account_id: str) -> None:
    """Delete an account; its sessions and invitations go before."""
    connection.execute(accounts.delete().where(accounts.c.id == account_id))


def count_admins(connection: Connection, *, without: str = "") -> int:
    """Return how many administrators are not disabled, besides one account, at most 2 of them."""
    statement = _ADMINS.where(accounts.c.id != without).limit(_ENOUGH_ADMINS)
    return len(connection.execute(statement, _today()).all())


def has_local(connection: Connection) -> bool:
    """Return whether an account that signs in with an email is not disabled."""
    return connection.execute(_LOCAL, _today()).first() is not None


def check_admin_remains(connection: Connection, stored: Account, changed: Account) -> None:
    """Raise LastAdmin if this change takes away the last administrator."""
    is_taken = stored.is_admin and not changed.is_admin
    if is_taken and not count_admins(connection, without=stored.id):
        raise LastAdmin


def _today() -> dict[str, str]:
    return {"today": leaving.today()}


def _check_unique(connection: Connection, account: Account) -> None:
    """Raise AccountExists if another account has a unique key of this one."""
    keys = {name: key for name, key in _keys(account).items() if key is not None}
    if not keys:
        return
    taken = or_(*(accounts.c[name] == key for name, key in keys.items()))
    other = select(accounts.c.id).where(accounts.c.id != account.id, taken).limit(1)
    if connection.execute(other).first() is not None:
        raise AccountExists


def _row(account: Account) -> dict[str, Any]:
    return {**account_values(account), **_keys(account), "list_key": list_key(account)}


def _keys(account: Account) -> dict[str, str | None]:
    return {
        "identity_key": identity_key_of(account) or None,
        "login_key": login_key_of(account) or None,
        "person_key": person_key(account.person_id) or None,
    }


def _account(row: RowMapping | None) -> Account | None:
    return None if row is None else account_from({**row})
