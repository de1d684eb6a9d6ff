"""cfn-guard, by the rules of AWS Control Tower, finds nothing in a stack but what has its reason.

What is judged is a stack with all that can be chosen: key, certificate, bucket for logs, private
machines. So the templates are evaluated first; cfn-guard reads no condition.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.stack.cfn_guard import rules_broken
from tests.support.stack.evaluation import Evaluation
from tests.support.stack.template import DEPLOY, template

pytestmark = pytest.mark.slow

KEY = "arn:aws:kms:us-west-2:123456789012:key/1"
CHOSEN = {
    "KmsKeyArn": KEY,
    "CertificateArn": "arn:aws:acm:us-west-2:123456789012:certificate/1",
    "AccessLogsBucket": "the-logs",
    "Vpc": "vpc-1",
    "Subnets": "subnet-1,subnet-2",
    "MachineSubnets": "subnet-3,subnet-4",
    "SecondInstanceType": "t3a.micro",
    "PublicIp": "DISABLED",
    "LogDays": "365",
    "AlarmTopic": "arn:aws:sns:us-west-2:123456789012:alarms",
    "PhotosBucket": "the-photos",
    "Log": "all",
    "Ipv6": "yes",
    "Zones": "3",
}
_OF_BUCKETS = {
    "s3_bucket_logging_enabled_check": "the directory's own log has every photo asked for",
    "s3_event_notifications_enabled_check": "nothing waits for such events",
    "s3_bucket_object_lock_enabled_check": "people may have their photo removed",
    # Our own tests hold it: the rule knows a bucket by its Ref alone, and ours are named by GetAtt.
    "s3_bucket_policy_ssl_requests_only_check": "the policy denies it, by the bucket's ARN",
}
_OF_BALANCERS = {
    "elbv2_deletion_protection_enabled_check": "it holds no data, and a stack can be deleted",
}
_OF_LOGS = {
    "cloudwatch_log_group_encrypted_check": "with CloudWatch's own key; LogGroup takes another",
}
ACCEPTED: dict[str, dict[str, str]] = {
    "backup": {},
    "cloudformation": {
        **_OF_BUCKETS,
        **_OF_BALANCERS,
        **_OF_LOGS,
        "autoscaling_multiple_az_check": "subnets name the zones",
        "autoscaling_group_nitro_encryption_in_transit_override_check": "no t3 and t4g has it",
    },
    "ecs": {
        **_OF_BUCKETS,
        **_OF_BALANCERS,
        "cloudwatch_log_group_encrypted_check": "with CloudWatch's own key",
        "elbv2_logging_enabled_check": "the directory's own log has every request",
        "ecs_container_insights_enabled_check": "the program tells its own metrics",
        "ecs_task_definition_nonroot_user_check": "the image names its user, 10001",
        "ecs_task_definition_memory_hard_limit_check": "the limit is the task's, on Fargate",
    },
    "firewall": {},
    "key": {
        "kms_create_grant_aws_service_check": "the account itself, for which IAM decides",
    },
    "network": {
        **_OF_BUCKETS,
        "s3_bucket_default_encryption_kms_check": "load balancers write to no bucket with a key",
    },
    "watching": {},
}


def _with_numbers(part: Any) -> Any:
    """The same with numbers where parameters are text, as CloudFormation hands them on."""
    if isinstance(part, dict):
        return {key: _with_numbers(one) for key, one in part.items()}
    if isinstance(part, list):
        return [_with_numbers(one) for one in part]
    return int(part) if isinstance(part, str) and part.isdigit() else part


def _stack(name: str) -> Any:
    body = template(DEPLOY / f"{name}.yaml")
    given = {key: value for key, value in CHOSEN.items() if key in body["Parameters"]}
    return _with_numbers(Evaluation(body, **given).resources())


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, set[str]]:
    names = [path.stem for path in DEPLOY.glob("*.yaml")]
    return rules_broken({name: _stack(name) for name in names}, tmp_path_factory.mktemp("guard"))


def test_every_template_is_judged(broken: Mapping[str, set[str]]) -> None:
    assert set(broken) == set(ACCEPTED)


@pytest.mark.parametrize("name", ACCEPTED)
def test_no_rule_is_broken_but_with_a_reason(name: str, broken: Mapping[str, set[str]]) -> None:
    assert broken[name] == set(ACCEPTED[name])


def test_what_is_open_to_everybody_is_found(tmp_path: Path) -> None:
    stack = _stack("cloudformation")
    stack["PhotosBucket"]["Properties"].pop("PublicAccessBlockConfiguration")
    found = rules_broken({"open": stack}, tmp_path)["open"]
    assert found - set(ACCEPTED["cloudformation"])
