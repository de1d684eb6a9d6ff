"""deploy/network.yaml: two or three zones, a way out that is chosen, and a bucket for logs."""

import json
import warnings
from collections.abc import Iterator
from functools import cache
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.support.stack.evaluation import Evaluation
from tests.support.stack.stacks import MARKS_ON_MOTO, REGION, on_moto
from tests.support.stack.template import DEPLOY, template, without_nothing

pytestmark = MARKS_ON_MOTO

PATH = DEPLOY / "network.yaml"
OUTPUTS = ("Vpc", "Subnets", "MachineSubnets", "AccessLogsBucket")
EVERYTHING = {
    "Zones": "3",
    "Ipv6": "yes",
    "NatGateways": "each-zone",
    "InterfaceEndpoints": "yes",
    "FlowLogs": "ALL",
}


@cache
def _body() -> dict[str, Any]:
    return template(PATH)


def _made(**given: str) -> dict[str, dict[str, Any]]:
    return Evaluation(_body(), **given).resources()


def _of(kind: str, **given: str) -> dict[str, dict[str, Any]]:
    return {
        name: one["Properties"]
        for name, one in _made(**given).items()
        if one["Type"] == f"AWS::EC2::{kind}"
    }


def _for_moto(part: Any) -> Any:
    """The template with addresses and zones worked out, of which moto knows nothing."""
    if isinstance(part, dict):
        if "Fn::Cidr" in part and "VpcCidr" in str(part):
            return Evaluation(_body()).value(part)
        if "Fn::GetAZs" in part:
            return [f"{REGION}{letter}" for letter in "abc"]
        return {key: _for_moto(one) for key, one in part.items()}
    return [_for_moto(one) for one in part] if isinstance(part, list) else part


@pytest.fixture(scope="module")
def outputs() -> Iterator[dict[str, str]]:
    with mock_aws(), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # flow logs and policies, held below as text
        client = boto3.client("cloudformation", region_name=REGION)
        decided = without_nothing(_body(), {"HasIpv6": False, "HasThirdZone": False})
        client.create_stack(StackName="network", TemplateBody=json.dumps(_for_moto(decided)))
        (stack,) = client.describe_stacks(StackName="network")["Stacks"]
        assert stack["StackStatus"] == "CREATE_COMPLETE"
        yield {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}


def test_cfn_lint_finds_nothing() -> None:
    from cfnlint.api import lint_file  # two seconds, which a quick run does not spend

    assert [str(found) for found in lint_file(PATH)] == []


def test_its_outputs_are_parameters_of_the_directorys_stack(outputs: dict[str, str]) -> None:
    assert tuple(outputs) == OUTPUTS
    assert set(OUTPUTS) <= set(template()["Parameters"])


def test_subnets_lie_in_different_zones_and_machines_have_no_public_address(
    outputs: dict[str, str],
) -> None:
    ec2 = boto3.client("ec2", region_name=REGION)
    for name in ("Subnets", "MachineSubnets"):
        subnets = ec2.describe_subnets(SubnetIds=outputs[name].split(","))["Subnets"]
        assert len({one["AvailabilityZone"] for one in subnets}) == len(subnets) == 2
        assert {one["VpcId"] for one in subnets} == {outputs["Vpc"]}
        assert not any(one["MapPublicIpOnLaunch"] for one in subnets)


def _way_out(subnet: str, **given: str) -> list[str]:
    """By which gateways a subnet reaches the internet over IPv4."""
    (table,) = (
        one["RouteTableId"]
        for one in _of("SubnetRouteTableAssociation", **given).values()
        if one["SubnetId"] == f"{{{subnet}}}"
    )
    return [
        one.get("GatewayId") or one["NatGatewayId"]
        for one in _of("Route", **given).values()
        if one["RouteTableId"] == table and "DestinationCidrBlock" in one
    ]


@pytest.mark.parametrize("number", ["1", "2", "3"])
def test_public_subnets_go_out_by_the_gateway_and_private_ones_by_nat(number: str) -> None:
    given = {"Zones": "3"}
    assert _way_out(f"PublicSubnet{number}", **given) == ["{InternetGateway}"]
    private = f"PrivateSubnet{number}"
    assert _way_out(private, **given) == ["{NatGateway1}"]
    assert _way_out(private, **given, NatGateways="each-zone") == [f"{{NatGateway{number}}}"]
    assert _way_out(private, **given, NatGateways="none") == []


def test_tables_and_buckets_are_reached_without_nat(outputs: dict[str, str]) -> None:
    found = boto3.client("ec2", region_name=REGION).describe_vpc_endpoints()["VpcEndpoints"]
    assert {one["ServiceName"] for one in found} == {
        f"com.amazonaws.{REGION}.s3",
        f"com.amazonaws.{REGION}.dynamodb",
    }
    assert {one["VpcId"] for one in found} == {outputs["Vpc"]}
    assert {len(one["RouteTableIds"]) for one in found} == {3}


