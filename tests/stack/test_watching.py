"""The dashboard and the alarms of deploy/watching.yaml: what they watch is there to be watched."""

import json
import re
from collections.abc import Iterator

import pytest
from flask import Flask

from app.metrics.names import DIMENSION, NAMESPACE, Metric
from app.model.errors import StorageUnavailable
from app.storage.aws import s3_client
from app.web.http.middleware import log_store_failure
from tests.support.stack.evaluation import Evaluation
from tests.support.stack.template import DEPLOY, template

pytestmark = pytest.mark.slow

PATH = DEPLOY / "watching.yaml"
FILTERED = "EmployeeDirectory/people"  # what metric filters count, in a namespace of the stack

# Each with the dimensions that AWS has them by, and the document that says so.
ALB = {("LoadBalancer",)}
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
TARGETS = {("LoadBalancer", "TargetGroup")}
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
TABLE, OPERATION = {("TableName",)}, {("Operation", "TableName")}
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/viewing_metrics_with_cloudwatch.html
# https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-metrics.html
GROUP = {("AutoScalingGroupName",)}
OF_AWS = {
    ("AWS/ApplicationELB", "RequestCount"): ALB,
    ("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count"): ALB,
    ("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count"): ALB,
    ("AWS/ApplicationELB", "TargetResponseTime"): ALB,
    ("AWS/ApplicationELB", "HealthyHostCount"): TARGETS,
    ("AWS/ApplicationELB", "UnHealthyHostCount"): TARGETS,
    ("AWS/AutoScaling", "GroupInServiceInstances"): GROUP,
    ("AWS/EC2", "CPUUtilization"): GROUP,
    ("AWS/EC2", "CPUCreditBalance"): GROUP,
    ("AWS/EC2", "CPUSurplusCreditsCharged"): GROUP,
    ("AWS/DynamoDB", "ConsumedReadCapacityUnits"): TABLE,
    ("AWS/DynamoDB", "ConsumedWriteCapacityUnits"): TABLE,
    ("AWS/DynamoDB", "ReadThrottleEvents"): TABLE,
    ("AWS/DynamoDB", "WriteThrottleEvents"): TABLE,
    ("AWS/DynamoDB", "SystemErrors"): OPERATION,
    ("AWS/DynamoDB", "SuccessfulRequestLatency"): OPERATION,
    ("AWS/DynamoDB", "UserErrors"): {()},  # of the whole account in the region
}

MADE = Evaluation(template(PATH), Directory="people").resources()
ALARMS = {
    name: one["Properties"] for name, one in MADE.items() if one["Type"] == "AWS::CloudWatch::Alarm"
}
WIDGETS = json.loads(MADE["Dashboard"]["Properties"]["DashboardBody"])["widgets"]
Watched = tuple[str, str, tuple[str, ...]]


def _of_alarms() -> Iterator[Watched]:
    for alarm in ALARMS.values():
        metrics = [one["MetricStat"]["Metric"] for one in alarm.get("Metrics", ())[1:]] or [alarm]
        for metric in metrics:
            names = sorted(one["Name"] for one in metric.get("Dimensions", ()))
            yield metric["Namespace"], metric["MetricName"], tuple(names)


def _of_dashboard() -> Iterator[Watched]:
    for widget in WIDGETS:
        line: list[str] = []
        for written in widget["properties"].get("metrics", ()):
            line = _written_out([one for one in written if isinstance(one, str)], line)
            yield line[0], line[1], tuple(sorted(line[2::2]))


def _written_out(line: list[str], before: list[str]) -> list[str]:
    """A dot is the same as in the line before, three are all that is not written."""
    if line[0] == "...":
        return before[: len(before) - len(line) + 1] + line[1:]
    return [before[at] if one == "." else one for at, one in enumerate(line)]


def test_cfn_lint_finds_nothing() -> None:
    from cfnlint.api import lint_file  # two seconds, which a quick run does not spend

    assert [str(found) for found in lint_file(PATH)] == []


