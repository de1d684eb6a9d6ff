"""What the stack runs to find its subnets, as the template holds it, against moto's network."""

import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.support.stack.stacks import REGION
from tests.support.stack.template import properties, template

pytestmark = pytest.mark.slow

Answer = dict[str, Any]


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Answer]]:
    """What CloudFormation was told, where AWS's own module would tell it."""
    told: list[Answer] = []
    module = ModuleType("cfnresponse")
    module.SUCCESS, module.FAILED = "SUCCESS", "FAILED"  # type: ignore[attr-defined]

    def send(event: Any, context: Any, status: str, data: Any, identity: str, *more: Any) -> None:
        told.append({"status": status, "data": data, "id": identity, "reason": more[1]})

    module.send = send  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "cfnresponse", module)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        yield told


def ask(answers: list[Answer], request: str = "Create", **asked: str) -> Answer:
    code: dict[str, Any] = {}
    exec(compile(properties("NetworkFinder")["Code"]["ZipFile"], "index.py", "exec"), code)
    given = {"Vpc": "", "InstanceType": "t3.micro", **asked}
    code["handler"]({"RequestType": request, "ResourceProperties": given}, None)
    (answer,) = answers
    return answer


def test_without_subnets_the_stack_takes_one_of_each_zone_of_the_default_vpc(answers) -> None:
    ec2 = boto3.client("ec2")
    answer = ask(answers)
    assert answer["status"] == "SUCCESS"
    (vpc,) = ec2.describe_vpcs()["Vpcs"]
    assert answer["data"]["Vpc"] == vpc["VpcId"]
    chosen = answer["data"]["Subnets"].split(",")
    found = ec2.describe_subnets(SubnetIds=chosen)["Subnets"]
    assert len(found) == len({one["AvailabilityZone"] for one in found}) >= 2


def test_a_vpc_that_was_named_is_the_one_that_is_searched(answers) -> None:
    ec2 = boto3.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    made = []
    for number, zone in enumerate(("a", "b", "b")):
        subnet = ec2.create_subnet(
            VpcId=vpc, CidrBlock=f"10.9.{number}.0/24", AvailabilityZone=REGION + zone
        )["Subnet"]["SubnetId"]
        public = {"Value": number < 2}
        ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch=public)
        made.append(subnet)
    assert ask(answers, Vpc=vpc)["data"]["Subnets"] == ",".join(made[:2])


def test_zones_without_such_machines_are_left_out_and_the_stack_says_so(answers) -> None:
    answer = ask(answers, InstanceType="no.such")
    assert answer["status"] == "FAILED"
    assert "fewer than two zones with no.such: give Subnets." in answer["reason"]


def test_a_region_without_a_default_vpc_says_what_to_give(answers) -> None:
    ec2 = boto3.client("ec2")
    for subnet in ec2.describe_subnets()["Subnets"]:
        ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    for vpc in ec2.describe_vpcs()["Vpcs"]:
        ec2.delete_vpc(VpcId=vpc["VpcId"])
    answer = ask(answers)
    assert (answer["status"], answer["reason"]) == (
        "FAILED",
        "This region has no default VPC: give Vpc and Subnets.",
    )


def test_deleting_the_stack_asks_nothing(answers) -> None:
    assert ask(answers, "Delete", InstanceType="no.such")["status"] == "SUCCESS"


def test_it_may_look_at_the_network_and_do_nothing_else() -> None:
    (policy,) = properties("NetworkFinderRole")["Policies"]
    allowed = {action for one in policy["PolicyDocument"]["Statement"] for action in one["Action"]}
    assert {each for each in allowed if not each.startswith("logs:")} == {
        "ec2:DescribeVpcs",
        "ec2:DescribeSubnets",
        "ec2:DescribeInstanceTypeOfferings",
    }


def test_it_is_made_only_where_no_subnets_were_given() -> None:
    resources = template()["Resources"]
    for name in ("Network", "NetworkFinder", "NetworkFinderRole"):
        assert resources[name]["Condition"] == "LooksUpSubnets"
