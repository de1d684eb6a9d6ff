"""deploy/key.yaml: who may use the key, through what, and that it stays."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.support.stack.evaluation import Evaluation
from tests.support.stack.stacks import REGION
from tests.support.stack.template import DEPLOY, template

pytestmark = pytest.mark.slow

PATH = DEPLOY / "key.yaml"
THIS_ACCOUNT = {"kms:CallerAccount": "{AWS::AccountId}"}
ROLES = "arn:{AWS::Partition}:iam::{AWS::AccountId}:role/aws-service-role/"


def _statements() -> dict[str, dict[str, Any]]:
    key = Evaluation(template(PATH)).resources()["Key"]["Properties"]
    return {one["Sid"]: one for one in key["KeyPolicy"]["Statement"]}


@pytest.fixture(scope="module")
def made() -> Iterator[str]:
    """The key's ARN."""
    with mock_aws():
        client = boto3.client("cloudformation", region_name=REGION)
        client.create_stack(StackName="key", TemplateBody=PATH.read_text())
        (stack,) = client.describe_stacks(StackName="key")["Stacks"]
        assert stack["StackStatus"] == "CREATE_COMPLETE"
        yield stack["Outputs"][0]["OutputValue"]


def test_cfn_lint_finds_nothing() -> None:
    from cfnlint.api import lint_file  # two seconds, which a quick run does not spend

    assert [str(found) for found in lint_file(PATH)] == []


def test_the_key_rotates_and_has_the_stacks_name(made: str) -> None:
    (alias,) = (
        one
        for one in boto3.client("kms", region_name=REGION).list_aliases()["Aliases"]
        if one["AliasName"] == "alias/key"
    )
    assert made.endswith(f":key/{alias['TargetKeyId']}")
    key = Evaluation(template(PATH), RotationDays="90").resources()["Key"]["Properties"]
    assert (key["EnableKeyRotation"], key["RotationPeriodInDays"]) == (True, "90")


def test_its_output_is_a_parameter_of_the_directorys_stack_and_of_backups() -> None:
    assert list(template(PATH)["Outputs"]) == ["KmsKeyArn"]
    for name in ("cloudformation.yaml", "backup.yaml", "firewall.yaml"):
        assert "KmsKeyArn" in template(DEPLOY / name)["Parameters"]


def test_what_it_encrypted_can_be_read_after_the_stack_is_deleted() -> None:
    key = template(PATH)["Resources"]["Key"]
    assert key["DeletionPolicy"] == key["UpdateReplacePolicy"] == "Retain"
    assert key["Properties"]["PendingWindowInDays"] == 30


def test_everybody_is_only_everybody_of_this_account() -> None:
    everybody = [one for one in _statements().values() if one["Principal"] == {"AWS": "*"}]
    assert len(everybody) == 4
    for one in everybody:
        assert one["Condition"]["StringEquals"] == THIS_ACCOUNT
        assert len(one["Condition"]) > 1


def test_it_is_used_through_what_keeps_the_directory_and_nothing_else() -> None:
    statements = _statements()
    used = statements["ThisAccountThroughServicesThatKeepTheDirectory"]["Condition"]
    handed_on = statements["ThisAccountHandsItToThem"]["Condition"]
    assert handed_on["StringLike"] == used["StringLike"]
    services = {one.split(".")[0] for one in used["StringLike"]["kms:ViaService"]}
    assert services == {"backup", "dynamodb", "ec2", "s3", "secretsmanager", "sns", "ssm"}
    assert all("{AWS::Region}" in one for one in used["StringLike"]["kms:ViaService"])


def test_a_group_starts_machines_whose_disks_have_the_key() -> None:
    statements = _statements()
    roles = [
        f"{ROLES}autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
        f"{ROLES}spot.amazonaws.com/AWSServiceRoleForEC2Spot",
    ]
    for name in ("GroupsOfMachinesUseEncryptedDisks", "GroupsOfMachinesHandItToTheirDisks"):
        assert statements[name]["Condition"]["ArnEquals"] == {"aws:PrincipalArn": roles}


def test_it_is_handed_on_to_services_of_aws_alone() -> None:
    granting = [one for one in _statements().values() if "kms:CreateGrant" in one["Action"]]
    assert len(granting) == 2
    for one in granting:
        assert one["Condition"]["Bool"] == {"kms:GrantIsForAWSResource": "true"}


def test_logs_and_alarms_of_this_account_alone_use_it() -> None:
    statements = _statements()
    logs, alarms = statements["LogsOfThisAccount"], statements["AlarmsOfThisAccount"]
    assert logs["Principal"] == {"Service": "logs.{AWS::Region}.{AWS::URLSuffix}"}
    assert "{AWS::AccountId}" in str(logs["Condition"]["ArnLike"])
    assert alarms["Condition"] == {"StringEquals": {"aws:SourceAccount": "{AWS::AccountId}"}}


def test_nobody_but_administrators_changes_or_deletes_it() -> None:
    for name, one in _statements().items():
        actions = [one["Action"]] if isinstance(one["Action"], str) else one["Action"]
        if name == "IamSaysWhoAdministersIt":
            assert one["Principal"]["AWS"].endswith(":iam::{AWS::AccountId}:root")
        else:
            changing = ("kms:Put", "kms:Schedule", "kms:Disable", "kms:*")
            assert not any(action.startswith(changing) for action in actions)


def test_no_partition_and_no_region_is_written_into_it() -> None:
    assert "arn:aws:" not in PATH.read_text()
