"""The template for containers on Fargate: its rights, its limits and how it goes back."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.stack.iam_policies import document
from tests.support.stack.template import DEPLOY, ON_FARGATE, template

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def resources() -> dict[str, Any]:
    found: dict[str, Any] = template(ON_FARGATE)["Resources"]
    return found


def containers(resources: dict[str, Any]) -> dict[str, Any]:
    """Of all tasks, by their names."""
    tasks = [one for one in resources.values() if one["Type"] == "AWS::ECS::TaskDefinition"]
    found = [one for task in tasks for one in task["Properties"]["ContainerDefinitions"]]
    return {one["Name"]: one for one in found}


def statements(role: dict[str, Any]) -> dict[str, Any]:
    """By their names; of those that are there on a condition, as when they are there."""
    (policy,) = role["Properties"]["Policies"]
    found = policy["PolicyDocument"]["Statement"]
    shown = [one["Fn::If"][1] if "Fn::If" in one else one for one in found]
    return {one["Sid"]: one for one in shown}


def commands_of_units() -> set[str]:
    """What systemd runs on a machine beside the server, without the path of the release."""
    units = (DEPLOY / "systemd").glob("*.service")
    lines = re.findall(r"^ExecStart=\S+/(flask .+)$", "\n".join(map(read, units)), re.MULTILINE)
    return set(lines)


def read(path: Path) -> str:
    return path.read_text()


def test_cfn_lint_finds_nothing() -> None:
    from cfnlint.api import lint_file  # two seconds, which a quick run does not spend

    assert [str(found) for found in lint_file(ON_FARGATE)] == []


def test_cloudformation_can_read_it() -> None:
    tokens = yaml.scan(ON_FARGATE.read_text())
    unread = (yaml.AliasToken, yaml.AnchorToken)  # CloudFormation knows no aliases
    assert [one for one in tokens if isinstance(one, unread)] == []
    assert len(ON_FARGATE.read_bytes()) <= 51_200


def test_a_task_may_do_what_a_machine_may_and_no_more(resources: dict[str, Any]) -> None:
    ours = statements(resources["TaskRole"])
    machines = {one["Sid"]: one for one in document("machine.json")["Statement"]}
    # The template makes the bucket itself, or finds one.
    assert ours.keys() == machines.keys() - {"SetUpBucket"}
    for name, statement in ours.items():
        for key in ("Effect", "Action", "Condition"):
            assert statement.get(key) == machines[name].get(key), name
        assert "*" not in (statement["Resource"], statement["Action"])


def test_what_holds_data_outlives_the_stack(resources: dict[str, Any]) -> None:
    keeps = ("AWS::DynamoDB::", "AWS::S3::")
    held = [one for one in resources.values() if one["Type"].startswith(keeps)]
    assert len(held) == 4
    assert all(one["DeletionPolicy"] == one["UpdateReplacePolicy"] == "Retain" for one in held)


def test_what_is_named_alike_in_both_templates_is_alike() -> None:
    ours, machines = template(ON_FARGATE), template()
    # Containers have no journal to keep a log in, so that 0 days are none of LogDays there.
    other = {"Vpc", "Subnets", "LogDays"}
    for name in ours["Parameters"].keys() & machines["Parameters"].keys() - other:
        for key in ("Type", "Default", "AllowedPattern", "AllowedValues", "NoEcho"):
            both = [found["Parameters"][name].get(key) for found in (ours, machines)]
            assert both[0] == both[1], (name, key)
    for name in ("EmployeesTable", "IndexTable", "PhotosBucket", "PhotosBucketPolicy"):
        both = [{**found["Resources"][name], "Metadata": None} for found in (ours, machines)]
        assert both[0] == both[1], name


def test_a_container_has_no_right_that_it_does_not_need(resources: dict[str, Any]) -> None:
    first = containers(resources)["directory"]
    for name, one in containers(resources).items():
        assert one["ReadonlyRootFilesystem"], name
        assert one["LinuxParameters"]["Capabilities"] == {"Drop": ["ALL"]}, name
        assert one["LogConfiguration"]["Options"]["awslogs-group"] == {"Ref": "Log"}, name
        for key in ("Image", "Environment", "Secrets", "MountPoints"):
            assert one[key] == first[key], (name, key)
    secrets = str(first["Secrets"])
    assert "SECRET_KEY" in secrets
    assert "OIDC_CLIENT_SECRET" in secrets
    assert "SECRET" not in str(first["Environment"])
    assert "RetentionInDays" in resources["Log"]["Properties"]


def test_what_runs_beside_the_server_of_a_machine_runs_here_too(resources: dict[str, Any]) -> None:
    here = {name: " ".join(one.get("Command", ())) for name, one in containers(resources).items()}
    for command in commands_of_units():
        assert any(command in said for said in here.values()), command
    assert here["set-up"] == "flask setup"
    target = resources["SweepDaily"]["Properties"]["Target"]
    assert target["EcsParameters"]["TaskDefinitionArn"] == {"Ref": "Sweep"}
    assert resources["JobsService"]["Properties"]["DesiredCount"] == 1


def test_the_schedule_may_start_the_sweep_and_nothing_else(resources: dict[str, Any]) -> None:
    may = statements(resources["SweepRole"])
    assert {name: one["Action"] for name, one in may.items()} == {
        "StartTheSweep": "ecs:RunTask",
        "WithItsRoles": "iam:PassRole",
    }
    assert may["StartTheSweep"]["Resource"] == {"Ref": "Sweep"}


def test_a_release_that_does_not_start_or_whose_pages_fail_is_taken_back(
    resources: dict[str, Any],
) -> None:
    service = resources["Service"]["Properties"]
    settings = service["DeploymentConfiguration"]
    assert settings["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}
    assert settings["MinimumHealthyPercent"] == 100
    assert settings["Alarms"]["AlarmNames"] == [{"Ref": "PagesFail"}]
    assert settings["Alarms"]["Rollback"]
    directory = containers(resources)["directory"]
    needed = {"ContainerName": "set-up", "Condition": "SUCCESS"}
    assert directory["DependsOn"] == [needed]


def test_no_task_is_replaced_because_a_table_fails(resources: dict[str, Any]) -> None:
    targets = resources["Targets"]["Properties"]
    directory = containers(resources)["directory"]
    assert targets["HealthCheckPath"] == "/healthz"
    assert "'/healthz'" in directory["HealthCheck"]["Command"][-1]
    (balancer,) = resources["Service"]["Properties"]["LoadBalancers"]
    (port,) = directory["PortMappings"]
    assert port["ContainerPort"] == balancer["ContainerPort"] == targets["Port"] == 8080
