"""Secrets that Parameter Store and Secrets Manager keep for settings.

IAM: ssm:GetParameter on the parameters, secretsmanager:GetSecretValue on the secrets, and
kms:Decrypt on the key of those that a key of one's own encrypts. Nothing that AWS answers is in a
sentence but the code of its error.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from app.runtime.time_limit import call_within
from app.settings.reader import KeptSecrets
from app.settings.secret_references import Keeper, SecretReference

MAX_SECONDS = 8.0  # for all of them together
_CONNECT_SECONDS, _READ_SECONDS, _ATTEMPTS = 1.0, 2.0, 2
_MAX_CHARACTERS = 65_536
_ACTIONS = {
    Keeper.PARAMETER_STORE: "ssm:GetParameter",
    Keeper.SECRETS_MANAGER: "secretsmanager:GetSecretValue",
}
_DENIED = frozenset({"AccessDeniedException", "AccessDenied", "UnauthorizedOperation"})
_MISSING = frozenset({"ParameterNotFound", "ParameterVersionNotFound", "ResourceNotFoundException"})
_OF_KMS = frozenset({"InvalidKeyId", "DecryptionFailure", "KMSAccessDeniedException"})


@dataclass
class _Found:
    values: dict[str, str] = field(default_factory=dict)
    unreadable: dict[str, str] = field(default_factory=dict)


class _UnreadableError(Exception):
    """A secret cannot be read; the message says why, and what to do."""


def read_secrets(
    references: Iterable[SecretReference], region: str, seconds: float = MAX_SECONDS
) -> KeptSecrets:
    """Read these secrets, all within this time; what cannot be read is told."""
    wanted = list(references)
    found = _Found()
    with suppress(TimeoutError):  # those that were read until then count
        call_within(seconds, partial(_read_all, wanted, region, found), name="secrets")
    values, unreadable = dict(found.values), dict(found.unreadable)
    for reference in wanted:
        if reference.setting not in values and reference.setting not in unreadable:
            reason = f"AWS did not answer within {seconds:g} seconds"
            unreadable[reference.setting] = _sentence(reference, reason)
    places = {reference.setting: reference.place for reference in wanted}
    return KeptSecrets(values, unreadable, places)


def _read_all(references: list[SecretReference], region: str, found: _Found) -> None:
    from botocore.session import get_session

    session = get_session()
    for reference in references:
        try:
            found.values[reference.setting] = _read(session, reference, region)
        except _UnreadableError as error:
            found.unreadable[reference.setting] = _sentence(reference, str(error))


def _sentence(reference: SecretReference, reason: str) -> str:
    return (
        f"{reference.setting} names {reference.place}, which could not be read: {reason}. "
        "Then restart the directory."
    )


def _read(session: Any, reference: SecretReference, region: str) -> str:
    region = reference.region or region
    if not region:
        raise _UnreadableError("no region is set: set AWS_DEFAULT_REGION, such as us-west-2")
    value = _key_of(reference, _value_of(session, reference, region))
    if not value or len(value) > _MAX_CHARACTERS:
        raise _UnreadableError(f"it has {len(value)} characters: store the value there")
    return value


def _value_of(session: Any, reference: SecretReference, region: str) -> str:
    from botocore.exceptions import (
        BotoCoreError,
        ClientError,
        HTTPClientError,
        NoCredentialsError,
        ParamValidationError,
    )
    from botocore.exceptions import ConnectionError as NoConnectionError

    try:
        answer = _ask(session, reference, region)
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", "unknown error"))
        of_kms = "kms" in str(error.response.get("Error", {}).get("Message", "")).lower()
        raise _UnreadableError(_reason(reference, code, region, of_kms=of_kms)) from None
    except NoCredentialsError:
        raise _UnreadableError("no AWS credentials: give this machine a role") from None
    except ParamValidationError:
        raise _UnreadableError("nothing can have this name: correct it") from None
    except (HTTPClientError, NoConnectionError) as error:
        name = type(error).__name__
        raise _UnreadableError(f"{name}: let this machine reach AWS over HTTPS") from None
    except (BotoCoreError, ValueError) as error:
        raise _UnreadableError(f"{type(error).__name__}: run flask doctor") from None
    return answer


def _ask(session: Any, reference: SecretReference, region: str) -> str:
    from botocore.config import Config

    config = Config(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        retries={"total_max_attempts": _ATTEMPTS, "mode": "standard"},
    )
    client = session.create_client(reference.keeper.value, region_name=region, config=config)
    try:
        if reference.keeper is Keeper.PARAMETER_STORE:
            answer = client.get_parameter(Name=reference.name, WithDecryption=True)
            return str(answer["Parameter"]["Value"])
        answer = client.get_secret_value(SecretId=reference.name)
    finally:
        client.close()
    if "SecretString" not in answer:
        raise _UnreadableError("it is binary: store it as text")
    return str(answer["SecretString"])


def _reason(reference: SecretReference, code: str, region: str, *, of_kms: bool) -> str:
    if code in _OF_KMS or (code in _DENIED and of_kms):
        return f"{code}: allow kms:Decrypt on the key that encrypts it"
    if code in _DENIED:
        return f"{code}: allow {_ACTIONS[reference.keeper]} on it"
    if code in _MISSING:
        return f"{code}: there is none of this name in {region}: correct the name, or make it"
    return f"{code}: run flask doctor, which checks credentials and clock"


def _key_of(reference: SecretReference, text: str) -> str:
    """Return the value of the key that is named, or the whole text if none is."""
    try:
        parsed = json.loads(text) if text.lstrip().startswith("{") else None
    except ValueError:
        parsed = None
    keys = sorted(map(str, parsed)) if isinstance(parsed, dict) else []
    if not reference.key:
        if keys:
            name = f"{reference.keeper.value}:{reference.name}#{keys[0]}"
            told = ", ".join(keys[:10])[:200]
            raise _UnreadableError(f"it has the keys {told}: name one, as in {name[:300]}")
        return text
    if not isinstance(parsed, dict) or not isinstance(parsed.get(reference.key), str):
        raise _UnreadableError(f"it has no text under the key {reference.key}: correct the key")
    return str(parsed[reference.key])
