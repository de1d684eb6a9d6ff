"""Settings of who signs in, and where."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from app.access.viewer import Role
from app.model.errors import SettingsError
from app.settings.addresses import read_public_address
from app.settings.oidc import OidcSettings, read_oidc
from app.settings.reader import Reader
from app.text.common_passwords import is_common

_SETUP_CODE = re.compile(r"[A-Za-z0-9._~-]{12,128}", re.ASCII)
_EMAIL = re.compile(r"[^@\s<>,;:\"]+@[^@\s<>,;:\"]+")
_EXPORTS = {"colleagues": Role.COLLEAGUE, "editors": Role.EDITOR}
_MAX_HOURS = 30 * 24


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInSettings:
    """The address of the directory, its provider, and the groups that give roles.

    ``public_address`` is the origin where people find the directory, or "". ``setup_code`` takes
    the place of the code that is made, ``hours`` is how long a session lasts, ``contact`` the email
    of who keeps the directory, or "", and ``min_export_role`` the least role that may export.
    """

    public_address: str = ""
    setup_code: str = field(default="", repr=False)
    hours: int = 12
    contact: str = ""
    min_export_role: Role = Role.COLLEAGUE
    oidc: OidcSettings | None = None
    email_is_proven: bool = False
    editor_groups: tuple[str, ...] = ()
    admin_groups: tuple[str, ...] = ()


def read_sign_in(reader: Reader) -> SignInSettings:
    """Read the settings. Raises SettingsError for a value that cannot be understood."""
    public_address = read_public_address(reader)
    oidc = read_oidc(reader, public_address)
    # A load balancer that signs in people needs the issuer and the client, and keeps the secret.
    if oidc is not None and oidc.problem and not reader.is_set("ALB_SIGN_IN"):
        reader.problems.append(oidc.problem)
    return SignInSettings(
        public_address=public_address,
        setup_code=_setup_code(reader.text("SETUP_CODE")),
        hours=reader.whole_number("SIGN_IN_HOURS", default=12, minimum=1, maximum=_MAX_HOURS),
        contact=_contact(reader.text("CONTACT")),
        min_export_role=_EXPORTS[reader.choice("EXPORTS", tuple(_EXPORTS))],
        oidc=oidc,
        email_is_proven=reader.switch("OIDC_EMAIL_IS_PROVEN"),
        editor_groups=_groups(reader.text("EDITOR_GROUPS")),
        admin_groups=_groups(reader.text("ADMIN_GROUPS")),
    )


def _groups(value: str) -> tuple[str, ...]:
    names = (part.strip() for part in value.split(","))
    return tuple(dict.fromkeys(filter(None, names)))


def _setup_code(value: str) -> str:
    if value and (not _SETUP_CODE.fullmatch(value) or is_common(value)):
        raise SettingsError(
            f"SETUP_CODE ({len(value)} characters) cannot be used. "
            "Use 12 to 128 letters, digits, dots and dashes that nobody can guess, "
            "or remove it and a code is created."
        )
    return value


def _contact(value: str) -> str:
    if value and not _EMAIL.fullmatch(value):
        raise SettingsError(
            f"CONTACT is {value!r}, which is not an email address. "
            "Use one, such as people@example.com, or leave it empty."
        )
    return value
