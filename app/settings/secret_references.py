"""References to secrets that AWS keeps: ``ssm:/path`` and ``secretsmanager:NAME#key``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from app.settings.pasted import REFERENCE, clean
from app.settings.reader import SECRETS, kind_of

_ARN = re.compile(r"arn:[a-z-]+:(?:ssm|secretsmanager):([a-z0-9-]+):[0-9]*:.+")


class Keeper(StrEnum):
    """The service that keeps a secret."""

    PARAMETER_STORE = "ssm"
    SECRETS_MANAGER = "secretsmanager"


class SecretReference(NamedTuple):
    """Where the value of a setting is kept; ``key`` is that of a JSON object, or ""."""

    setting: str
    keeper: Keeper
    name: str
    key: str = ""

    @property
    def region(self) -> str:
        """Return the region that an ARN names, or ""."""
        found = _ARN.fullmatch(self.name)
        return found[1] if found else ""

    @property
    def place(self) -> str:
        """Return where it is, in words."""
        key = f"the key {self.key} of " if self.key else ""
        if self.keeper is Keeper.PARAMETER_STORE:
            return f"{key}the parameter {self.name} in Parameter Store"
        return f"{key}the secret {self.name} in Secrets Manager"


def find_references(env: Mapping[str, str]) -> list[SecretReference]:
    """Return the references among the settings that are secrets."""
    found = (_reference(name, env.get(name, "")) for name in sorted(SECRETS))
    return [reference for reference in found if reference is not None]


def _reference(setting: str, value: str) -> SecretReference | None:
    found = REFERENCE.fullmatch(clean(value, kind_of(setting)))
    if found is None:
        return None
    name, _, key = found[2].partition("#")
    return SecretReference(setting, Keeper(found[1]), name, key)
