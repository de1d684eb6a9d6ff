"""The words of the settings, chosen once."""

from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from app.access.modes import Mode
from app.access.viewer import ACCOUNT_ROLES, Role
from app.access.visibility import Audience
from app.contracts.accounts import Account
from app.settings import Settings
from app.web.ui.dates import moment


class Tile(NamedTuple):
    """A mode, as somebody chooses it."""

    mode: Mode
    label: str
    sentence: str


MODES = (
    Tile(
        Mode.OPEN,
        "Open",
        "Everybody who reaches this address sees and changes everything. For a laptop or a class.",
    ),
    Tile(
        Mode.READ_ONLY,
        "Read-only",
        "Everybody may look people up, without email and phone. Changing needs a sign-in.",
    ),
    Tile(Mode.SIGN_IN, "Sign-in required", "Nobody sees anything without an account."),
)
AUDIENCES = {
    Audience.EVERYBODY: "Everyone",
    Audience.COLLEAGUES: "Colleagues",
    Audience.EDITORS: "Editors",
}
ROLES = tuple((role, role.value.capitalize()) for role in ACCOUNT_ROLES)
_GIVEN_BY = {
    "setup": "Claimed the directory",
    "admin": "Given by an administrator",
    "groups": "Given by a group of the provider",
    "command": "Given by flask user",
}


def mode_label(mode: Mode) -> str:
    """Return the name of a mode."""
    return next(tile.label for tile in MODES if tile.mode is mode)


def role_giver(account: Account) -> str:
    """Return who gave an account its role, "" of a colleague, whom nobody gave one."""
    return _GIVEN_BY.get(account.role_origin, "") if account.role is not Role.COLLEAGUE else ""


def way_of_signing_in(account: Account) -> str:
    """Return where somebody signs in: the host of a provider, or with a password."""
    if account.identity is not None:
        issuer = account.identity.issuer
        return urlsplit(issuer).hostname or issuer.capitalize()
    return "Password" if account.password_hash else "Password, not chosen yet"


def last_sign_in(when: datetime | None) -> str:
    """Return when somebody last signed in: the day and the time."""
    return moment(when).partition(" ")[2] if when else "Never"


def single_sign_on(settings: Settings) -> str:
    """Return where people sign in besides accounts of this directory, or ""."""
    if settings.load_balancer:
        return "At the load balancer"
    if settings.proxy_header:
        return "At a proxy, by a header"
    oidc = settings.sign_in.oidc
    return f"{oidc.label}, {urlsplit(oidc.issuer).hostname}" if oidc else ""
