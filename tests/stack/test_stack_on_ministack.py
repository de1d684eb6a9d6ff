"""The stack on ministack, which creates and deletes all of it, and starts no machines."""

import json
from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from tests.support.stack.ministack import running_ministack
from tests.support.stack.stacks import NAME, Stack, on_ministack
from tests.support.stack.template import DEPLOY, template

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_ministack(tmp_path_factory.mktemp("ministack")) as endpoint:
        yield endpoint


@pytest.fixture(scope="module")
def stack(ministack: str) -> Stack:
    return on_ministack(ministack, AlarmEmail="operators@example.com")


def test_all_that_the_template_names_is_created(stack: Stack) -> None:
    assert stack.status == "CREATE_COMPLETE"
    resources = template()["Resources"]
    https = {"HttpsFromPeople", "HttpToHttps"}
    looking_up = {"Network", "NetworkFinder", "NetworkFinderRole"}  # subnets were given
    signing_in = {"ClientSecret"}
    own_name = {"Certificate", "Names"}
    assert stack.resources.keys() == resources.keys() - https - looking_up - signing_in - own_name


def test_everything_is_in_the_default_vpc(stack: Stack) -> None:
    ec2 = stack.client("ec2")
    (default,) = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    (targets,) = stack.client("elbv2").describe_target_groups()["TargetGroups"]
    assert targets["VpcId"] == default["VpcId"]


def test_the_bucket_is_private_encrypted_versioned_and_tls_only(stack: Stack) -> None:
    s3, name = stack.client("s3"), stack.outputs["PhotosBucketName"]
    block = s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
    assert set(block.values()) == {True}
    (rule,) = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
    policy = json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])
    assert policy["Statement"][0]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    owner = s3.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]["Rules"]
    assert owner == [{"ObjectOwnership": "BucketOwnerEnforced"}]


def test_the_group_follows_the_cpu(stack: Stack) -> None:
    (policy,) = stack.client("autoscaling").describe_policies()["ScalingPolicies"]
    target = policy["TargetTrackingConfiguration"]
    assert target["TargetValue"] == 50
    metric = target["PredefinedMetricSpecification"]["PredefinedMetricType"]
    assert metric == "ASGAverageCPUUtilization"


def test_alarms_are_published_and_mailed(stack: Stack) -> None:
    found = stack.client("cloudwatch").describe_alarms()["MetricAlarms"]
    ours = [one for one in found if one["AlarmName"].startswith(f"{NAME}-")]
    assert len(ours) == 7
    assert all(one["AlarmActions"] == [stack.outputs["Alarms"]] for one in ours)
    (mail,) = stack.client("sns").list_subscriptions()["Subscriptions"]
    assert (mail["Protocol"], mail["Endpoint"]) == ("email", "operators@example.com")


def test_a_stack_beside_it_watches_it(ministack: str, stack: Stack) -> None:
    body = template(DEPLOY / "watching.yaml")
    del body["Resources"]["TablesFail"]  # ministack knows no alarm on a sum of metrics
    watching = Stack(json.dumps(body), ministack, {"Directory": NAME}, "watching")
    assert watching.status == "CREATE_COMPLETE"
    alarms = watching.client("cloudwatch").describe_alarms()["MetricAlarms"]
    ours = [one for one in alarms if one["AlarmName"].startswith("watching-")]
    assert len(ours) == 12
    assert all(one["AlarmActions"] == [stack.outputs["Alarms"]] for one in ours)
    (spent,) = [one for one in ours if "CreditsAreSpent" in one["AlarmName"]]
    assert spent["Dimensions"] == [
        {"Name": "AutoScalingGroupName", "Value": stack.outputs["Group"]}
    ]
    shown = watching.client("cloudwatch").get_dashboard(
        DashboardName=watching.outputs["Dashboard"]
    )["DashboardBody"]
    assert f"SOURCE '{stack.outputs['LogGroupName']}'" in shown
    assert json.loads(shown)["widgets"]
    (counting,) = watching.client("logs").describe_metric_filters()["metricFilters"]
    assert counting["logGroupName"] == stack.outputs["LogGroupName"]
    watching.delete()


def test_tables_are_protected_from_deletion(stack: Stack) -> None:
    client = stack.client("dynamodb")
    for name in ("Employees", "Employees-index"):
        assert client.describe_table(TableName=name)["Table"]["DeletionProtectionEnabled"]
        with pytest.raises(ClientError, match="protect"):
            client.delete_table(TableName=name)


def test_machines_have_no_policy_of_amazons_unless_session_manager_is_wanted(
    ministack: str, stack: Stack
) -> None:
    def attached(to: Stack) -> list[str]:
        found = to.client("iam").list_attached_role_policies(RoleName=to.outputs["Role"])
        return [one["PolicyName"] for one in found["AttachedPolicies"]]

    assert attached(stack) == []
    other = on_ministack(ministack, "other", SessionManager="yes", TableName="Others")
    assert attached(other) == ["AmazonSSMManagedInstanceCore"]
    other.delete()


def test_a_client_secret_is_in_secrets_manager_and_in_no_user_data(ministack: str) -> None:
    other = on_ministack(
        ministack,
        "signing-in",
        SignIn="oidc",
        OidcIssuer="https://idp.example",
        OidcClientId="directory",
        OidcClientSecret="kept-by-nobody-else",
        PublicAddress="https://people.example.com",
        TableName="SigningIn",
    )
    assert other.status == "CREATE_COMPLETE"
    secret = other.settings()["OIDC_CLIENT_SECRET_FROM"]
    kept = other.client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"]
    assert kept == "kept-by-nobody-else"
    assert kept not in other.user_data()
    statement = other.machine_policy()["ReadTheClientSecret"]
    assert (statement["Action"], statement["Resource"]) == ("secretsmanager:GetSecretValue", secret)
    other.delete()


def test_after_the_stack_is_deleted_its_data_is_there_and_nothing_else(
    ministack: str, stack: Stack
) -> None:
    """The last test of this file: it takes the stack away, and makes it anew around the data."""
    bucket = stack.outputs["PhotosBucketName"]
    key = {"id": {"S": "ada"}}
    stack.client("dynamodb").put_item(TableName="Employees", Item=key)
    stack.client("s3").put_object(Bucket=bucket, Key="employee_pic/1.jpg", Body=b"photo")
    stack.delete()
    assert stack.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"] == []
    assert stack.client("elbv2").describe_load_balancers()["LoadBalancers"] == []
    assert stack.client("iam").list_roles()["Roles"] == []
    assert stack.client("cloudwatch").describe_alarms()["MetricAlarms"] == []
    again = on_ministack(ministack, ExistingTables="yes", ExistingBucket=bucket)
    assert again.status == "CREATE_COMPLETE"
    assert again.client("dynamodb").get_item(TableName="Employees", Key=key)["Item"] == key
    photo = again.client("s3").get_object(Bucket=bucket, Key="employee_pic/1.jpg")
    assert photo["Body"].read() == b"photo"
    assert again.settings()["PHOTOS_BUCKET"] == bucket
    again.delete()
