"""What can be chosen for the stack, each choice on moto, in an account of its own."""

import re
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from app.settings import Settings
from tests.support.stack.evaluation import Evaluation
from tests.support.stack.iam_policies import Policy
from tests.support.stack.stacks import MARKS_ON_MOTO, REGION, on_moto
from tests.support.stack.template import properties, template, without_nothing

pytestmark = MARKS_ON_MOTO


@pytest.fixture(autouse=True)
def aws() -> Iterator[None]:
    with mock_aws():
        yield


def test_with_a_certificate_pages_come_by_https_and_http_leads_there() -> None:
    acm = boto3.client("acm", region_name=REGION)
    certificate = acm.request_certificate(DomainName="directory.example.com")["CertificateArn"]
    stack = on_moto(CertificateArn=certificate)
    listeners = stack.listeners()
    assert listeners.keys() == {80, 443}
    assert listeners[443]["Protocol"] == "HTTPS"
    assert listeners[443]["SslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-2021-06"
    assert listeners[443]["Certificates"] == [{"CertificateArn": certificate}]
    assert listeners[443]["DefaultActions"][0]["Type"] == "forward"
    (redirect,) = listeners[80]["DefaultActions"]
    assert (redirect["Type"], redirect["RedirectConfig"]["Protocol"]) == ("redirect", "HTTPS")
    assert stack.outputs["Address"].startswith("https://")


PROVIDER = {
    "OidcIssuer": "https://idp.example/tenant/v2.0",
    "OidcClientId": "7f3c-directory",
    "OidcClientSecret": "kept-by-nobody-else",
}
ENDPOINTS = {
    "OidcAuthorizationEndpoint": "https://idp.example/authorize",
    "OidcTokenEndpoint": "https://idp.example/token",
    "OidcUserInfoEndpoint": "https://idp.example/userinfo",
}


def test_a_load_balancer_that_signs_in_does_so_before_it_forwards() -> None:
    acm = boto3.client("acm", region_name=REGION)
    certificate = acm.request_certificate(DomainName="directory.example.com")["CertificateArn"]
    choice = {"SignIn": "oidc-at-the-balancer", "CertificateArn": certificate}
    stack = on_moto(**choice, **PROVIDER, **ENDPOINTS)
    assert stack.status == "CREATE_COMPLETE"
    sign_in, forward = stack.listeners()[443]["DefaultActions"]
    assert (sign_in["Type"], forward["Type"]) == ("authenticate-oidc", "forward")
    asked = sign_in["AuthenticateOidcConfig"]
    assert asked["Issuer"] == PROVIDER["OidcIssuer"]
    assert asked["UserInfoEndpoint"] == ENDPOINTS["OidcUserInfoEndpoint"]
    assert asked["OnUnauthenticatedRequest"] == "authenticate"
    assert asked["Scope"] == "openid email profile"
    assert int(asked["SessionTimeout"]) == 12 * 60 * 60
    (redirect,) = stack.listeners()[80]["DefaultActions"]
    assert redirect["Type"] == "redirect"  # nothing is forwarded without a sign-in


def test_its_machines_believe_this_balancer_alone_and_hold_no_secret() -> None:
    stack = on_moto(SignIn="oidc-at-the-balancer", **PROVIDER, **ENDPOINTS)
    settings = Settings.from_env(stack.settings())
    assert settings.load_balancer is not None
    assert settings.load_balancer.arn == stack.resources["LoadBalancer"]
    assert settings.sign_in.oidc is not None
    assert settings.sign_in.oidc.issuer == PROVIDER["OidcIssuer"]
    assert settings.sign_in.oidc.client_id == PROVIDER["OidcClientId"]
    assert settings.problems == ()
    assert PROVIDER["OidcClientSecret"] not in stack.user_data()
    assert "ReadTheClientSecret" not in stack.machine_policy()
    assert "ClientSecret" not in stack.resources


def test_a_directory_that_signs_in_reads_its_secret_when_it_starts() -> None:
    stack = on_moto(SignIn="oidc", PublicAddress="https://people.example.com", **PROVIDER)
    settings = stack.settings()
    assert "ClientSecret" in settings["OIDC_CLIENT_SECRET_FROM"]  # moto makes none
    assert settings["PUBLIC_ADDRESS"] == "https://people.example.com"
    assert "ALB_SIGN_IN" not in settings
    assert PROVIDER["OidcClientSecret"] not in stack.user_data()
    assert properties("ClientSecret")["SecretString"] == {"Ref": "OidcClientSecret"}
    statement = stack.machine_policy()["ReadTheClientSecret"]
    assert statement["Action"] == "secretsmanager:GetSecretValue"
    written = str(properties("MachineRole")["Policies"])
    assert "'secretsmanager:GetSecretValue', 'Resource': {'Ref': 'ClientSecret'}" in written
    assert stack.outputs["Address"] == "https://people.example.com/"


def test_what_was_typed_for_another_way_of_signing_in_is_not_used() -> None:
    stack = on_moto(**PROVIDER, **ENDPOINTS)
    assert not Settings.from_env(stack.settings()).has_sign_in
    (action,) = stack.listeners()[80]["DefaultActions"]
    assert action["Type"] == "forward"


def test_arm_machines_get_the_image_for_arm() -> None:
    stack = on_moto(InstanceType="t4g.micro")
    ec2 = stack.client("ec2")
    (image,) = ec2.describe_images(ImageIds=[stack.launch_data()["ImageId"]])["Images"]
    assert re.search("al2023-ami-.*-arm64", image["Name"])


def test_tables_and_a_bucket_that_are_there_are_used_and_never_made() -> None:
    boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="of-the-course")
    stack = on_moto(
        ExistingTables="yes", ExistingBucket="of-the-course", TableName="People", LeastMachines="1"
    )
    assert stack.status == "CREATE_COMPLETE"
    assert stack.client("dynamodb").list_tables()["TableNames"] == []
    settings = stack.settings()
    assert settings["PHOTOS_BUCKET"] == "of-the-course"
    assert settings["DYNAMO_TABLE"] == "People"
    statements = stack.machine_policy()
    assert statements.keys() >= {"SetUpTables", "SetUpExpiry"}
    assert "SetUpBucket" not in statements
    made = Policy({"Statement": list(statements.values())})
    assert "dynamodb:DeleteTable" not in made.allowed_actions()
    assert statements["KeepPeople"]["Resource"].endswith(":table/People")
    assert statements["KeepPhotos"]["Resource"] == "arn:aws:s3:::of-the-course/employee_pic/*"


