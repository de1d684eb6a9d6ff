"""What each resource of the CloudFormation template is in Terraform.

A translation takes every property of the resource: one that nobody takes is an error, so that what
is added to the template cannot be missed here.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

Properties = dict[str, Any]
Made = dict[tuple[str, str], Properties]

# What an attribute of a resource of ours is called in the template: "" is what !Ref gives.
ATTRIBUTES: Mapping[str, Mapping[str, str]] = {
    "aws_acm_certificate_validation": {"certificate_arn": ""},
    "aws_autoscaling_group": {"name": ""},
    "aws_cloudwatch_log_group": {"name": ""},
    "aws_cloudwatch_metric_alarm": {"alarm_name": ""},
    "aws_dynamodb_table": {"name": "", "arn": "Arn", "stream_arn": "StreamArn"},
    "aws_iam_instance_profile": {"name": "", "arn": "Arn"},
    "aws_iam_role": {"name": "", "id": "", "arn": "Arn"},
    "aws_launch_template": {"id": "", "latest_version": "LatestVersionNumber"},
    "aws_lb": {
        "arn": "",
        "dns_name": "DNSName",
        "arn_suffix": "LoadBalancerFullName",
        "zone_id": "CanonicalHostedZoneID",
    },
    "aws_lb_target_group": {"arn": "", "arn_suffix": "TargetGroupFullName"},
    "aws_s3_bucket": {"id": "", "arn": "Arn"},
    "aws_secretsmanager_secret": {"id": "", "arn": ""},
    "aws_security_group": {"id": "GroupId"},
    "aws_sns_topic": {"arn": ""},
}
# What Terraform names, and CloudFormation names by itself.
NAMES = {"name_prefix", "bucket_prefix", "alarm_name"}


def snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def renamed(properties: Properties, names: str) -> Properties:
    """Takes those named, which Terraform calls the same in snake case, or as in ``Name=other``."""
    pairs = (word.split("=") for word in names.split())
    return {
        (rest[0] if rest else snake(name)): properties.pop(name)
        for name, *rest in pairs
        if name in properties
    }


def all_taken(properties: Properties) -> None:
    assert not properties, f"tests/support/terraform does not translate {properties}"


def _table(name: str, given: Properties) -> Made:
    keys = {one["KeyType"]: one["AttributeName"] for one in given.pop("KeySchema")}
    made = renamed(given, "TableName=name BillingMode DeletionProtectionEnabled") | {
        "hash_key": keys["HASH"],
        "attribute": [
            {"name": one["AttributeName"], "type": one["AttributeType"]}
            for one in given.pop("AttributeDefinitions")
        ],
        "point_in_time_recovery": [
            {"enabled": given.pop("PointInTimeRecoverySpecification")["PointInTimeRecoveryEnabled"]}
        ],
    }
    if "RANGE" in keys:
        made["range_key"] = keys["RANGE"]
    if stream := given.pop("StreamSpecification", None):
        made |= {"stream_enabled": True, "stream_view_type": stream["StreamViewType"]}
    if expiry := given.pop("TimeToLiveSpecification", None):
        made["ttl"] = [renamed(expiry, "AttributeName Enabled")]
    if encryption := given.pop("SSESpecification", None):
        assert encryption.pop("SSEType") == "KMS"
        names = "SSEEnabled=enabled KMSMasterKeyId=kms_key_arn"
        made["server_side_encryption"] = [renamed(encryption, names)]
    return {("aws_dynamodb_table", name): made}


def _log_group(name: str, given: Properties) -> Made:
    return {("aws_cloudwatch_log_group", name): renamed(given, "RetentionInDays")}


def _bucket(name: str, given: Properties) -> Made:
    """A resource of its own for each side of a bucket."""
    (encryption,) = given.pop("BucketEncryption")["ServerSideEncryptionConfiguration"]
    by_default = renamed(
        encryption.pop("ServerSideEncryptionByDefault"),
        "SSEAlgorithm=sse_algorithm KMSMasterKeyID=kms_master_key_id",
    )
    encrypted = renamed(encryption, "BucketKeyEnabled")
    encrypted["apply_server_side_encryption_by_default"] = [by_default]
    (owners,) = given.pop("OwnershipControls")["Rules"]
    blocks = given.pop("PublicAccessBlockConfiguration")
    rules = given.pop("LifecycleConfiguration")["Rules"]
    sides: dict[str, Properties] = {
        "public_access_block": renamed(
            blocks, "BlockPublicAcls BlockPublicPolicy IgnorePublicAcls RestrictPublicBuckets"
        ),
        "ownership_controls": {"rule": [renamed(owners, "ObjectOwnership")]},
        "server_side_encryption_configuration": {"rule": [encrypted]},
        "versioning": {
            "versioning_configuration": [renamed(given.pop("VersioningConfiguration"), "Status")]
        },
        "lifecycle_configuration": {"rule": [_lifecycle_rule(one) for one in rules]},
    }
    here = {"bucket": "{" + _camel(name) + "}"}
    made = {(f"aws_s3_bucket_{side}", name): here | one for side, one in sides.items()}
    return {("aws_s3_bucket", name): {}, **made}


def _camel(name: str) -> str:
    return "".join(word.title() for word in name.split("_"))


def _lifecycle_rule(rule: Properties) -> Properties:
    made = renamed(rule, "Id Status") | {"filter": [{}]}
    for name, blocks in (
        ("NoncurrentVersionExpiration", "NoncurrentDays"),
        ("AbortIncompleteMultipartUpload", "DaysAfterInitiation"),
    ):
        if one := rule.pop(name, None):
            made[snake(name)] = [renamed(one, blocks)]
    if expiry := renamed(rule, "ExpiredObjectDeleteMarker"):
        made["expiration"] = [expiry]
    all_taken(rule)
    return made


def _bucket_policy(name: str, given: Properties) -> Made:
    return {("aws_s3_bucket_policy", name): renamed(given, "Bucket PolicyDocument=policy")}


def _role(name: str, given: Properties) -> Made:
    made: Made = {
        ("aws_iam_role", name): renamed(
            given, "AssumeRolePolicyDocument=assume_role_policy PermissionsBoundary"
        )
    }
    (policy,) = given.pop("Policies")
    made["aws_iam_role_policy", name] = {"role": "{" + _camel(name) + "}"} | renamed(
        policy, "PolicyName=name PolicyDocument=policy"
    )
    for arn in given.pop("ManagedPolicyArns", []):
        made["aws_iam_role_policy_attachment", "session_manager"] = {
            "role": "{" + _camel(name) + "}",
            "policy_arn": arn,
        }
    return made


def _profile(name: str, given: Properties) -> Made:
    (role,) = given.pop("Roles")
    return {("aws_iam_instance_profile", name): {"role": role}}


def _security_group(name: str, given: Properties) -> Made:
    made: Made = {
        ("aws_security_group", name): {"vpc_id": "{default VPC}"}
        | renamed(given, "GroupDescription=description VpcId")
    }
    for rule in given.pop("SecurityGroupIngress"):
        one = {"security_group_id": "{" + _camel(name) + ".GroupId}"} | _ingress(rule)
        listed = f"""{one["description"].lower()}_from_lists["{one.get("prefix_list_id")}"]"""
        address = listed if "prefix_list_id" in one else name
        made["aws_vpc_security_group_ingress_rule", address] = one
    return made


def _ingress(rule: Properties) -> Properties:
    made = renamed(
        rule,
        "GroupId=security_group_id IpProtocol FromPort ToPort CidrIp=cidr_ipv4 CidrIpv6=cidr_ipv6"
        " SourceSecurityGroupId=referenced_security_group_id SourcePrefixListId=prefix_list_id"
        " Description",
    )
    all_taken(rule)
    return made


def _ingress_rule(name: str, given: Properties) -> Made:
    return {("aws_vpc_security_group_ingress_rule", name): _ingress(given)}


def _secret(name: str, given: Properties) -> Made:
    value = {"secret_id": "{" + _camel(name) + "}", "secret_string": given.pop("SecretString")}
    return {
        ("aws_secretsmanager_secret", name): renamed(given, "Description KmsKeyId"),
        ("aws_secretsmanager_secret_version", name): value,
    }


def _topic(name: str, given: Properties) -> Made:
    return {("aws_sns_topic", name): renamed(given, "KmsMasterKeyId")}


def _subscription(name: str, given: Properties) -> Made:
    return {("aws_sns_topic_subscription", name): renamed(given, "TopicArn Protocol Endpoint")}


def _alarm(name: str, given: Properties) -> Made:
    dimensions = {one["Name"]: one["Value"] for one in given.pop("Dimensions")}
    return {
        ("aws_cloudwatch_metric_alarm", name): {"dimensions": dimensions}
        | renamed(
            given,
            "AlarmDescription Namespace MetricName Statistic ExtendedStatistic Period Threshold"
            " EvaluationPeriods DatapointsToAlarm ComparisonOperator TreatMissingData AlarmActions"
            " OKActions=ok_actions",
        )
    }


OF_DATA_AND_ALARMS: Mapping[str, Callable[[str, Properties], Made]] = {
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::DynamoDB::Table": _table,
    "AWS::Logs::LogGroup": _log_group,
    "AWS::EC2::SecurityGroup": _security_group,
    "AWS::EC2::SecurityGroupIngress": _ingress_rule,
    "AWS::IAM::InstanceProfile": _profile,
    "AWS::IAM::Role": _role,
    "AWS::S3::Bucket": _bucket,
    "AWS::S3::BucketPolicy": _bucket_policy,
    "AWS::SNS::Subscription": _subscription,
    "AWS::SNS::Topic": _topic,
    "AWS::SecretsManager::Secret": _secret,
}


def comparable(part: Any) -> Any:
    """Policies as what they say, by the names of statements; true, 1 and "1" spelt alike."""
    if isinstance(part, dict) and "Statement" in part:
        return {one["Sid"]: comparable(one) for one in part["Statement"]}
    if isinstance(part, dict):
        return {name: comparable(one) for name, one in part.items()}
    if isinstance(part, list):
        return [comparable(one) for one in part]
    if isinstance(part, str) and re.match(r'\s*\{\s*"', part):
        return comparable(json.loads(part))
    return str(part).lower() if isinstance(part, bool) else str(part)
