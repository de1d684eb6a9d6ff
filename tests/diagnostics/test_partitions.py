"""The policies that health checks print fit the part of AWS that the directory is in."""

import json

import pytest

from app.model.errors import StorageUnavailable
from app.storage.aws.s3_checks import BucketChecks
from app.storage.aws.s3_client import S3Calls
from app.storage.dynamodb.checks import TableChecks
from app.storage.dynamodb.client.calls import Calls
from app.storage.dynamodb.client.tables import Tables
from tests.support.repository import ROOT

PARTITIONS = [("us-west-2", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]


def _partitions(policy: str) -> set[str]:
    resources = [statement["Resource"] for statement in json.loads(policy)]
    return {resource.split(":")[1] for resource in resources}


def _refuse(*_: object, **__: object) -> None:
    raise StorageUnavailable(
        "the photo store",
        action="s3:HeadBucket",
        resource="photos",
        reason="AccessDenied: access was denied",
    )


@pytest.mark.parametrize(("region", "partition"), [*PARTITIONS, ("of-our-own", "aws")])
def test_the_policy_for_a_bucket(
    region: str, partition: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = S3Calls("the-photos", region)
    monkeypatch.setattr(calls, "call", _refuse)
    found = BucketChecks(calls).check_access()
    assert _partitions(found.fix_command) == {partition}


@pytest.mark.parametrize(("region", "partition"), PARTITIONS)
def test_the_policy_for_tables(
    region: str, partition: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = Calls(region, {})
    for name in ("read", "administer"):
        monkeypatch.setattr(calls, name, _refuse)
    found = TableChecks(calls, Tables("Employees", "Employees-index"), region).all()[0].run()
    assert _partitions(found.fix_command) == {partition}


def test_no_policy_names_one_part_of_aws() -> None:
    files = [
        *ROOT.glob("deploy/iam/*.json"),
        *ROOT.glob("deploy/*.yaml"),
        *ROOT.glob("deploy/terraform/*.tf"),
    ]
    naming = [path.name for path in files if "arn:aws:" in path.read_text()]
    assert len(files) > 10
    assert naming == []
