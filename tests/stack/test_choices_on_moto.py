"""What can be chosen for the stack, each choice on moto, in an account of its own."""

import re
from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from tests.support.stack.iam_policies import Policy
from tests.support.stack.stacks import MARKS_ON_MOTO, REGION, on_moto

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
