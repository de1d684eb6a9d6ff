"""The machine's policy allows a day's work of the real program, and nothing beside it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from app.contracts import Query
from app.model.errors import StorageUnavailable
from app.settings import Settings
from app.storage import open_stores
from tests.support.stack.a_day import settings_of, worked
from tests.support.stack.enforcement import Gate, enforced
from tests.support.stack.iam_policies import (
    ACCOUNT,
    BUCKET,
    IAM,
    REGION,
    STACK,
    Ask,
    Policy,
    document,
    table,
)

pytestmark = pytest.mark.slow

OF_FOLLOW = {"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"}
OBJECT = f"arn:aws:s3:::{BUCKET}/employee_pic/1.jpg"
MACHINE = f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/i-1"
GROUP = (
    f"arn:aws:autoscaling:{REGION}:{ACCOUNT}:autoScalingGroup:1:"
    f"autoScalingGroupName/{STACK}-Machines-1"
)
NEVER = [
    Ask("dynamodb:DeleteTable", table("Employees")),
    Ask("dynamodb:DeleteTable", table("Employees-index")),
    Ask("s3:DeleteBucket", f"arn:aws:s3:::{BUCKET}"),
    Ask("s3:DeleteObjectVersion", OBJECT),
    Ask("s3:PutBucketPolicy", f"arn:aws:s3:::{BUCKET}"),
    Ask("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/{STACK}-MachineRole-1"),
    Ask("cloudformation:DeleteStack", f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{STACK}/1"),
]


@pytest.fixture(scope="module")
def on_aws(dynamodb_local: str, s3_server: str) -> dict[str, str]:
    """The servers stand for AWS, in a region of this file's own: Employees is nobody else's."""
    return {
        "AWS_ENDPOINT_URL_DYNAMODB": dynamodb_local,
        "AWS_ENDPOINT_URL_S3": s3_server,
        "AWS_DEFAULT_REGION": REGION,
    }


@pytest.fixture
def servers(on_aws: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in on_aws.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="module")
def day(on_aws: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    """A day's work, judged by the machine's policy; what another program does is not judged."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in on_aws.items():
            environment.setenv(name, value)
        outside = boto3.client("dynamodb")
        with enforced(Policy(document("machine.json"))) as gate:
            gate.passes(outside)
            worked(tmp_path_factory.mktemp("day"), settings_of(REGION, BUCKET), outside)
    yield gate
    for name in ("Employees", "Employees-index"):
        outside.update_table(TableName=name, DeletionProtectionEnabled=False)
        outside.delete_table(TableName=name)
    outside.close()


@pytest.mark.slow
def test_a_day_is_allowed_and_every_allowed_action_is_used(day: Gate) -> None:
    assert day.refused == []
    used = {action for action, _ in day.asked}
    assert Policy(document("machine.json")).allowed_actions() == used


@pytest.mark.slow
def test_each_table_has_only_the_actions_that_the_day_makes_on_it(day: Gate) -> None:
    policy = Policy(document("machine.json"))
    for resource in (table("Employees"), table("Employees-index")):
        assert {action for action, where in day.asked if where == resource} == {
            action for action in policy.allowed_actions() if policy.allows(Ask(action, resource))
        }


@pytest.mark.slow
@pytest.mark.usefixtures("day")
def test_where_tables_and_bucket_are_complete_setup_needs_no_permission_to_make_them(
    servers: None,
) -> None:
    """As in the stack, whose machines may only look."""
    looking = document("machine.json")
    looking["Statement"] = [
        one for one in looking["Statement"] if not one["Sid"].startswith("SetUp")
    ]
    stores = open_stores(Settings.from_env(settings_of(REGION, BUCKET)))
    assert stores.photos is not None
    with enforced(Policy(looking), backed_up=True) as gate:
        said = [*stores.employees.set_up(), *stores.photos.set_up()]
    assert gate.refused == []
    assert said == [
        "Found the table Employees.",
        "Found the table Employees-index.",
        f"Found the photo bucket {BUCKET} in {REGION}.",
    ]


@pytest.mark.slow
def test_what_the_day_does_not_need_is_refused_elsewhere(day: Gate) -> None:
    """Every action, on every table and bucket but ours."""
    policy = Policy(document("machine.json"))
    others = ("Employee", "Employees2", "Employees-index2", "Payroll", "Employees-index/index/x")
    for action in {action for action, _ in day.asked}:
        for name in others:
            assert not policy.allows(Ask(action, table(name)))
        for bucket in (f"{BUCKET}2", "others"):
            assert not policy.allows(Ask(action, f"arn:aws:s3:::{bucket}"))
            assert not policy.allows(Ask(action, f"arn:aws:s3:::{bucket}/employee_pic/1.jpg"))


