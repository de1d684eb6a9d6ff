"""Profiles of the claims that a provider makes, of which only the signature was checked."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from app.accounts.profile import Profile
from app.contracts.accounts import Identity
from app.model import validation
from app.runtime import strict_json
from app.settings.oidc import OidcSettings

log = logging.getLogger(__name__)

MAX_SUBJECT_CHARACTERS = 255  # of OpenID Connect
MAX_GROUPS = 1_000
_MAX_GROUP_CHARACTERS = 256
_NAMES = ("name", "preferred_username", "email", "sub")
_GROUPS_LEFT_OUT = (
    "the groups of somebody who signed in are not in the token, so they gave no role: Entra leaves "
    "them out where there are more than 200. Let it send only the groups that are assigned to the "
    "application, or use its app roles with OIDC_GROUPS_CLAIM=roles"
)


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
    return Profile(
        name=next(filter(None, (_text("full_name", claims.get(name)) for name in _NAMES)), ""),
        email=email,
        email_is_proven=bool(email) and _is_proven(claims, provider),
        groups=_groups(claims, provider.groups_claim),
    )


def _text(field: str, value: object) -> str:
    return validation.clean(field, value[:200]) if isinstance(value, str) else ""


def _is_proven(claims: Mapping[str, Any], provider: OidcSettings) -> bool:
    """Return whether the email is theirs. A claim that is absent proves nothing."""
    # Cognito, and the load balancer, write it as a text.
    if provider.email_is_proven or claims.get("email_verified") in (True, "true"):
        return True
    # Entra's: the domain of the email is one that its tenant owns.
    return provider.is_entra and claims.get("xms_edov") in (True, "true", "1")


def _groups(claims: Mapping[str, Any], claim: str) -> tuple[str, ...]:
    """Return the names of groups, of a list or of a single text."""
    value = _value(claims, claim)
    if value is None and _says_that_groups_are_left_out(claims, claim):
        log.warning(_GROUPS_LEFT_OUT)
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list):
        return ()
    texts = {name for name in names[:MAX_GROUPS] if isinstance(name, str)}
    return tuple(sorted(name for name in texts if 0 < len(name) <= _MAX_GROUP_CHARACTERS))


def _value(claims: Mapping[str, Any], claim: str) -> Any:
    """Return a claim; of realm_access.roles what is within, as Keycloak has it."""
    if claim in claims or "." not in claim:
        return claims.get(claim)
    value: Any = claims
    for part in claim.split("."):
        value = strict_json.mapping(value).get(part)
    return value


def _says_that_groups_are_left_out(claims: Mapping[str, Any], claim: str) -> bool:
    return bool(claims.get("hasgroups")) or claim in strict_json.mapping(claims.get("_claim_names"))