def test_an_archive_at_https_allows_nothing_in_s3_but_its_own_name() -> None:
    archive = "https://downloads.example.com/directory/1.zip?X-Amz-Expires=60&x=%2F*"
    statement = on_moto(AppArchive=archive).machine_policy()["FetchTheRelease"]
    assert statement["Resource"] == "arn:aws:s3:::downloads.example.com/directory/1.zip"


# The network


def test_an_internal_directory_has_machines_in_subnets_of_their_own() -> None:
    subnets = boto3.client("ec2", region_name=REGION).describe_subnets()["Subnets"]
    private = [one["SubnetId"] for one in subnets[2:4]]
    stack = on_moto(Scheme="internal", MachineSubnets=",".join(private))
    (balancer,) = stack.client("elbv2").describe_load_balancers()["LoadBalancers"]
    assert balancer["Scheme"] == "internal"
    zones = {zone["SubnetId"] for zone in balancer["AvailabilityZones"]}
    assert zones == {one["SubnetId"] for one in subnets[:2]}
    assert stack.group()["VPCZoneIdentifier"].split(",") == private


def test_several_ranges_of_both_families_come_by_prefix_lists() -> None:
    stack = on_moto(AllowedFromList="pl-0a", AllowedFromIpv6List="pl-0b")
    front = stack.resources["LoadBalancerSecurityGroup"]
    (group,) = stack.client("ec2").describe_security_groups(GroupIds=[front])["SecurityGroups"]
    assert stack.status == "CREATE_COMPLETE"
    (people,) = group["IpPermissions"]  # moto makes nothing of a prefix list
    assert [one["CidrIp"] for one in people["IpRanges"]] == ["203.0.113.0/24"]
    asked = _chosen(AllowedFromList="pl-0a", AllowedFromIpv6List="pl-0b")
    rules = {(one["FromPort"], str(one.get("SourcePrefixListId"))) for one in asked}
    assert len(asked) == len(rules) == 5
    assert {port for port, _ in rules} == {80, 443}
    assert len(_chosen(AllowedFromList="pl-0a")) == 3
    assert len(_chosen()) == 1
    assert properties("LoadBalancer")["IpAddressType"] == {"Ref": "IpAddressType"}


def _chosen(**given: str) -> list[dict[str, Any]]:
    group = properties("LoadBalancerSecurityGroup")
    decided = without_nothing(group, Evaluation(template(), **given).conditions())
    rules: list[dict[str, Any]] = decided["SecurityGroupIngress"]
    return rules


