"""What the claims of a provider say of somebody, as the accounts take it."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from app.accounts.profile import Profile
from app.runtime import strict_json
from app.settings.oidc import OidcSettings

log = logging.getLogger(__name__)

MAX_GROUPS = 1000
_MAX_CHARACTERS = 300
_NO_GROUPS = (
    "the groups of somebody who signed in are not in the token, so they gave no role: Entra leaves "
    "them out where there are more than 200. Let it send only the groups assigned to the "
    "application, or use its app roles with OIDC_GROUPS_CLAIM=roles"
)


def profile_of(claims: Mapping[str, object], settings: OidcSettings) -> Profile:
    """Return the profile of who these claims are of."""
    email = _text(claims.get("email"))
    return Profile(
        name=_name(claims),
        email=email,
        email_is_proven=bool(email) and _is_proven(claims, settings),
        groups=_groups(claims, settings.groups_claim),
    )


def _is_proven(claims: Mapping[str, object], settings: OidcSettings) -> bool:
    """Return whether the email belongs to them; what is absent proves nothing."""
    if settings.email_is_proven or _is_true(claims.get("email_verified")):
        return True
    return settings.is_entra and _is_true(claims.get("xms_edov"))


def _is_true(value: object) -> bool:
    return value is True or value in ("true", "True", "1") or (value == 1 and type(value) is int)


def _name(claims: Mapping[str, object]) -> str:
    parts = (_text(claims.get("given_name")), _text(claims.get("family_name")))
    return (
        _text(claims.get("name"))
        or " ".join(filter(None, parts))
        or _text(claims.get("preferred_username"))
    )


def _groups(claims: Mapping[str, object], name: str) -> tuple[str, ...]:
    value = _claim(claims, name)
    if value is None:
        if claims.get("hasgroups") or name in strict_json.mapping(claims.get("_claim_names")):
            log.warning(_NO_GROUPS)
        return ()
    values = value if isinstance(value, list) else [value]
    return tuple(sorted({_text(each) for each in values[:MAX_GROUPS]} - {""}))


def _claim(claims: Mapping[str, object], name: str) -> object:
    """Return the claim of this name; of realm_access.roles the value within, as Keycloak has it."""
    if name in claims or "." not in name:
        return claims.get(name)
    value: object = claims
    for part in name.split("."):
        value = strict_json.mapping(value).get(part)
    return value


def _text(value: object) -> str:
    return value.strip()[:_MAX_CHARACTERS] if isinstance(value, str) else ""
