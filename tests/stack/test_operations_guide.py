"""docs/operations.md gives the reason of every statement, and names all that can be chosen."""

import json
import re
from pathlib import Path

import pytest

from tests.support.repository import ROOT
from tests.support.stack.iam_policies import FILLED_IN, IAM
from tests.support.stack.template import template

pytestmark = pytest.mark.slow

GUIDE = (ROOT / "docs" / "operations.md").read_text()
POLICIES = sorted(IAM.glob("*.json"))


def _rows(heading: str) -> list[list[str]]:
    """The rows of the table under a heading, as cells."""
    section = re.split(r"^###? ", GUIDE.split(heading, 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
    lines = [line for line in section.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.name)
def test_each_statement_of_a_policy_has_its_reason(path: Path) -> None:
    rows = _rows(f"### `iam/{path.name}`")
    statements = json.loads(path.read_text())["Statement"]
    assert [row[0].strip("`") for row in rows] == [one["Sid"] for one in statements]
    assert all(len(row) == 3 and all(row) for row in rows)


def test_every_parameter_of_the_template_is_told() -> None:
    rows = _rows("## 2. The whole stack")
    told = [name for row in rows for name in _names(row)]
    parameters = template()["Parameters"]
    assert sorted(told) == sorted(parameters)
    for row in rows:
        defaults = [str(parameters[name].get("Default", "")) for name in _names(row)]
        if any(defaults) and not _names(row)[0].startswith("Image"):
            assert row[1].strip("`") == ", ".join(defaults)


def _names(row: list[str]) -> list[str]:
    return re.findall(r"`(\w+)`", row[0])


def test_every_alarm_is_told() -> None:
    resources = template()["Resources"]
    for name, resource in resources.items():
        if resource["Type"] == "AWS::CloudWatch::Alarm":
            assert f"`{name}`" in GUIDE


def test_the_command_that_fills_in_placeholders_fills_in_all_of_them() -> None:
    for path in POLICIES:
        assert set(re.findall(r"<\w+>", path.read_text())) <= set(FILLED_IN)
    for placeholder in FILLED_IN:
        assert f"s/{placeholder}/" in GUIDE


def test_it_says_that_it_was_not_run_on_aws() -> None:
    assert "**Not run on AWS**" in GUIDE
    assert "Not run on AWS, so not known:" in GUIDE