def test_the_load_balancer_writes_its_log_where_a_bucket_is_named() -> None:
    written = properties("LoadBalancer")["LoadBalancerAttributes"]
    for bucket, enabled in (("", "false"), ("the-logs", "true")):
        choices = Evaluation(template(), AccessLogsBucket=bucket).conditions()
        attributes = {one["Key"]: one["Value"] for one in without_nothing(written, choices)}
        _, yes, no = attributes["access_logs.s3.enabled"]["Fn::If"]
        assert (yes if choices["HasAccessLogs"] else no) == enabled
        assert ("access_logs.s3.bucket" in attributes) == bool(bucket)


def test_a_name_of_ones_own_has_a_certificate_and_addresses_of_both_families() -> None:
    zone = boto3.client("route53").create_hosted_zone(Name="example.com", CallerReference="1")
    zone_id = zone["HostedZone"]["Id"].rpartition("/")[2]
    name = {"DomainName": "people.example.com", "HostedZoneId": zone_id}
    acm = boto3.client("acm", region_name=REGION)  # of a template, moto makes none
    given = acm.request_certificate(DomainName="people.example.com")["CertificateArn"]
    stack = on_moto(**name, CertificateArn=given, IpAddressType="dualstack")
    assert stack.status == "CREATE_COMPLETE"
    assert stack.outputs["Address"] == "https://people.example.com/"
    assert stack.settings()["PUBLIC_ADDRESS"] == "https://people.example.com"
    assert stack.listeners()[443]["Certificates"] == [{"CertificateArn": given}]
    choices = Evaluation(template(), **name).conditions()
    assert choices["HasCertificate"]
    assert choices["MakesCertificate"]
    (proof,) = properties("Certificate")["DomainValidationOptions"]
    assert proof == {"DomainName": {"Ref": "DomainName"}, "HostedZoneId": {"Ref": "HostedZoneId"}}
    found = stack.client("route53").list_resource_record_sets(HostedZoneId=zone_id)
    made = {one["Type"]: one for one in found["ResourceRecordSets"] if "AliasTarget" in one}
    assert made.keys() == {"A", "AAAA"}
    assert {one["Name"] for one in made.values()} == {"people.example.com"}


# The machines


def test_machines_of_several_types_share_a_group_and_some_are_spot() -> None:
    stack = on_moto(
        InstanceType="t4g.small",
        SecondInstanceType="t4g.medium",
        ThirdInstanceType="t4g.large",
        OnDemandPercent="25",
    )
    group = stack.group()
    assert "LaunchTemplate" not in group
    mixed = group["MixedInstancesPolicy"]
    assert [one["InstanceType"] for one in mixed["LaunchTemplate"]["Overrides"]] == [
        "t4g.small",
        "t4g.medium",
        "t4g.large",
    ]
    distribution = mixed["InstancesDistribution"]
    assert distribution["OnDemandPercentageAboveBaseCapacity"] == 25
    assert distribution["OnDemandBaseCapacity"] == 2


def test_machines_are_replaced_before_they_are_old() -> None:
    assert properties("Machines")["MaxInstanceLifetime"] == {"Ref": "MaxInstanceLifetime"}


def test_every_role_has_the_boundary_of_the_account() -> None:
    kinds = template()["Resources"].values()
    roles = [one["Properties"] for one in kinds if one["Type"] == "AWS::IAM::Role"]
    chosen = {"Fn::If": ["HasBoundary", {"Ref": "PermissionsBoundary"}, {"Ref": "AWS::NoValue"}]}
    assert len(roles) == 2
    assert all(role["PermissionsBoundary"] == chosen for role in roles)


def test_a_key_of_ones_own_is_in_tables_bucket_and_disks() -> None:
    key = "arn:aws:kms:us-west-2:123456789012:key/1"
    stack = on_moto(KmsKeyArn=key)
    for table in ("EmployeesTable", "IndexTable"):  # moto makes nothing of a table's key
        _, chosen, _ = properties(table)["SSESpecification"]["Fn::If"]
        assert chosen == {
            "SSEEnabled": True,
            "SSEType": "KMS",
            "KMSMasterKeyId": {"Ref": "KmsKeyArn"},
        }
    (rule,) = stack.client("s3").get_bucket_encryption(Bucket=stack.outputs["PhotosBucketName"])[
        "ServerSideEncryptionConfiguration"
    ]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"] == key
    (disk,) = stack.launch_data()["BlockDeviceMappings"]
    assert disk["Ebs"]["KmsKeyId"] == key
