"""Accounts and the settings of access in a backup, without anything secret.

Passwords, sessions and one-time links are in no backup: whoever signs in with a password gets a new
link (``flask user link``).
"""

from collections.abc import Iterable, Iterator
from typing import Any

from app.access.modes import Mode
from app.access.viewer import Role
from app.access.visibility import RESTRICTABLE, Audience
from app.backups.parts import parse_json, to_line
from app.contracts.accounts import (
    MAX_ORG_TOP,
    AccessSettings,
    Account,
    AccountExists,
    AccountStore,
    Identity,
    is_account_id,
)
from app.model.stored_values import stored_text
from app.runtime import strict_json

_ROLES = {role.value: role for role in (Role.COLLEAGUE, Role.EDITOR, Role.ADMIN)}
_MAX_ID = 2_048
# An account, or the settings of access.
Line = Account | AccessSettings


def account_lines(store: AccountStore) -> Iterator[bytes]:
    """Yield the settings of access, then every account in the order of their ids."""
    settings = store.access_settings()
    visibility = {name: str(settings.visibility[name]) for name in sorted(settings.visibility)}
    mode = str(settings.mode) if settings.mode else ""
    top = list(settings.org_top)
    yield to_line({"settings": {"mode": mode, "visibility": visibility, "org_top": top}})
    for account in sorted(_everyone(store), key=lambda account: account.id):
        yield to_line(_data(account))


def _everyone(store: AccountStore) -> Iterator[Account]:
    cursor = None
    while True:
        page = store.list_accounts(cursor)
        yield from page.accounts
        if (cursor := page.next) is None:
            return


def _data(account: Account) -> dict[str, Any]:
    return {
        "id": account.id,
        "name": account.name,
        "email": account.email,
        "role": account.role.value,
        "role_origin": account.role_origin,
        "person_id": account.person_id,
        "identity": list(account.identity or ()),
        "is_disabled": account.is_disabled,
    }


def parse_accounts(lines: Iterable[bytes]) -> Iterator[Line]:
    """Yield what each line has. Raises ValueError, with the line and the reason."""
    for number, line in enumerate(lines, 1):
        try:
            record = parse_json(line)
            yield _settings(record["settings"]) if "settings" in record else _account(record)
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            raise ValueError(f"line {number} is no account: {error}") from error


def _settings(stored: dict[str, Any]) -> AccessSettings:
    chosen = stored["visibility"].items()
    if not {name for name, _ in chosen} <= set(RESTRICTABLE):
        raise ValueError("a field has no audience")
    visibility = {name: Audience(audience) for name, audience in chosen}
    top = strict_json.strings(stored.get("org_top", ()), _MAX_ID)
    if top is None or len(top) > MAX_ORG_TOP:
        raise ValueError("org_top is not a list of ids")
    mode = Mode(stored["mode"]) if stored["mode"] else None
    return AccessSettings(mode=mode, visibility=visibility, org_top=top)


def _account(stored: dict[str, Any]) -> Account:
    if not isinstance(stored["id"], str) or not is_account_id(stored["id"]):
        raise ValueError("the id is none")
    if not isinstance(stored["is_disabled"], bool):
        raise ValueError("is_disabled is neither true nor false")  # noqa: TRY004
    identity = [stored_text(part) for part in stored["identity"]]
    return Account(
        id=stored["id"],
        name=stored_text(stored["name"]),
        email=stored_text(stored["email"]),
        role=_ROLES[stored["role"]],
        role_origin=stored_text(stored["role_origin"]),
        person_id=stored_text(stored["person_id"]),
        identity=Identity(*identity) if identity else None,
        is_disabled=stored["is_disabled"],
    )


def restore_accounts(store: AccountStore, lines: Iterable[Line]) -> int:
    """Add all accounts, and what was chosen of access, where there is neither; return how many.

    A directory that has an account keeps its own: those of a file give nobody a right there. A run
    that was interrupted goes on, since then all accounts that are here are in the backup.
    """
    lines = list(lines)
    restored = [line for line in lines if isinstance(line, Account)]
    known = {account.id for account in restored}
    if any(account.id not in known for account in _everyone(store)):
        return 0
    for line in lines:
        if isinstance(line, AccessSettings):
            _restore_settings(store, line)
    return sum(_was_added(store, account) for account in restored)


def _was_added(store: AccountStore, account: Account) -> bool:
    if store.get(account.id) is not None:
        return False
    try:
        store.add(account)
    except AccountExists:
        return False
    return True


def _restore_settings(store: AccountStore, settings: AccessSettings) -> None:
    is_chosen = settings.mode or settings.visibility or settings.org_top
    if is_chosen and not store.access_settings().version:
        store.save_access_settings(settings)
