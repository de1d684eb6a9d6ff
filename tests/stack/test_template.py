"""What the template says, read from its text: what no emulator carries out is held here."""

import importlib.util
import re
from importlib.machinery import SourceFileLoader
from types import ModuleType
from typing import Any

import pytest

from tests.support.stack.evaluation import Evaluation
from tests.support.stack.template import DEPLOY, TEMPLATE, properties, template

pytestmark = pytest.mark.slow

HOLDS_DATA = ("EmployeesTable", "IndexTable", "PhotosBucket", "PhotosBucketPolicy")


def _embedder() -> ModuleType:
    loader = SourceFileLoader("embed_user_data", str(DEPLOY / "embed-user-data"))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def _alarms() -> dict[str, Any]:
    resources = template()["Resources"]
    kind = "AWS::CloudWatch::Alarm"
    return {name: one["Properties"] for name, one in resources.items() if one["Type"] == kind}


@pytest.mark.slow
def test_cfn_lint_finds_nothing() -> None:
    from cfnlint.api import lint_file  # two seconds, which a quick run does not spend

    assert [str(found) for found in lint_file(TEMPLATE)] == []


def test_the_template_is_small_enough_for_the_command_line() -> None:
    assert len(TEMPLATE.read_bytes()) <= 51_200


def test_the_user_data_is_the_script_with_other_settings() -> None:
    embedder = _embedder()
    text = TEMPLATE.read_text()
    assert embedder.embedded(text, embedder.parts()) == text, "run deploy/embed-user-data"


@pytest.mark.parametrize("name", HOLDS_DATA)
def test_what_holds_data_outlives_the_stack(name: str) -> None:
    resource = template()["Resources"][name]
    assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == "Retain"


def test_everything_that_cannot_be_made_again_is_retained() -> None:
    keeps = ("AWS::DynamoDB::", "AWS::S3::")
    resources = template()["Resources"].items()
    assert {name for name, one in resources if one["Type"].startswith(keeps)} == set(HOLDS_DATA)


@pytest.mark.parametrize("name", ["EmployeesTable", "IndexTable"])
def test_tables_are_paid_on_demand_backed_up_and_protected(name: str) -> None:
    table = properties(name)
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["DeletionProtectionEnabled"] is True


def test_the_index_expires_by_ttl_and_people_have_a_stream() -> None:
    expiry = properties("IndexTable")["TimeToLiveSpecification"]
    assert expiry == {"AttributeName": "ttl", "Enabled": True}
    assert properties("EmployeesTable")["StreamSpecification"] == {"StreamViewType": "NEW_IMAGE"}