def test_the_template_is_small_enough_for_the_command_line() -> None:
    assert len(PATH.read_bytes()) <= 51_200


@pytest.mark.parametrize("watched", sorted({*_of_alarms(), *_of_dashboard()}), ids=str)
def test_every_metric_is_one_of_aws_or_told_by_the_program(watched: Watched) -> None:
    namespace, name, dimensions = watched
    if namespace == NAMESPACE:
        assert name in set(Metric)
        assert dimensions == (DIMENSION,)
    elif namespace == FILTERED:
        filters = [one for one in MADE.values() if one["Type"] == "AWS::Logs::MetricFilter"]
        counted = [one["Properties"]["MetricTransformations"][0] for one in filters]
        assert (name, namespace) in [(one["MetricName"], one["MetricNamespace"]) for one in counted]
        assert dimensions == ()
    else:
        assert dimensions in OF_AWS[namespace, name]


def test_no_metric_of_the_program_is_left_unseen() -> None:
    seen = {name for namespace, name, _ in _of_dashboard() if namespace == NAMESPACE}
    assert seen == set(Metric)


def test_a_metric_filter_counts_what_the_program_writes(caplog: pytest.LogCaptureFixture) -> None:
    pattern = MADE["PhotoStoreFailures"]["Properties"]["FilterPattern"]
    with Flask("directory").test_request_context():
        log_store_failure(StorageUnavailable(s3_client._SERVICE), "a-request")
    assert pattern == f'{{ $.message = "{caplog.records[-1].getMessage()}" }}'


def test_metrics_are_those_of_this_directory() -> None:
    for alarm in ALARMS.values():
        for one in alarm.get("Dimensions", ()):
            assert one["Value"].startswith("{import people-") or one["Value"] == "people"


def test_what_is_imported_the_directorys_stack_exports() -> None:
    text = json.dumps(MADE)
    imported = set(re.findall(r"{import people-(\w+)}", text))
    exports = [one.get("Export") for one in template()["Outputs"].values()]
    exported = {one["Name"]["Fn::Sub"].removeprefix("${AWS::StackName}-") for one in exports if one}
    assert imported == exported


def test_every_alarm_is_sent_says_what_to_look_at_and_leads_to_its_runbook() -> None:
    assert len(ALARMS) == 13
    for name, alarm in ALARMS.items():
        assert alarm["AlarmActions"] == alarm["OKActions"] == ["{import people-Alarms}"]
        described = alarm["AlarmDescription"]
        assert re.search(r"\b(Look|Open)\b", described), name
        assert described.endswith(f" Read docs/runbook.md#{name.lower()}")
        assert len(described) < 1024


def test_only_a_directory_that_is_not_followed_is_bad_when_it_says_nothing() -> None:
    breaching = {name for name, one in ALARMS.items() if one["TreatMissingData"] == "breaching"}
    assert breaching == {"FollowIsBehind"}


def test_both_tables_are_watched_for_errors_and_refusals() -> None:
    main = template()["Resources"]
    throttled = [
        (one["MetricName"], str(one["Dimensions"][0]["Value"]))
        for one in (
            *ALARMS.values(),
            *(main[name]["Properties"] for name in main if "AreThrottled" in name),
        )
        if "Throttle" in one.get("MetricName", "")
    ]
    assert len(set(throttled)) == 4
    failing = [one["MetricStat"]["Metric"] for one in ALARMS["TablesFail"]["Metrics"][1:]]
    assert {one["Dimensions"][0]["Value"] for one in failing} == {
        "{import people-Table}",
        "{import people-Table}-index",
    }
    assert len(failing) <= 10  # CloudWatch takes no more in one alarm


def test_no_widget_lies_over_another() -> None:
    taken = [
        (x, y)
        for one in WIDGETS
        for x in range(one["x"], one["x"] + one["width"])
        for y in range(one["y"], one["y"] + one["height"])
    ]
    assert len(taken) == len(set(taken))
    assert max(x for x, _ in taken) < 24
