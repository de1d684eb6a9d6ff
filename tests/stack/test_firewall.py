"""deploy/firewall.yaml: what AWS WAF refuses, what a directory needs let through, and its log."""

import re
from typing import Any

import pytest

from tests.support.repository import ROOT
from tests.support.stack.evaluation import Evaluation
from tests.support.stack.template import DEPLOY, template

pytestmark = pytest.mark.slow

PATH = DEPLOY / "firewall.yaml"
COUNTED = {
    "SizeRestrictions_BODY": "a photo or an import",
    "CrossSiteScripting_BODY": "a text such as R&D <team>, and the bytes of photos",
    "GenericLFI_BODY": "../ in a text",
    "GenericRFI_BODY": "a link in a text",
    "EC2MetaDataSSRF_BODY": "a text about machines",
    "SizeRestrictions_QUERYSTRING": "the next page after a long name",
    "SizeRestrictions_URIPATH": "a long id",
    "SizeRestrictions_Cookie_HEADER": "the load balancer's four cookies",
    "NoUserAgent_HEADER": "a program that uses the API",
}


def _made(**given: str) -> dict[str, dict[str, Any]]:
    return Evaluation(template(PATH), **given).resources()


def _rules(**given: str) -> dict[str, dict[str, Any]]:
    return {one["Name"]: one for one in _made(**given)["Firewall"]["Properties"]["Rules"]}


def _group(rule: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = rule["Statement"]["ManagedRuleGroupStatement"]
    return found


def test_cfn_lint_finds_nothing() -> None:
    from cfnlint.api import lint_file  # two seconds, which a quick run does not spend

    assert [str(found) for found in lint_file(PATH)] == []


def test_rules_of_aws_refuse_what_attacks_look_like() -> None:
    groups = {_group(one)["Name"] for name, one in _rules().items() if name != "TooManyRequests"}
    assert groups == {
        "AWSManagedRulesAmazonIpReputationList",
        "AWSManagedRulesKnownBadInputsRuleSet",
        "AWSManagedRulesCommonRuleSet",
    }


def test_each_rule_has_a_priority_of_its_own() -> None:
    priorities = [one["Priority"] for one in _rules().values()]
    assert len(set(priorities)) == len(priorities)


@pytest.mark.parametrize("rule", COUNTED)
def test_what_a_directory_needs_is_counted_and_let_through(rule: str) -> None:
    overrides = _group(_rules()["CommonRules"])["RuleActionOverrides"]
    assert {one["Name"]: one["ActionToUse"] for one in overrides}[rule] == {"Count": {}}


def test_nothing_more_of_the_common_rules_is_let_through() -> None:
    overrides = _group(_rules()["CommonRules"])["RuleActionOverrides"]
    assert [one["Name"] for one in overrides] == list(COUNTED)


def test_people_called_select_or_o_brien_are_not_refused() -> None:
    assert "SQLi" not in PATH.read_text()


def test_an_address_that_asks_too_often_is_told_so_with_429() -> None:
    rule = _rules(RequestsInFiveMinutes="500")["TooManyRequests"]
    limit = rule["Statement"]["RateBasedStatement"]
    assert (limit["Limit"], limit["EvaluationWindowSec"]) == ("500", 300)
    assert limit["AggregateKeyType"] == "IP"
    assert rule["Action"]["Block"]["CustomResponse"]["ResponseCode"] == 429


def test_without_a_limit_nobody_is_counted() -> None:
    assert "TooManyRequests" not in _rules(RequestsInFiveMinutes="0")


def test_managed_rules_can_be_tried_before_they_refuse() -> None:
    for choice, action in (("block", {"None": {}}), ("count", {"Count": {}})):
        rules = _rules(ManagedRules=choice)
        rules.pop("TooManyRequests")
        assert [one["OverrideAction"] for one in rules.values()] == [action] * 3


def test_it_stands_before_the_load_balancer_of_the_stack_that_is_named() -> None:
    made = _made(Directory="people")["InFrontOfTheLoadBalancer"]["Properties"]
    assert made["WebACLArn"] == "{Firewall.Arn}"
    assert made["ResourceArn"].endswith(":loadbalancer/{import people-LoadBalancer}")


def test_it_stands_before_a_load_balancer_that_something_else_made() -> None:
    arn = "arn:aws-cn:elasticloadbalancing:cn-north-1:123456789012:loadbalancer/app/d/1"
    made = _made(LoadBalancerArn=arn)["InFrontOfTheLoadBalancer"]["Properties"]
    assert made["ResourceArn"] == arn


def test_nothing_is_logged_unless_asked_for() -> None:
    assert {"FirewallLog", "Logging"}.isdisjoint(_made())


@pytest.mark.parametrize(
    "secret",
    [
        {"SingleHeader": {"Name": "cookie"}},
        {"SingleHeader": {"Name": "authorization"}},
        {"QueryString": {}},
        {"UriPath": {}},
    ],
    ids=lambda secret: str(secret.get("SingleHeader", secret)),
)
def test_the_log_has_no_secret(secret: dict[str, Any]) -> None:
    for log in ("refused", "all"):
        assert secret in _made(Log=log)["Logging"]["Properties"]["RedactedFields"]


def test_samples_in_the_console_have_no_session_and_no_search() -> None:
    protected = _made()["Firewall"]["Properties"]["DataProtectionConfig"]["DataProtections"]
    assert [one["Field"] for one in protected] == [
        {"FieldType": "SINGLE_HEADER", "FieldKeys": ["cookie", "authorization"]},
        {"FieldType": "QUERY_STRING"},
    ]


def test_the_log_may_be_of_what_was_refused_or_counted_alone() -> None:
    only = _made(Log="refused")["Logging"]["Properties"]["LoggingFilter"]
    assert only["DefaultBehavior"] == "DROP"
    kept = [one["ActionCondition"]["Action"] for one in only["Filters"][0]["Conditions"]]
    assert kept == ["BLOCK", "COUNT", "EXCLUDED_AS_COUNT"]
    assert "LoggingFilter" not in _made(Log="all")["Logging"]["Properties"]


def test_the_log_stays_and_is_where_aws_waf_may_write() -> None:
    key = "arn:aws:kms:us-west-2:123456789012:key/1"
    group = _made(Log="all", LogDays="90", KmsKeyArn=key)["FirewallLog"]
    assert group["DeletionPolicy"] == group["UpdateReplacePolicy"] == "Retain"
    assert group["Properties"] == {
        "LogGroupName": "aws-waf-logs-{AWS::StackName}-0a1b2c3d",
        "RetentionInDays": "90",
        "KmsKeyId": key,
    }


def test_the_guide_names_every_parameter_and_every_rule_that_is_counted() -> None:
    guide = (ROOT / "docs" / "operations.md").read_text()
    section = guide.partition("#### A firewall")[2].partition("\n#### ")[0]
    names = [*template(PATH)["Parameters"], *COUNTED]
    assert [name for name in names if not re.search(f"`{name}[`=]", section)] == []


def test_no_partition_and_no_region_is_written_into_it() -> None:
    assert "arn:aws:" not in PATH.read_text()