def test_a_directory_is_made_in_it(outputs: dict[str, str]) -> None:
    stack = on_moto(**{name: outputs[name] for name in OUTPUTS})
    assert stack.status == "CREATE_COMPLETE"
    assert stack.group()["VPCZoneIdentifier"] == outputs["MachineSubnets"]
    elb = stack.client("elbv2")
    (balancer,) = elb.describe_load_balancers()["LoadBalancers"]
    zones = {zone["SubnetId"] for zone in balancer["AvailabilityZones"]}
    assert zones == set(outputs["Subnets"].split(","))


@pytest.mark.parametrize(("nat", "gateways"), [("none", 0), ("one", 1), ("each-zone", 3)])
def test_nat_gateways_are_as_many_as_was_chosen(nat: str, gateways: int) -> None:
    assert len(_of("NatGateway", Zones="3", NatGateways=nat)) == gateways
    assert len(_of("EIP", Zones="3", NatGateways=nat)) == gateways
    ways = [
        one["NatGatewayId"]
        for one in _of("Route", Zones="3", NatGateways=nat).values()
        if "NatGatewayId" in one
    ]
    assert len(ways) == (3 if gateways else 0)
    assert len(set(ways)) == gateways


def test_every_combination_names_only_what_is_made() -> None:
    for zones in ("2", "3"):
        for nat in ("none", "one", "each-zone"):
            for other in ("no", "yes"):
                given = {"Zones": zones, "NatGateways": nat, "Ipv6": other}
                made = _made(**given, InterfaceEndpoints=other)
                names = set(_body()["Resources"])
                for name in names - made.keys():
                    assert f"{{{name}}}" not in str(made), (given, name)
                    assert f"{{{name}." not in str(made), (given, name)


def test_no_two_subnets_overlap() -> None:
    for cidr, bits in (("10.20.0.0/16", "8"), ("10.0.0.0/21", "8"), ("10.0.0.0/24", "5")):
        subnets = _of("Subnet", Zones="3", VpcCidr=cidr, SubnetBits=bits)
        assert len({one["CidrBlock"] for one in subnets.values()}) == 6


def test_ipv6_comes_in_through_the_balancer_alone() -> None:
    subnets = _of("Subnet", **EVERYTHING)
    blocks = {one["Ipv6CidrBlock"] for one in subnets.values()}
    assert len(blocks) == 6
    private = [
        one
        for name, one in _of("Route", **EVERYTHING).items()
        if name.startswith("PrivateWayOutByIpv6")
    ]
    assert [one["EgressOnlyInternetGatewayId"] for one in private] == ["{EgressOnlyGateway}"] * 3
    assert "Ipv6" not in str(_of("Subnet").values())


def test_machines_without_internet_reach_what_they_call() -> None:
    made = _of("VPCEndpoint", NatGateways="none", InterfaceEndpoints="yes")
    inside = {
        one["ServiceName"].rpartition(".")[2]
        for one in made.values()
        if one["VpcEndpointType"] == "Interface"
    }
    assert inside == {
        "cloudformation",
        "logs",
        "monitoring",
        "secretsmanager",
        "ssm",
        "ssmmessages",
        "sts",
    }


def test_what_holds_logs_outlives_the_stack() -> None:
    for name in ("LogsBucket", "LogsBucketPolicy"):
        resource = _body()["Resources"][name]
        assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == "Retain"


def test_the_bucket_is_private_and_forgets_logs_after_their_days() -> None:
    bucket = _made(LogDays="30")["LogsBucket"]["Properties"]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    rules = {one["Id"]: one for one in bucket["LifecycleConfiguration"]["Rules"]}
    assert rules["ForgetLogs"]["ExpirationInDays"] == "30"
    # The load balancer cannot write to a bucket with a key of KMS.
    (encryption,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encryption == {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}


def test_only_the_services_that_log_write_to_the_bucket() -> None:
    document = _made()["LogsBucketPolicy"]["Properties"]["PolicyDocument"]
    allowed = [one for one in document["Statement"] if one["Effect"] == "Allow"]
    assert {one["Principal"]["Service"] for one in allowed} == {
        "logdelivery.elasticloadbalancing.amazonaws.com",
        "delivery.logs.amazonaws.com",
    }
    assert all(one["Action"] in ("s3:PutObject", "s3:GetBucketAcl") for one in allowed)
    assert all(
        one["Resource"] == "{LogsBucket.Arn}/AWSLogs/{AWS::AccountId}/*"
        for one in allowed
        if one["Action"] == "s3:PutObject"
    )
    for one in allowed:
        if one["Principal"]["Service"] == "delivery.logs.amazonaws.com":
            assert one["Condition"]["StringEquals"]["aws:SourceAccount"] == "{AWS::AccountId}"


def test_no_partition_and_no_region_is_written_into_it() -> None:
    assert "arn:aws:" not in PATH.read_text()
