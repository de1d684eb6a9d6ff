"""The template for containers on Fargate: its rights, its limits and how it goes back."""

from typing import Any

import pytest
import yaml

from tests.support.stack.iam_policies import document
from tests.support.stack.template import ON_FARGATE, template

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def resources() -> dict[str, Any]:
    found: dict[str, Any] = template(ON_FARGATE)["Resources"]
    return found


def containers(resources: dict[str, Any]) -> dict[str, Any]:
    made = resources["Task"]["Properties"]["ContainerDefinitions"]
    return {one["Name"]: one for one in made}


def statements(role: dict[str, Any]) -> dict[str, Any]:
    """By their names; of those that are there on a condition, as when they are there."""
    (policy,) = role["Properties"]["Policies"]
    found = policy["PolicyDocument"]["Statement"]
    shown = [one["Fn::If"][1] if "Fn::If" in one else one for one in found]
    return {one["Sid"]: one for one in shown}


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


def test_a_container_has_no_right_that_it_does_not_need(resources: dict[str, Any]) -> None:
    for name, one in containers(resources).items():
        assert one["ReadonlyRootFilesystem"], name
        assert one["LinuxParameters"]["Capabilities"] == {"Drop": ["ALL"]}, name
        assert one["LogConfiguration"]["Options"]["awslogs-group"] == {"Ref": "Log"}, name
        assert [secret["Name"] for secret in one["Secrets"]] == ["SECRET_KEY"], name
        assert "SECRET_KEY" not in [setting["Name"] for setting in one["Environment"]], name
    assert "RetentionInDays" in resources["Log"]["Properties"]


def test_a_release_that_does_not_become_ready_is_taken_back(resources: dict[str, Any]) -> None:
    service = resources["Service"]["Properties"]
    settings = service["DeploymentConfiguration"]
    assert settings["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}
    assert settings["MinimumHealthyPercent"] == 100
    targets = resources["Targets"]["Properties"]
    assert targets["HealthCheckPath"] == "/readyz"
    (balancer,) = service["LoadBalancers"]
    directory = containers(resources)["directory"]
    (port,) = directory["PortMappings"]
    assert port["ContainerPort"] == balancer["ContainerPort"] == targets["Port"] == 8080
