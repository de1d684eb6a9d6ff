"""deploy/terraform makes the same stack as deploy/cloudformation.yaml: both are compared."""

import copy
import json
import re
from typing import Any

import pytest

from tests.support.repository import ROOT
from tests.support.stack.template import PARAMETERS
from tests.support.terraform.both import (
    CHOICES,
    FOLDER,
    NAME,
    TEMPLATE,
    VARIABLES_OF_ITS_OWN,
    evaluation_with,
    expected,
    found,
    in_snake_case,
    in_the_templates_words,
    module_with,
    variables_of,
)
from tests.support.terraform.machines_translation import TRANSLATIONS
from tests.support.terraform.module import Block, Module
from tests.support.terraform.translation import comparable, snake

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("given", CHOICES.values(), ids=CHOICES)
def test_the_module_makes_what_the_template_makes(given: dict[str, str]) -> None:
    wanted, made = comparable(expected(given)), comparable(found(module_with(given)))
    assert sorted(made) == sorted(wanted)
    for address, resource in wanted.items():
        if "alarm_description" in resource:
            resource["alarm_description"] = in_snake_case(resource["alarm_description"])
        if "name" not in resource:
            made[address].pop("name", None)
        for name in resource.keys() | made[address].keys():
            assert made[address].get(name) == resource.get(name), (address, name)


@pytest.mark.parametrize("name", TEMPLATE["Parameters"])
def test_each_parameter_is_a_variable_with_the_same_default_and_limits(name: str) -> None:
    parameter = TEMPLATE["Parameters"][name]
    variable = Module(FOLDER, {}).variables[snake(name)]
    assert ("default" in variable.attributes) == ("Default" in parameter)
    if "Default" in parameter:
        default = Module(FOLDER, {}).scope.names["var"][snake(name)]
        written = [] if (default == [] and parameter["Default"] == "") else parameter["Default"]
        assert default == written
    assert ("sensitive" in variable.attributes) == parameter.get("NoEcho", False)
    assert _limits(variable) == [
        (kind, str(parameter[kind]))
        for kind in ("AllowedPattern", "AllowedValues", "MinValue", "MaxValue")
        if kind in parameter
    ]


def _limits(variable: Block) -> list[tuple[str, str]]:
    """What the validations of a variable allow, as the template says it."""
    found = []
    for one in variable.blocks:
        condition = one.attributes["condition"]
        texts = list(map(str, condition.scan_values(lambda token: token.type == "STRING_CHARS")))
        numbers = list(condition.scan_values(lambda token: token.type == "INT_LITERAL"))
        if "contains" in condition.scan_values(lambda token: token.type == "NAME"):
            found.append(("AllowedValues", str(texts or [int(one) for one in numbers])))
        elif numbers:
            least, most = map(str, numbers)
            found += [("MinValue", least), ("MaxValue", most)]
        else:
            (pattern,) = texts
            plain = re.sub(r"\\(.)", r"\1", pattern)
            found.append(("AllowedPattern", plain.removeprefix("^(?:").removesuffix(")$")))
    return found


def test_every_parameter_has_another_value_somewhere_in_the_comparison() -> None:
    chosen = {name for given in CHOICES.values() for name in given}
    assert TEMPLATE["Parameters"].keys() - PARAMETERS.keys() == chosen


def test_the_module_has_no_variables_but_the_parameters_and_its_own() -> None:
    parameters = {snake(name) for name in TEMPLATE["Parameters"]}
    assert Module(FOLDER, {}).variables.keys() - parameters == set(VARIABLES_OF_ITS_OWN)


@pytest.mark.parametrize("given", CHOICES.values(), ids=CHOICES)
def test_what_a_choice_lacks_is_refused_in_the_same_words(given: dict[str, str]) -> None:
    assert module_with(given).refusals() == []
    for name in given:
        without = {key: value for key, value in given.items() if key != name}
        said = evaluation_with(without).refusals()
        assert module_with(without).refusals() == [in_snake_case(one) for one in said]


