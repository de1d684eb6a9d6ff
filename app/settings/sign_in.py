"""Settings of who signs in, and where."""

from __future__ import annotations

from dataclasses import dataclass

from app.settings.addresses import read_public_address
from app.settings.oidc import OidcSettings, read_oidc
from app.settings.reader import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInSettings:
    """The address of the directory, its provider, and the groups that give roles.

    ``public_address`` is the origin where people find the directory, or "".
    """

    public_address: str = ""
    oidc: OidcSettings | None = None
    editor_groups: tuple[str, ...] = ()
    admin_groups: tuple[str, ...] = ()


def read_sign_in(reader: Reader) -> SignInSettings:
    """Read the settings. Raises SettingsError for a value that cannot be understood."""
    public_address = read_public_address(reader)
    oidc = read_oidc(reader, public_address)
    # A load balancer that signs in people needs the issuer and the client, and keeps the secret.
    if oidc is not None and oidc.missing and not reader.is_set("ALB_SIGN_IN"):
        reader.problems.append(
            f"Nobody can sign in at {oidc.label}, because {_named(oidc.missing)} not set."
        )
    return SignInSettings(
        public_address=public_address,
        oidc=oidc,
        editor_groups=_groups(reader.text("EDITOR_GROUPS")),
        admin_groups=_groups(reader.text("ADMIN_GROUPS")),
    )


def _named(names: tuple[str, ...]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last} are" if others else f"{last} is"


def _groups(value: str) -> tuple[str, ...]:
    names = (part.strip() for part in value.split(","))
    return tuple(dict.fromkeys(filter(None, names)))
