"""Whether an IAM policy allows a request: the part of IAM's rules that our policies use.

An operator or a key that is not known here raises, so that no policy is judged by half.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from tests.support.repository import ROOT

IAM = ROOT / "deploy" / "iam"

REGION, ACCOUNT, BUCKET, STACK = "eu-central-1", "123456789012", "the-photos", "directory"
FILLED_IN = {
    "<PARTITION>": "aws",
    "<REGION>": REGION,
    "<ACCOUNT_ID>": ACCOUNT,
    "<PHOTOS_BUCKET>": BUCKET,
    "<RELEASES_BUCKET>": "the-releases",
    "<STACK>": STACK,
    "<LAKE_BUCKET>": "the-lake",
    "<LOG_GROUP>": "the-log",
}


class Ask(NamedTuple):
    """One permission that a request needs; ``about`` are the condition keys that it carries."""

    action: str
    resource: str
    about: Mapping[str, str] = {}


class Policy:
    """Policies that are attached together."""

    def __init__(self, *documents: Mapping[str, Any]) -> None:
        self.statements = [one for document in documents for one in document["Statement"]]

    def allows(self, ask: Ask) -> bool:
        """Allowed by one statement and denied by none."""
        effects = {one["Effect"] for one in self.statements if _concerns(one, ask)}
        return effects == {"Allow"}

    def allowed_actions(self) -> set[str]:
        """Every action that some statement allows, by its name."""
        allowing = [one for one in self.statements if one["Effect"] == "Allow"]
        return {action for one in allowing for action in as_list(one["Action"])}


def document(name: str) -> dict[str, Any]:
    """A policy of deploy/iam/, with its placeholders filled in."""
    text = (IAM / name).read_text()
    for placeholder, value in FILLED_IN.items():
        text = text.replace(placeholder, value)
    found: dict[str, Any] = json.loads(text)
    return found


def as_list(value: str | Sequence[str]) -> Sequence[str]:
    """IAM writes a list of one without brackets, if one likes."""
    return [value] if isinstance(value, str) else value


def table(name: str) -> str:
    return f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}"


def _concerns(statement: Mapping[str, Any], ask: Ask) -> bool:
    if surprising := statement.keys() - {"Sid", "Effect", "Action", "Resource", "Condition"}:
        raise NotImplementedError(f"not judged here: {surprising}")
    return (
        _any_like(as_list(statement["Action"]), ask.action, re.IGNORECASE)
        and _any_like(as_list(statement["Resource"]), ask.resource)
        and _holds(statement.get("Condition", {}), ask.about)
    )


def _holds(condition: Mapping[str, Mapping[str, str]], about: Mapping[str, str]) -> bool:
    return all(
        _one_holds(operator, key, as_list(wanted), about)
        for operator, keys in condition.items()
        for key, wanted in keys.items()
    )


def _one_holds(operator: str, key: str, wanted: Sequence[str], about: Mapping[str, str]) -> bool:
    if operator == "Null":
        return (key not in about) == (wanted == ["true"])
    if operator == "StringEquals":
        return about.get(key) in wanted
    if operator == "StringLike":
        return key in about and _any_like(wanted, about[key])
    raise NotImplementedError(f"not judged here: {operator}")


def _any_like(patterns: Iterable[str], text: str, flags: int = 0) -> bool:
    return any(re.fullmatch(_pattern(one), text, flags | re.DOTALL) for one in patterns)


def _pattern(text: str) -> str:
    return re.escape(text).replace(r"\*", ".*").replace(r"\?", ".")
