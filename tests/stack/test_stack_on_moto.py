"""The stack on moto, which starts machines and resolves Amazon's images, and cannot delete."""

import base64
import json
import re
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from app.settings import Settings
from app.storage.dynamodb import open_dynamodb_store
from tests.support.stack.iam_policies import document
from tests.support.stack.stacks import MARKS_ON_MOTO, REGION, Stack, on_moto
from tests.support.stack.template import DEPLOY, PARAMETERS

pytestmark = MARKS_ON_MOTO

SET_UP = {"SetUpTables", "SetUpExpiry", "SetUpBucket"}


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """A stack with nothing given but what has to be."""
    with mock_aws():
        yield on_moto()


def test_the_stack_is_created(stack: Stack) -> None:
    assert stack.status == "CREATE_COMPLETE"
    assert stack.outputs["Address"].startswith("http://")
    assert (stack.outputs["People"], stack.outputs["Index"]) == ("Employees", "Employees-index")


def test_the_machines_run_the_script_with_the_stacks_settings(stack: Stack) -> None:
    user_data = stack.user_data()
    assert stack.settings() == {
        "APP_ARCHIVE": PARAMETERS["AppArchive"],
        "APP_SHA256": PARAMETERS["AppSha256"],
        "PHOTOS_BUCKET": stack.outputs["PhotosBucketName"],
        "AWS_DEFAULT_REGION": REGION,
        "DYNAMO_MODE": "on",
        "DYNAMO_TABLE": "Employees",
        "TRUSTED_PROXIES": "1",
        "PUBLIC_ADDRESS": stack.outputs["Address"].rstrip("/"),
        "SIGNAL_TO": "directory/Machines",
        "LOG_GROUP": stack.outputs["LogGroupName"],
        "METRICS_LOG": "on",
        "SERVICE_NAME": "directory",
    }
    settings = re.compile("(?<=<<'END_OF_SETTINGS'\n).*?(?=END_OF_SETTINGS\n)", re.DOTALL)
    script = (DEPLOY / "user-data-al2023.sh").read_text()
    assert settings.sub("", user_data) == settings.sub("", script)
    assert len(user_data.encode()) < 16_384
    subprocess.run(["bash", "-n"], input=user_data, text=True, check=True)


def test_the_program_understands_the_settings_of_the_machines(stack: Stack) -> None:
    settings = Settings.from_env(stack.settings())
    assert settings.dynamo_mode
    assert settings.problems == ()
    assert settings.trusted_proxies == 1
    assert settings.sign_in.public_address == stack.outputs["Address"].rstrip("/").lower()
    assert not settings.has_sign_in


def test_two_machines_start_from_amazons_image_and_the_template(stack: Stack) -> None:
    ec2 = stack.client("ec2")
    reservations = ec2.describe_instances()["Reservations"]
    machines = [one for reservation in reservations for one in reservation["Instances"]]
    assert len(machines) == 2
    for machine in machines:
        (image,) = ec2.describe_images(ImageIds=[machine["ImageId"]])["Images"]
        assert re.search("al2023-ami-.*-x86_64", image["Name"])
        started = ec2.describe_instance_attribute(
            InstanceId=machine["InstanceId"], Attribute="userData"
        )
        assert base64.b64decode(started["UserData"]["Value"]).decode() == stack.user_data()
        tags = {tag["Key"]: tag["Value"] for tag in machine["Tags"]}
        assert tags["employee-directory"] == "directory"


def test_machines_speak_imdsv2_only_and_their_disks_are_encrypted(stack: Stack) -> None:
    data = stack.launch_data()
    assert data["MetadataOptions"]["HttpTokens"] == "required"
    assert data["MetadataOptions"]["HttpPutResponseHopLimit"] == 1
    (disk,) = data["BlockDeviceMappings"]
    assert disk["Ebs"]["Encrypted"] is True


