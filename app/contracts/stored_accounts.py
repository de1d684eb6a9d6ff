"""Accounts, sessions and settings of access as plain values, which all stores keep alike.

Another program may have changed them: what cannot be read gives no right.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from app.access.modes import Mode
from app.access.viewer import ACCOUNT_ROLES, Role
from app.access.visibility import RESTRICTABLE, Audience
from app.contracts.accounts import (
    MAX_DESCRIPTION,
    MAX_ORG_TOP,
    AccessSettings,
    Account,
    Identity,
    Session,
    is_account_id,
)
from app.model import leaving
from app.model.stored_values import encodable, stored_time, stored_version
from app.runtime import strict_json
from app.text import search_keys

# What a time is that cannot be read: the sessions of the account are over.
_NEVER_AGAIN = datetime.max.replace(tzinfo=UTC)
# Stands for an account that cannot be read, so that nobody claims the directory again.
_SOMEBODY = "?"
_ACCOUNT_TEXTS = ("name", "email", "role_origin", "person_id", "password_hash", "leaves_on")
_ENABLED = (0, "0", None)
_CURSOR_MARK = "a1"
_MAX_CURSOR_CHARACTERS = 1_500
_MAX_ID = 2_048


def clean_account(account: Account) -> Account:
    """Return the account as it will be read from a store. Raises ValueError for a wrong id."""
    if not is_account_id(account.id):
        raise ValueError(f"{account.id!r} cannot be the id of an account")
    texts: dict[str, Any] = {name: _text(getattr(account, name)) for name in _ACCOUNT_TEXTS}
    identity = account.identity and Identity(*map(_text, account.identity))
    return replace(account, **texts, identity=identity)


def account_values(account: Account) -> dict[str, str | int]:
    """Return the values to store of an account; a missing one is ""."""
    issuer, subject = account.identity or ("", "")
    return {
        "id": account.id,
        **{name: getattr(account, name) for name in _ACCOUNT_TEXTS},
        "role": account.role.value,
        "issuer": issuer,
        "subject": subject,
        "is_disabled": int(account.is_disabled),
        "sessions_ended_at": time_text(account.sessions_ended_at),
        "failures": account.failures,
        "locked_until": time_text(account.locked_until),
        "signed_in_at": time_text(account.signed_in_at),
        "version": account.version,
    }


def account_from(values: Mapping[str, Any]) -> Account | None:
    """Return a stored account; None if its id is none. A number may be a text of digits."""
    account_id = _text(values.get("id"))
    if not is_account_id(account_id):
        return None
    texts: dict[str, Any] = {name: _text(values.get(name)) for name in _ACCOUNT_TEXTS}
    issuer, subject = _text(values.get("issuer")), _text(values.get("subject"))
    ended = values.get("sessions_ended_at")
    has_left = "" < texts["leaves_on"] <= leaving.today()
    return Account(
        id=account_id,
        **texts,
        role=next((role for role in ACCOUNT_ROLES if role == values.get("role")), Role.COLLEAGUE),
        identity=Identity(issuer, subject) if issuer and subject else None,
        is_disabled=has_left or values.get("is_disabled") not in _ENABLED,
        sessions_ended_at=stored_time(ended) or (None if ended in ("", None) else _NEVER_AGAIN),
        failures=stored_version(values.get("failures")),
        locked_until=stored_time(values.get("locked_until")),
        signed_in_at=stored_time(values.get("signed_in_at")),
        version=stored_version(values.get("version")),
    )


def session_values(session: Session) -> dict[str, str]:
    """Return the values to store of a session."""
    return {
        "digest": session.digest,
        "account_id": session.account_id,
        "began_at": time_text(session.began_at),
        "ends_at": time_text(session.ends_at),
        "description": _text(session.description)[:MAX_DESCRIPTION],
    }


def session_from(values: Mapping[str, Any]) -> Session | None:
    """Return a stored session; None if it cannot be read."""
    digest, account_id = _text(values.get("digest")), _text(values.get("account_id"))
    began_at, ends_at = stored_time(values.get("began_at")), stored_time(values.get("ends_at"))
    if not digest or not account_id or began_at is None or ends_at is None:
        return None
    return Session(
        digest=digest,
        account_id=account_id,
        began_at=began_at,
        ends_at=ends_at,
        description=_text(values.get("description"))[:MAX_DESCRIPTION],
    )


def is_over(session: Session, account: Account, now: datetime) -> bool:
    """Return whether a session of this account has ended, or was ended."""
    ended = account.sessions_ended_at
    return session.ends_at <= now or (ended is not None and session.began_at <= ended)


def settings_values(settings: AccessSettings) -> dict[str, str | int]:
    """Return the values to store of the settings of access."""
    chosen = {name: audience.value for name, audience in settings.visibility.items()}
    return {
        "claimed_by": settings.claimed_by,
        "mode": settings.mode.value if settings.mode else "",
        "visibility": json.dumps(chosen, sort_keys=True) if chosen else "",
        "setup_generation": settings.setup_generation,
        "version": settings.version,
        "org_top": json.dumps(settings.org_top) if settings.org_top else "",
    }


def settings_from(values: Mapping[str, Any]) -> AccessSettings:
    """Return the stored settings of access."""
    claimed_by, mode = values.get("claimed_by"), values.get("mode")
    return AccessSettings(
        claimed_by=_text(claimed_by) or (_SOMEBODY if claimed_by not in ("", None) else ""),
        mode=_mode(mode) if mode not in ("", None) else None,
        visibility=_visibility(values.get("visibility")),
        setup_generation=stored_version(values.get("setup_generation")),
        version=stored_version(values.get("version")),
        org_top=_org_top(values.get("org_top")),
    )


def time_text(moment: datetime | None) -> str:
    """Return a time as stored, "" for None; texts sort as their times do."""
    return "" if moment is None else moment.astimezone(UTC).isoformat(timespec="microseconds")


def identity_key(identity: Identity) -> str:
    """Return the unique key of an identity: 64 hexadecimal digits."""
    return _digest("\0".join(map(_text, identity)))


def identity_key_of(account: Account) -> str:
    """Return the ``identity_key`` of an account, "" if it has no identity."""
    return identity_key(account.identity) if account.identity else ""


def login_key(email: str) -> str:
    """Return the unique key of an email that signs in, in any letter case; "" if there is none."""
    key = search_keys.email_key(_text(email))
    return _digest(key) if key else ""


def login_key_of(account: Account) -> str:
    """Return the ``login_key`` of an account that signs in with its email, else ""."""
    return login_key(account.email) if account.identity is None else ""


def person_key(employee_id: str) -> str:
    """Return the unique key of a linked employee, at most 64 bytes; "" if there is none."""
    return search_keys.id_sort_key(_text(employee_id)) if employee_id else ""


def list_key(account: Account) -> str:
    """Return the key of an account in the list of accounts, at most 225 bytes."""
    return f"{search_keys.name_key(account.name)}\x1f{account.id}"


def cursor_after(key: str) -> str:
    """Return the cursor of the page after this key of the list of accounts."""
    readable = key.replace("\0", "\x01")  # no store can compare with NUL
    raw = (_CURSOR_MARK + readable).encode("utf-8", "ignore")
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def key_in_cursor(cursor: str | None) -> str:
    """Return the key after which a page begins; "" (the first page) if it cannot be read."""
    if not cursor or len(cursor) > _MAX_CURSOR_CHARACTERS:
        return ""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except ValueError:
        return ""
    is_ours = text.startswith(_CURSOR_MARK) and "\0" not in text
    return text.removeprefix(_CURSOR_MARK) if is_ours else ""


def _mode(stored: object) -> Mode:
    return next((mode for mode in Mode if mode == stored), Mode.SIGN_IN)


def _visibility(stored: object) -> dict[str, Audience]:
    if stored in ("", None):
        return {}
    try:
        chosen = strict_json.parse(stored)
    except ValueError:
        chosen = None
    if not isinstance(chosen, dict):
        return dict.fromkeys(RESTRICTABLE, Audience.EDITORS)
    return {name: _audience(audience) for name, audience in chosen.items()}


def _org_top(stored: object) -> tuple[str, ...]:
    try:
        ids = strict_json.strings(strict_json.parse(stored), _MAX_ID) or ()
    except ValueError:
        return ()
    return tuple(dict.fromkeys(filter(None, ids)))[:MAX_ORG_TOP]


def _audience(stored: object) -> Audience:
    return next((audience for audience in Audience if audience == stored), Audience.EDITORS)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _text(stored: object) -> str:
    """Return a text that every store can hold; "" for another type."""
    if not isinstance(stored, str):
        return ""
    return (
        stored if stored.isascii() and "\0" not in stored else encodable(stored).replace("\0", "")
    )
