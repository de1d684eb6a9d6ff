"""Terraform's provider for AWS knows all that deploy/terraform says: no other check has it here."""

import re

import pytest

from tests.support.terraform.both import CHOICES, FOLDER, module_with
from tests.support.terraform.module import Block, Module
from tests.support.terraform.provider import complaints, knowledge

pytestmark = pytest.mark.slow


def _blocks(address: tuple[str, ...]) -> list[Block]:
    declared = Module(FOLDER, {}).declared()
    return [one for one in declared if (one.kind, *one.labels) == address]


def _declared() -> list[tuple[str, ...]]:
    """Every resource and data source of the provider."""
    declared = Module(FOLDER, {}).declared()
    return [(one.kind, *one.labels) for one in declared if one.labels[0].startswith("aws_")]


@pytest.mark.parametrize("address", _declared(), ids=".".join)
def test_the_provider_knows_every_argument_and_misses_none(address: tuple[str, ...]) -> None:
    kind, *labels = address
    known = knowledge()[kind]
    assert labels[0] in known, "read the provider again: tests/support/terraform/provider.py"
    (block,) = _blocks(address)
    assert complaints(block, known[labels[0]], labels[0]) == []


def test_what_resources_ask_of_one_another_the_provider_tells() -> None:
    asked: set[tuple[str, ...]] = set()
    for given in CHOICES.values():
        module = module_with(given)
        text = str([module.resources(), module.data(), module.outputs()])
        asked |= set(re.findall(r"\{(data\.)?(aws_\w+)\.\w+\.(\w+)\}", text))
    assert len(asked) > 10
    for data, kind, attribute in asked:
        assert attribute in knowledge()["data" if data else "resource"][kind]["readable"]


def test_the_module_asks_for_the_provider_that_was_looked_at() -> None:
    text = (FOLDER / "versions.tf").read_text()
    major = knowledge()["provider"].split(".")[0]
    assert f'version = ">= {major}.0, < {int(major) + 1}.0"' in text