def test_the_machines_role_is_the_policy_of_deploy_iam(stack: Stack) -> None:
    filled_in = {
        one["Sid"]: _here(one, stack.outputs["PhotosBucketName"])
        for one in document("machine.json")["Statement"]
    }
    wanted = {name: one for name, one in filled_in.items() if name not in SET_UP}
    found = stack.machine_policy()
    (logs,) = document("machine-logs.json")["Statement"]
    logs["Resource"] = logs["Resource"].replace("the-log", stack.outputs["LogGroupName"])
    assert found.pop("ShipTheLog") == _here(logs, "")
    release = found.pop("FetchTheRelease")
    telling = found.pop("TellTheStack")
    assert found == wanted
    assert telling["Action"] == "cloudformation:SignalResource"
    assert telling["Resource"].endswith(
        ":stack/directory/" + telling["Resource"].rpartition("/")[2]
    )
    assert release["Action"] == "s3:GetObject"
    assert release["Resource"] == "arn:aws:s3:::the-releases/employee-directory.zip"
    assert (
        stack.client("iam").list_attached_role_policies(RoleName=stack.outputs["Role"])[
            "AttachedPolicies"
        ]
        == []
    )


def _here(statement: dict[str, Any], bucket: str) -> dict[str, Any]:
    """A statement of deploy/iam, for this stack's region and bucket."""
    text = json.dumps(statement).replace("eu-central-1", REGION).replace("the-photos", bucket)
    found: dict[str, Any] = json.loads(text)
    return found


def test_the_log_is_kept_for_the_days_that_were_chosen(stack: Stack) -> None:
    (group,) = stack.client("logs").describe_log_groups()["logGroups"]
    assert (group["logGroupName"], group["retentionInDays"]) == (
        stack.outputs["LogGroupName"],
        30,
    )


def test_only_machines_take_the_role(stack: Stack) -> None:
    role = stack.client("iam").get_role(RoleName=stack.outputs["Role"])["Role"]
    assert role["AssumeRolePolicyDocument"] == document("machine-trust.json")
    profile = stack.launch_data()["IamInstanceProfile"]["Arn"]
    (made,) = stack.client("iam").list_instance_profiles()["InstanceProfiles"]
    assert (made["Arn"], made["Roles"][0]["RoleName"]) == (profile, stack.outputs["Role"])


def test_the_group_is_two_to_six_and_believes_the_load_balancer(stack: Stack) -> None:
    group = stack.group()
    assert (group["MinSize"], group["MaxSize"]) == (2, 6)
    assert group["HealthCheckType"] == "ELB"
    (targets,) = stack.client("elbv2").describe_target_groups()["TargetGroups"]
    assert group["TargetGroupARNs"] == [targets["TargetGroupArn"]]
    assert (targets["HealthCheckPath"], targets["Port"]) == ("/healthz", 80)
    assert targets["Matcher"] == {"HttpCode": "200"}
    assert len(group["VPCZoneIdentifier"].split(",")) == 2


def test_people_reach_the_load_balancer_and_only_it_reaches_the_machines(stack: Stack) -> None:
    groups = stack.client("ec2").describe_security_groups()["SecurityGroups"]
    rules = {one["GroupId"]: one["IpPermissions"] for one in groups}
    front = stack.resources["LoadBalancerSecurityGroup"]
    (people,) = rules[front]
    assert [one["CidrIp"] for one in people["IpRanges"]] == ["203.0.113.0/24"]
    (machines,) = rules[stack.resources["MachineSecurityGroup"]]
    assert [one["GroupId"] for one in machines["UserIdGroupPairs"]] == [front]
    assert machines["IpRanges"] == []
    assert machines["ToPort"] == people["ToPort"] == 80


def test_flask_setup_finds_the_tables_as_the_template_made_them(stack: Stack) -> None:
    said = open_dynamodb_store(Settings.from_env(stack.settings())).set_up()
    assert {"Found the table Employees.", "Found the table Employees-index."} <= set(said)
    # moto takes no backups and no expiry from a template; all else it has to have found.
    rest = [one for one in said if not re.search("Found|point-in-time|expired", one)]
    assert rest == []


def test_without_one_pages_come_by_http(stack: Stack) -> None:
    (listener,) = stack.listeners().values()
    assert (listener["Port"], listener["Protocol"]) == (80, "HTTP")
    assert listener["DefaultActions"][0]["Type"] == "forward"