@pytest.mark.parametrize(
    ("variable", "value"),
    [("app_sha256", "a" * 63), ("least_machines", 0), ("sign_in", "password"), ("vpc", "default")],
)
def test_a_value_that_the_template_refuses_is_refused(variable: str, value: Any) -> None:
    given = variables_of({**PARAMETERS, "Subnets": "subnet-1,subnet-2"})
    module = Module(FOLDER, {}, **given | {"name": NAME, variable: value})
    assert len(module.refusals()) == 1


@pytest.mark.parametrize("given", CHOICES.values(), ids=CHOICES)
def test_both_tell_the_same(given: dict[str, str]) -> None:
    evaluation, module = evaluation_with(given), module_with(given)
    told = {snake(name): value for name, value in evaluation.outputs().items()}
    outputs = {name: value for name, value in module.outputs().items() if value is not None}
    assert in_the_templates_words(outputs, module) == told


@pytest.mark.parametrize("given", CHOICES.values(), ids=CHOICES)
def test_stacks_beside_it_find_the_same_by_name(given: dict[str, str]) -> None:
    evaluation, module = evaluation_with(given), module_with(given)
    told = evaluation.outputs()
    exported = {
        evaluation.value(one["Export"]["Name"]).replace("{AWS::StackName}", NAME): told[name]
        for name, one in TEMPLATE["Outputs"].items()
        if name in told and "Export" in one
    }
    stack = module.resources()["aws_cloudformation_stack", "exports"]
    assert stack["name"] == NAME
    outputs = json.loads(stack["template_body"])["Outputs"].values()
    named = {one["Export"]["Name"]: one["Value"] for one in outputs}
    assert in_the_templates_words(named, module) == exported


@pytest.mark.parametrize("given", CHOICES.values(), ids=CHOICES)
def test_what_the_template_retains_terraform_refuses_to_destroy(given: dict[str, str]) -> None:
    kept: set[tuple[str, str]] = set()
    for name, resource in evaluation_with(given).resources().items():
        if resource.get("DeletionPolicy") == "Retain":
            properties = copy.deepcopy(resource["Properties"])
            kept |= TRANSLATIONS[resource["Type"]](snake(name), properties).keys()
    module = module_with(given)
    assert {one for one in module.resources() if _is_protected(module, one)} == kept


def test_the_guide_forgets_all_that_terraform_refuses_to_destroy() -> None:
    guide = (ROOT / "docs" / "operations.md").read_text()
    (forgotten,) = re.findall(r"terraform state list \| grep -E '(.*)'", guide)
    for given in CHOICES.values():
        module = module_with(given)
        for address in module.resources():
            is_forgotten = re.search(forgotten, ".".join(address)) is not None
            assert is_forgotten == _is_protected(module, address), address


def _is_protected(module: Module, address: tuple[str, str]) -> bool:
    kind, name = address[0], address[1].partition("[")[0]
    (block,) = [one for one in module.declared() if one.labels == [kind, name]]
    return any(
        "prevent_destroy" in one.attributes for one in block.blocks if one.kind == "lifecycle"
    )


def test_one_public_subnet_of_each_zone_is_taken_and_too_few_are_refused() -> None:
    zones = {"subnet-3": "a", "subnet-9": "b", "subnet-1": "b"}
    subnets = {one: {"id": one, "availability_zone": zone} for one, zone in zones.items()}
    answers = {"data.aws_subnets.public.ids": list(zones), "data.aws_subnet.public": subnets}
    module = module_with({}, **answers)
    assert module.resources()["aws_lb", "load_balancer"]["subnets"] == ["subnet-3", "subnet-1"]
    assert module.refusals() == []
    del subnets["subnet-3"]
    (sentence,) = module_with({}, **answers).refusals()
    assert "give subnets" in sentence
