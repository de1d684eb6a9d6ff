"""Metadata: what a provider publishes of itself at ``/.well-known/openid-configuration``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from app.settings.addresses import is_loopback
from app.settings.oidc import OidcSettings

_MAX_NAMES = 200
_MAX_CHARACTERS = 2000


class MetadataRejected(ValueError):
    """The provider's document cannot be used; the message says why and what to do."""


class Metadata(NamedTuple):
    """A provider's addresses, and what it can do.

    ``algorithms`` sign its tokens: never ``none``, and none with a shared secret. ``names_issuer``
    says that its responses have the parameter ``iss`` (RFC 9207).
    """

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str
    algorithms: tuple[str, ...]
    names_issuer: bool
    auth_method: str
    scopes: tuple[str, ...]


def discovery_address(issuer: str) -> str:
    """Return the address of the document of this issuer."""
    return f"{issuer.rstrip('/')}/.well-known/openid-configuration"


def read_metadata(document: Mapping[str, object], settings: OidcSettings) -> Metadata:
    """Return the metadata in a document. Raises MetadataRejected."""
    _check_issuer(document.get("issuer"), settings.issuer)
    algorithms = _names(document, "id_token_signing_alg_values_supported") or ("RS256",)
    asymmetric = tuple(
        name for name in algorithms if name.lower() != "none" and not name.upper().startswith("HS")
    )
    if not asymmetric:
        raise MetadataRejected("It signs tokens with a shared secret only, or not at all.")
    return Metadata(
        authorization_endpoint=_endpoint(document, "authorization_endpoint"),
        token_endpoint=_endpoint(document, "token_endpoint"),
        jwks_uri=_endpoint(document, "jwks_uri"),
        userinfo_endpoint=(
            _endpoint(document, "userinfo_endpoint") if document.get("userinfo_endpoint") else ""
        ),
        algorithms=asymmetric,
        names_issuer=document.get("authorization_response_iss_parameter_supported") is True,
        auth_method=_auth_method(_names(document, "token_endpoint_auth_methods_supported")),
        scopes=_names(document, "scopes_supported"),
    )


def _check_issuer(announced: object, issuer: str) -> None:
    if announced == issuer:
        return
    if isinstance(announced, str) and announced and len(announced) <= _MAX_CHARACTERS:
        raise MetadataRejected(
            f"It calls itself {announced!r}, and OIDC_ISSUER is {issuer!r}. They must be equal, to "
            "the last slash."
        )
    raise MetadataRejected("Its document does not say who it is: is this an OpenID provider?")


def _endpoint(document: Mapping[str, object], name: str) -> str:
    value = document.get(name)
    if isinstance(value, str) and len(value) <= _MAX_CHARACTERS:
        try:
            address = urlsplit(value)
            host = address.hostname or ""
        except ValueError:
            address, host = urlsplit(""), ""
        if host and (address.scheme == "https" or (address.scheme == "http" and is_loopback(host))):
            return value
    raise MetadataRejected(f"Its {name} is not an https address.")


def _names(document: Mapping[str, object], name: str) -> tuple[str, ...]:
    values = document.get(name)
    if not isinstance(values, list):
        return ()
    return tuple(value for value in values[:_MAX_NAMES] if isinstance(value, str))


def _auth_method(announced: tuple[str, ...]) -> str:
    """Return how the secret is sent: in the body where it may be.

    Providers differ in how they read special characters of a secret in the header.
    """
    for method in ("client_secret_post", "client_secret_basic"):
        if method in (announced or ("client_secret_basic",)):
            return method
    raise MetadataRejected(
        f"It knows clients by {', '.join(announced)[:200]} only, and not by their secret."
    )
