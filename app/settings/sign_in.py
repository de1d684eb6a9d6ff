"""Settings of who signs in, and where."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from app.access.viewer import Role
from app.model.errors import SettingsError
from app.settings.addresses import read_public_address
from app.settings.oidc import OidcSettings, read_email_is_proven, read_oidc
from app.settings.reader import Reader
from app.text.common_passwords import is_common

_SETUP_CODE = re.compile(r"[A-Za-z0-9._~-]{12,128}", re.ASCII)
_EMAIL = re.compile(r"[^@\s<>,;:\"]+@[^@\s<>,;:\"]+")
_EXPORTS = {"colleagues": Role.COLLEAGUE, "editors": Role.EDITOR}
_MAX_HOURS = 30 * 24
_MADE = "Until then the code that is made counts."


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
    """Read the settings; what cannot be used becomes a problem, and lets in nobody."""
    public_address = reader.or_else("PUBLIC_ADDRESS", lambda: read_public_address(reader), "")
    oidc = read_oidc(reader, public_address)
    # A load balancer that signs in people needs the issuer and the client, and keeps the secret.
    if oidc is not None and oidc.problem and not reader.is_set("ALB_SIGN_IN"):
        reader.problems.append(oidc.problem)
    hours = partial(reader.whole_number, "SIGN_IN_HOURS", default=12, minimum=1, maximum=_MAX_HOURS)
    return SignInSettings(
        public_address=public_address,
        setup_code=reader.or_else(
            "SETUP_CODE", lambda: _setup_code(reader.text("SETUP_CODE")), "", _MADE
        ),
        hours=reader.or_else("SIGN_IN_HOURS", hours, 1, "Until then it is 1."),
        contact=reader.or_else("CONTACT", lambda: _contact(reader.text("CONTACT")), ""),
        min_export_role=reader.or_else(
            "EXPORTS",
            lambda: _EXPORTS[reader.choice("EXPORTS", tuple(_EXPORTS))],
            Role.EDITOR,
            "Until then only editors export.",
        ),
        oidc=oidc,
        email_is_proven=read_email_is_proven(reader),
        **_groups_of_roles(reader),
    )


def _groups_of_roles(reader: Reader) -> dict[str, Any]:
    """Return the groups that give roles; none while nobody knows which claim has them."""
    names = {"editor_groups": "EDITOR_GROUPS", "admin_groups": "ADMIN_GROUPS"}
    groups = {key: _groups(reader.text(name)) for key, name in names.items()}
    return groups if not reader.problem_of("OIDC_GROUPS_CLAIM") else dict.fromkeys(names, ())


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
