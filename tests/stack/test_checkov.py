"""checkov finds nothing in deploy/ and in the Dockerfile but what has its reason.

A reason is beside the thing: ``Metadata: checkov`` in a template, a comment elsewhere. Those of
cloudformation.yaml are here, as it has no room for them.
"""

import json
import shutil
import subprocess
from collections.abc import Mapping
from typing import Any

import pytest

from tests.support.environment import isolated
from tests.support.repository import ROOT
from tests.support.stack.environments import installed

pytestmark = pytest.mark.slow

KINDS = ("cloudformation", "terraform", "dockerfile")
_KEY = "with a key where KmsKeyArn names one; checkov reads no condition"
ACCEPTED = {
    "CKV_AWS_119 DynamoDB::Table.EmployeesTable": _KEY,
    "CKV_AWS_119 DynamoDB::Table.IndexTable": _KEY,
    "CKV_AWS_18 S3::Bucket.PhotosBucket": "the directory's own log has every photo asked for",
    "CKV_AWS_158 Logs::LogGroup.Logs": "with CloudWatch's own key; LogGroup takes another group",
    "CKV_AWS_115 Lambda::Function.NetworkFinder": "runs once at an update",
    "CKV_AWS_116 Lambda::Function.NetworkFinder": "CloudFormation waits for its answer",
    "CKV_AWS_117 Lambda::Function.NetworkFinder": "it looks for the VPC, by the API of EC2",
    "CKV_AWS_23 EC2::SecurityGroup.LoadBalancerSecurityGroup": (
        "each rule has a description; checkov reads no condition"
    ),
    "CKV_AWS_91 ElasticLoadBalancingV2::LoadBalancer.LoadBalancer": (
        "to AccessLogsBucket, where it is given; checkov reads no condition"
    ),
    "CKV_AWS_26 SNS::Topic.AlarmTopic": (
        "alarms name nobody, and CloudWatch may not use the account's own key of SNS"
    ),
}


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, dict[str, Any]]:
    """What checkov says of each kind of file. It works without a network."""
    program = installed("checkov", "checkov, which judges what deploy/ makes")
    folder = tmp_path_factory.mktemp("checkov")
    for path in (ROOT / "Dockerfile", *(ROOT / "deploy").glob("*.yaml")):
        shutil.copy(path, folder)
    shutil.copytree(ROOT / "deploy" / "terraform", folder / "terraform")
    shutil.copytree(ROOT / "deploy" / "iam", folder / "iam")
    command = [str(program), "--directory", str(folder), "--framework", *KINDS]
    done = subprocess.run(
        [*command, "--output", "json", "--compact", "--skip-download", "--soft-fail"],
        env=isolated({}),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=90,
        check=True,
    )
    return {one["check_type"]: one for one in json.loads(done.stdout)}


def _found(report: Mapping[str, Any]) -> set[str]:
    return {
        f"{one['file_path'].lstrip('/')}: {one['check_id']} {one['resource'].removeprefix('AWS::')}"
        for one in report["results"]["failed_checks"]
    }


def test_every_kind_of_file_is_judged(reports: Mapping[str, dict[str, Any]]) -> None:
    assert set(reports) == set(KINDS)
    for report in reports.values():
        assert report["summary"]["parsing_errors"] == 0
        assert report["summary"]["passed"] > 50


@pytest.mark.parametrize("kind", ["terraform", "dockerfile"])
def test_nothing_is_found(kind: str, reports: Mapping[str, dict[str, Any]]) -> None:
    assert _found(reports[kind]) == set()


def test_nothing_is_found_in_templates_but_what_is_accepted(
    reports: Mapping[str, dict[str, Any]],
) -> None:
    accepted = {f"cloudformation.yaml: {found}" for found in ACCEPTED}
    assert _found(reports["cloudformation"]) == accepted


def test_each_exception_has_its_reason(reports: Mapping[str, dict[str, Any]]) -> None:
    for report in reports.values():
        for one in report["results"]["skipped_checks"]:
            assert len(one["check_result"]["suppress_comment"]) > 15, one["check_id"]