def test_only_photos_are_read_listed_and_deleted_in_the_bucket() -> None:
    policy = Policy(document("machine.json"))
    bucket = f"arn:aws:s3:::{BUCKET}"
    for action in ("s3:GetObject", "s3:PutObject", "s3:DeleteObject"):
        assert policy.allows(Ask(action, OBJECT))
        assert not policy.allows(Ask(action, f"{bucket}/salaries.csv"))
        assert not policy.allows(Ask(action, f"{bucket}/other/employee_pic/1.jpg"))
    assert policy.allows(Ask("s3:ListBucket", bucket, {"s3:prefix": "employee_pic/"}))
    assert not policy.allows(Ask("s3:ListBucket", bucket, {"s3:prefix": ""}))
    assert not policy.allows(Ask("s3:ListBucket", bucket, {"s3:prefix": "salaries"}))


@pytest.mark.slow
def test_a_machine_that_names_another_table_is_refused_in_our_words(
    servers: None,
) -> None:
    stores = open_stores(Settings.from_env(settings_of(REGION, BUCKET, table="Payroll")))
    with enforced(Policy(document("machine.json"))) as gate:
        with pytest.raises(StorageUnavailable, match="access was denied") as refused:
            stores.employees.browse(Query())
        with pytest.raises(StorageUnavailable, match="access was denied"):
            stores.employees.set_up()
    assert (refused.value.action, refused.value.resource) == ("dynamodb:Query", "Payroll-index")
    assert Ask("dynamodb:DescribeTable", table("Payroll")) in gate.refused


def test_the_stream_of_people_is_followed_and_no_other() -> None:
    policy = Policy(document("machine.json"))
    for action in OF_FOLLOW:
        assert policy.allows(Ask(action, f"{table('Employees')}/stream/2026-11-23T06:00:00.000"))
        assert not policy.allows(Ask(action, f"{table('Payroll')}/stream/2026-11-23T06:00:00.000"))


@pytest.mark.parametrize("ask", NEVER, ids=lambda ask: ask.action)
def test_neither_machine_nor_auditor_nor_operator_may_destroy_or_widen(ask: Ask) -> None:
    for names in (("machine.json", "machine-release.json"), ("auditor.json", "operator.json")):
        assert not Policy(*map(document, names)).allows(ask)


def test_the_operator_may_not_destroy_even_with_every_permission_beside() -> None:
    everything = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    policy = Policy(everything, document("operator.json"))
    data = [ask for ask in NEVER if ask.action.startswith(("dynamodb:", "s3:"))]
    assert [ask for ask in data if policy.allows(ask)] == []


def test_the_auditor_sees_the_settings_and_neither_people_nor_photos() -> None:
    policy = Policy(document("auditor.json"))
    assert policy.allows(Ask("dynamodb:DescribeTable", table("Employees")))
    assert policy.allows(Ask("s3:GetBucketPolicy", f"arn:aws:s3:::{BUCKET}"))
    assert policy.allows(
        Ask("elasticloadbalancing:DescribeTargetHealth", "*", {"aws:RequestedRegion": REGION})
    )
    for action in ("GetItem", "Query", "Scan", "PutItem", "UpdateTable"):
        assert not policy.allows(Ask(f"dynamodb:{action}", table("Employees")))
    assert not policy.allows(Ask("s3:GetObject", OBJECT))
    assert all(
        re.match(r"\w+:(Describe|Get|List)[A-Z]", action) for action in policy.allowed_actions()
    )


def test_the_operator_works_on_machines_of_this_stack_only() -> None:
    policy = Policy(document("auditor.json"), document("operator.json"))
    ours, others = {"aws:ResourceTag/employee-directory": STACK}, {}
    assert policy.allows(Ask("autoscaling:StartInstanceRefresh", GROUP))
    assert not policy.allows(
        Ask("autoscaling:StartInstanceRefresh", GROUP.replace(STACK, "payroll"))
    )
    assert policy.allows(Ask("ec2:GetConsoleOutput", MACHINE, ours))
    assert not policy.allows(Ask("ec2:GetConsoleOutput", MACHINE, others))
    assert policy.allows(
        Ask("ssm:StartSession", MACHINE, {"ssm:resourceTag/employee-directory": STACK})
    )
    assert not policy.allows(Ask("ssm:StartSession", MACHINE, ours))
    assert not policy.allows(Ask("dynamodb:GetItem", table("Employees")))


@pytest.mark.parametrize("path", sorted(IAM.glob("*.json")), ids=lambda path: path.name)
def test_every_policy_is_one_that_the_console_takes(path: Path) -> None:
    text = path.read_text()
    policy = json.loads(text)
    assert policy["Version"] == "2012-10-17"
    names = [one["Sid"] for one in policy["Statement"]]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch("[A-Za-z0-9]+", name) for name in names)
    assert len(re.sub(r"\s", "", text)) < 6144  # the limit of a managed policy
    for one in policy["Statement"]:
        if one["Effect"] == "Allow":
            assert not re.search(r'"[*\w:]*\*"', json.dumps(one["Action"]))
