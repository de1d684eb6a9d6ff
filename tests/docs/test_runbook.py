"""docs/runbook.md has a section for each alarm, and names only what is there."""

from __future__ import annotations

import json
import re
import shlex

import botocore.session
import click
import pytest

from app.metrics.names import Metric
from tests.docs.test_documents import offered
from tests.support.repository import ROOT
from tests.support.routes import ROUTES
from tests.support.stack.template import DEPLOY, TEMPLATE, template

RUNBOOK = (ROOT / "docs" / "runbook.md").read_text()
TEMPLATES = [TEMPLATE, DEPLOY / "watching.yaml", DEPLOY / "backup.yaml", DEPLOY / "ecs.yaml"]
BEFORE = "Where to look"
# Commands of the command line that are no call of an API.
OF_COMMAND_LINE = {("logs", "tail")}
FILLED_IN_BY_HAND = {"instance", "alarm", "id"}
UNITS = {path.name for path in (DEPLOY / "systemd").iterdir()}
AGENT = "amazon-cloudwatch-agent"


ALARMS = {
    (path.name, name): " ".join(one["Properties"]["AlarmDescription"].split())
    for path in TEMPLATES
    for name, one in template(path)["Resources"].items()
    if one["Type"] == "AWS::CloudWatch::Alarm"
}
NAMES = sorted({name for _, name in ALARMS})
SECTIONS = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", RUNBOOK, re.MULTILINE | re.DOTALL))
CODE = [
    *re.findall(r"`([^`\n]+)`", RUNBOOK),
    *(line.strip() for line in re.findall(r"^ {4}(\S.*)$", RUNBOOK, re.MULTILINE)),
]


def test_each_alarm_has_a_section_and_each_section_an_alarm() -> None:
    assert sorted(SECTIONS.keys() - {BEFORE}) == NAMES


@pytest.mark.parametrize(("file", "name"), ALARMS)
def test_an_alarm_leads_to_its_section(file: str, name: str) -> None:
    assert ALARMS[file, name].endswith(f"Read docs/runbook.md#{name.lower()}")


@pytest.mark.parametrize("name", NAMES)
def test_a_section_says_what_is_noticed_what_to_do_and_when_it_is_over(name: str) -> None:
    section = SECTIONS[name]
    parts = ["**People notice**: ", "**Means**: ", "\n1. ", "**Do**: ", "**Over**: "]
    places = [section.index(part) for part in parts]
    assert places == sorted(places)
    assert len(section.split()) <= 160, "too long for three in the morning"


def _commands(program: str) -> list[list[str]]:
    """The words of each command that begins so."""
    lines = [code.removeprefix("sudo ") for code in CODE]
    return [shlex.split(line) for line in lines if line.startswith(f"{program} ")]


def test_commands_of_the_directory_are_offered_with_these_options() -> None:
    commands = _commands("employee-directory")
    assert len(commands) >= 5
    for _, name, *rest in commands:
        options = {
            option
            for parameter in offered()[name].params
            if isinstance(parameter, click.Option)
            for option in parameter.opts
        }
        assert {word for word in rest if word.startswith("--")} <= options


def test_commands_of_aws_are_calls_that_it_has() -> None:
    loader = botocore.session.get_session().get_component("data_loader")
    commands = _commands("aws")
    assert len(commands) > 8
    for _, service, call, *_ in commands:
        if (service, call) not in OF_COMMAND_LINE:
            model = loader.load_service_model(service, "service-2")
            assert call in {_dashed(name) for name in model["operations"]}, (service, call)


def _dashed(name: str) -> str:
    return botocore.xform_name(name, "-")


def test_addresses_are_routes() -> None:
    addresses = [code for code in CODE if re.fullmatch(r"/[a-z/]*", code)]
    assert {"/readyz", "/doctor", "/import"} <= set(addresses)
    assert set(addresses) <= set(ROUTES)


def test_units_are_those_that_are_installed() -> None:
    named = {word for words in _commands("systemctl") for word in words[2:]}
    for words in _commands("journalctl"):
        named |= {words[at + 1] for at, word in enumerate(words) if word == "-u"}
    assert {f"{unit}.service" for unit in named - {AGENT}} <= UNITS


def test_names_are_those_of_templates_and_policies() -> None:
    known = {*map(str, Metric), "StatusMessage", "AccessDenied", "X-Amzn-Trace-Id"}
    for path in TEMPLATES:
        read = template(path)
        known |= read["Parameters"].keys() | read["Outputs"].keys() | read["Resources"].keys()
    for path in (DEPLOY / "iam").glob("*.json"):
        known |= {one["Sid"] for one in json.loads(path.read_text())["Statement"]}
    named = {code.partition("=")[0] for code in CODE if re.match(r"[A-Z][a-z]+[A-Z]\w*(=|$)", code)}
    assert named
    assert named <= known
    placeholders = set(re.findall(r"<(\w+)>", RUNBOOK))
    outputs = template()["Outputs"].keys() | {"TableName"}
    assert placeholders - FILLED_IN_BY_HAND <= outputs
