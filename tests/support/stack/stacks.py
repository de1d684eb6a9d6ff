"""A stack that was made from the template, and what it made."""

import ast
import base64
import json
import time
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from tests.support.stack.evaluation import Evaluation
from tests.support.stack.template import PARAMETERS, TEMPLATE, template, without_nothing

# What moto makes nothing of; ministack makes it.
_IGNORED = (
    "S3..BucketPolicy|AutoScaling..ScalingPolicy|SNS..Subscription|CloudWatch..Alarm"
    "|SecretsManager..Secret|CertificateManager..Certificate"
)
MARKS_ON_MOTO = [
    pytest.mark.slow,
    pytest.mark.filterwarnings(f"ignore:Tried to parse AWS..({_IGNORED}) but:UserWarning"),
]
NAME = "directory"
REGION = "us-west-2"


class Stack:
    """Made with these parameters; ``endpoint`` is None on moto."""

    def __init__(
        self, body: str, endpoint: str | None, parameters: dict[str, str], name: str = NAME
    ) -> None:
        self._endpoint = endpoint
        self._name = name
        self.client("cloudformation").create_stack(
            StackName=self._name,
            TemplateBody=body,
            Capabilities=["CAPABILITY_IAM"],
            Parameters=[
                {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
            ],
        )
        self.status = self._wait()

    def client(self, service: str) -> Any:
        made: BaseClient = boto3.client(service, region_name=REGION, endpoint_url=self._endpoint)
        return made

    @property
    def resources(self) -> dict[str, str]:
        """The physical id of each resource, by its name in the template."""
        client = self.client("cloudformation")
        found = client.list_stack_resources(StackName=self._name)["StackResourceSummaries"]
        return {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in found}

    @property
    def outputs(self) -> dict[str, str]:
        (stack,) = self.client("cloudformation").describe_stacks(StackName=self._name)["Stacks"]
        return {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}

    def machine_policy(self) -> dict[str, dict[str, Any]]:
        """The statements of the machines' role, by name."""
        found = self.client("iam").get_role_policy(
            RoleName=self.outputs["Role"], PolicyName="employee-directory"
        )["PolicyDocument"]
        if isinstance(found, str):  # moto answers with Python's spelling of it
            found = ast.literal_eval(found)
        return {one["Sid"]: one for one in found["Statement"]}

    def group(self) -> dict[str, Any]:
        (found,) = self.client("autoscaling").describe_auto_scaling_groups(
            AutoScalingGroupNames=[self.outputs["Group"]]
        )["AutoScalingGroups"]
        group: dict[str, Any] = found
        return group

    def launch_data(self) -> dict[str, Any]:
        """What each machine is started with."""
        template_id = self.group()["LaunchTemplate"]["LaunchTemplateId"]
        (version,) = self.client("ec2").describe_launch_template_versions(
            LaunchTemplateId=template_id
        )["LaunchTemplateVersions"]
        data: dict[str, Any] = version["LaunchTemplateData"]
        return data

    def user_data(self) -> str:
        return base64.b64decode(self.launch_data()["UserData"]).decode()

    def settings(self) -> dict[str, str]:
        """The settings at the top of the user data."""
        block = self.user_data().split("<<'END_OF_SETTINGS'\n")[1].split("END_OF_SETTINGS\n")[0]
        return dict(line.split("=", 1) for line in block.splitlines())

    def listeners(self) -> dict[int, dict[str, Any]]:
        """The listeners of the load balancer, by port."""
        client = self.client("elbv2")
        (balancer,) = client.describe_load_balancers()["LoadBalancers"]
        found = client.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
        return {one["Port"]: one for one in found}

    def delete(self) -> None:
        """Delete it and wait until it is gone."""
        self.client("cloudformation").delete_stack(StackName=self._name)
        try:
            status = self._wait()
        except ClientError as error:
            assert "does not exist" in str(error)  # noqa: PT017
        else:
            assert status == "DELETE_COMPLETE"

    def _wait(self, seconds: float = 120) -> str:
        ends = time.monotonic() + seconds
        while True:
            (stack,) = self.client("cloudformation").describe_stacks(StackName=self._name)["Stacks"]
            status: str = stack["StackStatus"]
            if not status.endswith("IN_PROGRESS") or time.monotonic() > ends:
                return status
            time.sleep(0.2)


def two_subnets(endpoint: str | None) -> dict[str, str]:
    """Of the default VPC, as the parameter of the directory's template."""
    client = boto3.client("ec2", region_name=REGION, endpoint_url=endpoint)
    return {
        "Subnets": ",".join(one["SubnetId"] for one in client.describe_subnets()["Subnets"][:2])
    }


def on_moto(**parameters: str) -> Stack:
    """A stack within ``mock_aws``. moto cannot tell the VPC of a security group, so it is given."""
    (vpc, *_) = boto3.client("ec2", region_name=REGION).describe_vpcs()["Vpcs"]
    given = {**two_subnets(None), **PARAMETERS, "Vpc": vpc["VpcId"], **parameters}
    decided = without_nothing(template(), Evaluation(template(), **given).conditions())
    # moto's target group has no attributes; its ARN ends with the same.
    name = {"Fn::Select": [5, {"Fn::Split": [":", {"Ref": "Targets"}]}]}
    decided["Outputs"]["TargetsName"]["Value"] = name
    return Stack(json.dumps(decided), None, given)


def on_ministack(endpoint: str, name: str = NAME, **parameters: str) -> Stack:
    """A stack of the template as it stands. ministack has no images of Amazon's, so it gets two."""
    client = boto3.client("ssm", region_name=REGION, endpoint_url=endpoint)
    images = {"ImageForIntel": "/images/x86_64", "ImageForArm": "/images/arm64"}
    for image in images.values():
        client.put_parameter(Name=image, Value="ami-12345678", Type="String", Overwrite=True)
    given = {**two_subnets(endpoint), **PARAMETERS, **images, **parameters}
    return Stack(TEMPLATE.read_text(), endpoint, given, name)