def test_the_bucket_is_private_encrypted_versioned_and_forgets_old_versions() -> None:
    bucket = properties("PhotosBucket")
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(bucket["PublicAccessBlockConfiguration"]) == 4
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    (encryption,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    _, with_key, without = encryption["Fn::If"]
    assert with_key["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert without == {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    old, half_done = bucket["LifecycleConfiguration"]["Rules"]
    assert old["NoncurrentVersionExpiration"] == {"NoncurrentDays": 30}
    assert half_done["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}
    assert not any("ExpirationInDays" in rule for rule in (old, half_done))


def test_the_bucket_is_reached_by_tls_only() -> None:
    (statement,) = properties("PhotosBucketPolicy")["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")
    assert statement["Action"] == "s3:*"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_the_image_comes_from_amazons_public_parameter() -> None:
    parameters = template()["Parameters"]
    for name, processor in (("ImageForIntel", "x86_64"), ("ImageForArm", "arm64")):
        assert parameters[name]["Type"] == "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>"
        path = f"/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-{processor}"
        assert parameters[name]["Default"] == path
    assert not re.search(r"\bami-[0-9a-f]{8}", TEMPLATE.read_text())


def test_every_instance_type_has_its_processor() -> None:
    types = template()["Parameters"]["InstanceType"]["AllowedValues"]
    processors = template()["Mappings"]["Processors"]
    assert set(types) == set(processors)
    for name, processor in processors.items():
        assert processor == {"Is": "arm" if name.startswith("t4g.") else "intel"}


def test_machines_are_replaced_a_few_at_a_time_and_never_below_what_runs() -> None:
    policy = template()["Resources"]["Machines"]["UpdatePolicy"]["AutoScalingInstanceRefresh"]
    assert policy["Strategy"] == "Rolling"
    assert policy["Preferences"]["MinHealthyPercentage"] == 100


def test_a_release_whose_pages_fail_is_taken_back_while_half_of_the_machines_have_it() -> None:
    machines = template()["Resources"]["Machines"]
    preferences = machines["UpdatePolicy"]["AutoScalingInstanceRefresh"]["Preferences"]
    assert preferences["AlarmSpecification"]["Alarms"] == [
        {"Ref": "NobodyIsServed"},
        {"Ref": "PagesFail"},
    ]
    slowest = max(
        alarm["Period"] * alarm["EvaluationPeriods"]
        for name, alarm in _alarms().items()
        if name in ("NobodyIsServed", "PagesFail")
    )
    assert preferences["CheckpointPercentages"] == [50, 100]
    assert preferences["CheckpointDelay"] >= slowest
    assert preferences["BakeTime"] >= slowest


def test_a_stack_is_complete_when_the_first_page_of_each_machine_has_answered() -> None:
    signal = template()["Resources"]["Machines"]["CreationPolicy"]["ResourceSignal"]
    assert signal == {"Count": {"Ref": "LeastMachines"}, "Timeout": "PT15M"}
    assert "SIGNAL_TO=${AWS::StackName}/Machines" in TEMPLATE.read_text()


def test_what_a_stack_was_made_with_is_what_the_defaults_give() -> None:
    """Other values here would replace the load balancer, a table or the group."""
    choices = Evaluation(template())
    balancer = properties("LoadBalancer")
    assert choices.value(balancer["Scheme"]) == "internet-facing"
    assert choices.value(balancer["IpAddressType"]) == "ipv4"
    conditions = choices.conditions()
    new = ("HasKey", "IsMixed", "HasBoundary", "HasDomain", "HasAccessLogs", "HasMachineSubnets")
    assert not any(conditions[name] for name in new)
    for name in ("EmployeesTable", "IndexTable"):
        assert properties(name)["SSESpecification"]["Fn::If"][2] == {"Ref": "AWS::NoValue"}
    assert properties("Machines")["LaunchTemplate"]["Fn::If"][2].keys() == {
        "LaunchTemplateId",
        "Version",
    }


def test_a_machine_is_given_the_time_that_a_boot_takes_with_much_to_spare() -> None:
    group = properties("Machines")
    assert group["HealthCheckType"] == "ELB"
    assert 180 <= group["HealthCheckGracePeriod"] <= 600
    check = properties("Targets")
    known_dead = check["HealthCheckIntervalSeconds"] * check["UnhealthyThresholdCount"]
    assert known_dead <= 30


def test_every_alarm_is_sent_and_tells_what_to_do() -> None:
    alarms = _alarms()
    assert len(alarms) == 7
    for alarm in alarms.values():
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": "AlarmTopic"}]
        assert len(alarm["AlarmDescription"]) > 60
        assert alarm["TreatMissingData"] in ("breaching", "notBreaching")


def test_who_may_open_the_directory_has_to_be_said() -> None:
    parameters = template()["Parameters"]
    without_default = {name for name, one in parameters.items() if "Default" not in one}
    assert without_default == {"AppArchive", "AppSha256", "AllowedFrom"}


def _refusals(**given: str) -> list[str]:
    return Evaluation(template(), **given).refusals()


FOR_THE_BALANCER = {
    "CertificateArn": "arn:aws:acm:us-west-2:123456789012:certificate/1",
    "OidcIssuer": "https://idp.example",
    "OidcClientId": "directory",
    "OidcClientSecret": "secret",
    "OidcAuthorizationEndpoint": "https://idp.example/authorize",
    "OidcTokenEndpoint": "https://idp.example/token",
    "OidcUserInfoEndpoint": "https://idp.example/userinfo",
}
FOR_THE_DIRECTORY = {
    "PublicAddress": "https://people.example.com",
    "OidcIssuer": "https://idp.example",
    "OidcClientId": "directory",
    "OidcClientSecret": "secret",
}


@pytest.mark.parametrize(
    ("sign_in", "needed"),
    [("setup-link", {}), ("oidc-at-the-balancer", FOR_THE_BALANCER), ("oidc", FOR_THE_DIRECTORY)],
)
def test_a_way_of_signing_in_names_what_it_needs(sign_in: str, needed: dict[str, str]) -> None:
    assert _refusals(SignIn=sign_in, **needed) == []
    assert len(_refusals(SignIn=sign_in)) == len(needed)
    for name in needed:
        (sentence,) = _refusals(SignIn=sign_in, **{**needed, name: ""})
        assert name in sentence


def test_a_name_of_ones_own_brings_the_certificate_and_the_address_and_needs_its_zone() -> None:
    name = {"DomainName": "people.example.com", "HostedZoneId": "Z1"}
    without = {key: value for key, value in FOR_THE_BALANCER.items() if key != "CertificateArn"}
    assert _refusals(SignIn="oidc-at-the-balancer", **without, **name) == []
    without = {key: value for key, value in FOR_THE_DIRECTORY.items() if key != "PublicAddress"}
    assert _refusals(SignIn="oidc", **without, **name) == []
    (sentence,) = _refusals(DomainName="people.example.com")
    assert "HostedZoneId" in sentence


def test_the_client_secret_is_shown_nowhere() -> None:
    assert template()["Parameters"]["OidcClientSecret"]["NoEcho"] is True
    outputs_and_machines = str(template()["Outputs"]) + str(properties("MachineTemplate"))
    assert "OidcClientSecret" not in outputs_and_machines


def test_health_checks_need_no_sign_in() -> None:
    # They go to the machines themselves, and not through the listener that signs in.
    assert properties("Targets")["HealthCheckPath"] == "/healthz"
    assert properties("Targets")["TargetType"] == "instance"


@pytest.mark.parametrize("name", ["OidcIssuer", "OidcClientId", "PublicAddress"])
@pytest.mark.parametrize("value", ["https://x'y", "https://x\nEND_OF_SETTINGS", "https://$(id)"])
def test_what_goes_into_the_user_data_can_end_no_line(name: str, value: str) -> None:
    assert not re.fullmatch(template()["Parameters"][name]["AllowedPattern"], value)


@pytest.mark.parametrize(
    "archive", ['https://x/a"b', "https://x/$(id)", "https://x/`id`", "https://x/a b", "<where>"]
)
def test_an_archive_that_a_shell_could_misread_is_refused(archive: str) -> None:
    pattern = template()["Parameters"]["AppArchive"]["AllowedPattern"]
    assert re.fullmatch(pattern, "https://example.com/a.zip?X-Amz-Signature=1%2F2&a=b")
    assert re.fullmatch(pattern, "s3://the-releases/a.zip")
    assert not re.fullmatch(pattern, archive)
