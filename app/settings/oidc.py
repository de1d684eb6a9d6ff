"""Settings of signing in at an OpenID provider."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from app.model.errors import SettingsError
from app.settings.addresses import read_secure_address
from app.settings.reader import Reader

CALLBACK_PATH = "/sign-in/back"

_DISCOVERY = "/.well-known/openid-configuration"
_MAX_LABEL_CHARACTERS = 60
# What the tenants of Entra have in common: whoever has an account of Microsoft could sign in.
_EVERY_TENANT = frozenset({"common", "organizations", "consumers"})
_HOSTS_OF_ENTRA = ("login.microsoftonline.com", "login.microsoftonline.us", "sts.windows.net",
                   "login.partner.microsoftonline.cn", "login.windows.net")  # fmt: skip
_LABELS = {
    **dict.fromkeys(_HOSTS_OF_ENTRA, "Microsoft"),
    "accounts.google.com": "Google",
    "okta.com": "Okta",
    "oktapreview.com": "Okta",
    "okta-emea.com": "Okta",
    "onelogin.com": "OneLogin",
    "jumpcloud.com": "JumpCloud",
    "auth0.com": "Auth0",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcSettings:
    """The OpenID provider. ``missing`` are settings without which nobody can sign in there.

    ``unusable`` are those that are set to what cannot be used.
    ``email_is_proven`` says that every email in its tokens belongs to who signs in, whatever
    ``email_verified`` says. ``redirect_address`` is where the provider sends people back to.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_address: str
    email_is_proven: bool = False
    groups_claim: str = "groups"
    label: str
    missing: tuple[str, ...] = ()
    unusable: frozenset[str] = frozenset()

    @property
    def problem(self) -> str:
        """Return the sentence that says what is missing, or ""."""
        if not self.missing:
            return ""
        *others, last = self.missing
        names = f"{', '.join(others)} and {last} are" if others else f"{last} is"
        what = "not set or cannot be used" if self.unusable & set(self.missing) else "not set"
        return f"Nobody can sign in at {self.label}, because {names} {what}."

    @property
    def is_entra(self) -> bool:
        """Return whether the provider is Microsoft Entra."""
        return urlsplit(self.issuer).hostname in _HOSTS_OF_ENTRA


def read_oidc(reader: Reader, public_address: str) -> OidcSettings | None:
    """Return the provider, or None if nothing is set."""
    issuer = reader.or_else("OIDC_ISSUER", lambda: _issuer(reader), "")
    required = {
        "OIDC_ISSUER": issuer,
        "OIDC_CLIENT_ID": reader.text("OIDC_CLIENT_ID"),
        "OIDC_CLIENT_SECRET": reader.text("OIDC_CLIENT_SECRET"),
        "PUBLIC_ADDRESS": public_address,
    }
    label = " ".join(reader.text("OIDC_LABEL").split())[:_MAX_LABEL_CHARACTERS]
    claim = reader.text("OIDC_GROUPS_CLAIM") or "groups"
    is_proven = read_email_is_proven(reader)
    if not reader.is_set_any("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"):
        return None
    return OidcSettings(
        issuer=issuer,
        client_id=required["OIDC_CLIENT_ID"],
        client_secret=required["OIDC_CLIENT_SECRET"],
        redirect_address=f"{public_address}{CALLBACK_PATH}" if public_address else "",
        email_is_proven=is_proven,
        groups_claim=claim,
        label=label or _label_of(issuer),
        missing=tuple(name for name, value in required.items() if not value),
        unusable=frozenset(required) & reader.unusable.keys(),
    )


def read_email_is_proven(reader: Reader) -> bool:
    """Return whether every email of the provider is proven; not where that cannot be read."""
    name = "OIDC_EMAIL_IS_PROVEN"
    return reader.or_else(name, lambda: reader.switch(name), False, "Until then it is off.")


def _issuer(reader: Reader) -> str:
    issuer = read_secure_address(reader, "OIDC_ISSUER", "https://example.okta.com")
    if issuer.endswith(_DISCOVERY):
        raise SettingsError(
            f"OIDC_ISSUER is {issuer!r}, which is the address of a document of the provider. "
            f"Use {issuer.removesuffix(_DISCOVERY)}."
        )
    address = urlsplit(issuer)
    tenant = address.path.strip("/").partition("/")[0].lower()
    if address.hostname in _HOSTS_OF_ENTRA and tenant in _EVERY_TENANT:
        raise SettingsError(
            f"OIDC_ISSUER is {issuer!r}, with which accounts of every company could sign in. "
            f"Use the issuer of your own tenant: https://{address.hostname}/<tenant ID>/v2.0, with "
            "the Directory (tenant) ID that Entra shows on the Overview page of your application."
        )
    return issuer


def _label_of(issuer: str) -> str:
    host = urlsplit(issuer).hostname or ""
    if host.startswith("cognito-idp.") and host.endswith(".amazonaws.com"):
        return "Amazon Cognito"
    for name, label in _LABELS.items():
        if host == name or host.endswith(f".{name}"):
            return label
    return host or "your provider"
