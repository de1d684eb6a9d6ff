"""The CloudFormation template as data, and what the tests fill into it."""

from pathlib import Path
from typing import Any

import yaml

from tests.support.repository import ROOT

DEPLOY = ROOT / "deploy"
TEMPLATE = DEPLOY / "cloudformation.yaml"
ON_FARGATE = DEPLOY / "ecs.yaml"
PARAMETERS = {
    "AppArchive": "s3://the-releases/employee-directory.zip",
    "AppSha256": "0123456789abcdef" * 4,
    "AllowedFrom": "203.0.113.0/24",
}
_NOTHING = {"Ref": "AWS::NoValue"}


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms: !Ref, !Sub and their kin."""


def _function(loader: _Loader, name: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if name == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {name if name in ("Ref", "Condition") else f"Fn::{name}": value}


_Loader.add_multi_constructor("!", _function)


def template(path: Path = TEMPLATE) -> dict[str, Any]:
    """The template, short forms written out."""
    found: dict[str, Any] = yaml.load(path.read_text(), _Loader)
    return found


def properties(resource: str) -> dict[str, Any]:
    found: dict[str, Any] = template()["Resources"][resource]["Properties"]
    return found


def without_nothing(part: Any, conditions: dict[str, bool]) -> Any:
    """The template with those members of lists decided that may be AWS::NoValue.

    CloudFormation leaves such a member out of the list; moto leaves a null in it.
    """
    if isinstance(part, dict):
        if "Fn::If" in part:
            return {"Fn::If": [without_nothing(one, conditions) for one in part["Fn::If"]]}
        return {key: without_nothing(value, conditions) for key, value in part.items()}
    if isinstance(part, list):
        decided = (_decided(member, conditions) for member in part)
        return [without_nothing(one, conditions) for one in decided if one != _NOTHING]
    return part


def _decided(member: Any, conditions: dict[str, bool]) -> Any:
    if isinstance(member, dict) and _NOTHING in member.get("Fn::If", ()):
        condition, yes, no = member["Fn::If"]
        return yes if conditions[condition] else no
    return member
