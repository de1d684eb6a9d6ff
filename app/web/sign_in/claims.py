"""Profiles of the claims that a provider makes, of which only the signature was checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.accounts.profile import Profile
from app.contracts.accounts import Identity
from app.model import validation
from app.settings.oidc import OidcSettings

MAX_SUBJECT_CHARACTERS = 255  # of OpenID Connect
MAX_GROUPS = 1_000
_MAX_GROUP_CHARACTERS = 256
_NAMES = ("name", "preferred_username", "email", "sub")


def identity_of(claims: Mapping[str, Any], provider: OidcSettings) -> Identity | None:
    """Return who the claims are about, or None if they do not say."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= MAX_SUBJECT_CHARACTERS:
        return None
    if not subject.isprintable() or subject != subject.strip():
        return None
    return Identity(provider.issuer, subject)


def profile_of(claims: Mapping[str, Any], provider: OidcSettings) -> Profile:
    """Return the profile; what is missing or no text is left out."""
    email = _text("email", claims.get("email"))
    if validation.problem("email", email):
        email = ""
    # Cognito, and the load balancer, write it as a text.
    is_verified = claims.get("email_verified") in (True, "true")
    return Profile(
        name=next(filter(None, (_text("full_name", claims.get(name)) for name in _NAMES)), ""),
        email=email,
        email_is_proven=bool(email) and (is_verified or provider.email_is_proven),
        groups=_groups(claims.get(provider.groups_claim)),
    )


def _text(field: str, value: object) -> str:
    return validation.clean(field, value[:200]) if isinstance(value, str) else ""


def _groups(value: object) -> tuple[str, ...]:
    """Return the names of groups, of a list or of a single text."""
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list):
        return ()
    texts = {name for name in names[:MAX_GROUPS] if isinstance(name, str)}
    return tuple(sorted(name for name in texts if 0 < len(name) <= _MAX_GROUP_CHARACTERS))
