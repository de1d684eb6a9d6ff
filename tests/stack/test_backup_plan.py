"""What deploy/backup.yaml backs up, how long it is kept, and who can take it away."""

from typing import Any

import pytest

from tests.support.repository import ROOT
from tests.support.stack.evaluation import Evaluation
from tests.support.stack.template import DEPLOY, template

pytestmark = pytest.mark.slow

PATH = DEPLOY / "backup.yaml"
OTHER_REGION = "arn:aws:backup:eu-west-1:123456789012:backup-vault:directory-1"
TABLES = "arn:{AWS::Partition}:dynamodb:{AWS::Region}:{AWS::AccountId}:table/"
OF_ROLES = ("BackupRole", "RestoreRole")


def _made(**given: str) -> dict[str, dict[str, Any]]:
    return Evaluation(template(PATH), **given).resources()


def _rules(**given: str) -> dict[str, dict[str, Any]]:
    plan = _made(**given)["Plan"]["Properties"]["BackupPlan"]
    return {rule["RuleName"]: rule for rule in plan["BackupPlanRule"]}


def test_cfn_lint_finds_nothing() -> None:
    from cfnlint.api import lint_file  # two seconds, which a quick run does not spend

    assert [str(found) for found in lint_file(PATH)] == []


def test_both_tables_and_the_bucket_are_backed_up() -> None:
    made = _made(TableName="People", PhotosBucket="the-photos")
    chosen = made["Selection"]["Properties"]["BackupSelection"]
    assert chosen["Resources"] == [
        f"{TABLES}People",
        f"{TABLES}People-index",
        "arn:{AWS::Partition}:s3:::the-photos",
    ]
    assert chosen["IamRoleArn"] == "{BackupRole.Arn}"


def test_a_directory_without_a_bucket_backs_up_its_tables() -> None:
    chosen = _made()["Selection"]["Properties"]["BackupSelection"]["Resources"]
    assert chosen == [f"{TABLES}Employees", f"{TABLES}Employees-index"]


def test_a_backup_is_made_each_day_and_one_a_week_is_kept_longer() -> None:
    rules = _rules(HourUtc="4", DailyDays="14", WeeklyDays="700")
    assert {name: rule["Lifecycle"] for name, rule in rules.items()} == {
        "Daily": {"DeleteAfterDays": "14"},
        "Weekly": {"DeleteAfterDays": "700"},
    }
    assert rules["Daily"]["ScheduleExpression"] == "cron(0 4 * * ? *)"
    assert rules["Weekly"]["ScheduleExpression"] == "cron(0 4 ? * SUN *)"
    assert {rule["TargetBackupVault"] for rule in rules.values()} == {"{Vault}"}


def test_backups_are_copied_to_the_vault_of_another_region_and_kept_as_long() -> None:
    for rule in _rules(CopyTo=OTHER_REGION).values():
        assert rule["CopyActions"] == [
            {"DestinationBackupVaultArn": OTHER_REGION, "Lifecycle": rule["Lifecycle"]}
        ]
    assert all("CopyActions" not in rule for rule in _rules().values())


def test_the_other_region_gets_a_vault_of_the_same_kind_and_nothing_else() -> None:
    there = _made(Part="vault")
    assert there == {"Vault": _made()["Vault"]}
    outputs = Evaluation(template(PATH), Part="vault").outputs()
    assert outputs == {"Vault": "{Vault.BackupVaultArn}"}


def test_nobody_deletes_a_backup_or_shortens_its_time() -> None:
    vault = _made()["Vault"]
    assert vault["DeletionPolicy"] == vault["UpdateReplacePolicy"] == "Retain"
    (denied,) = vault["Properties"]["AccessPolicy"]["Statement"]
    assert (denied["Effect"], denied["Principal"], denied["Resource"]) == ("Deny", "*", "*")
    assert {"backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"} <= set(
        denied["Action"]
    )
    # AWS Backup takes no wildcard in the actions of a vault's policy.
    assert not any("*" in action for action in denied["Action"])
    assert "Condition" not in denied


def test_no_backup_is_kept_for_less_time_than_the_lock_demands() -> None:
    least = _made()["Vault"]["Properties"]["LockConfiguration"]["MinRetentionDays"]
    for name in ("DailyDays", "WeeklyDays"):
        assert template(PATH)["Parameters"][name]["MinValue"] >= least


def test_the_vaults_name_is_one_that_a_second_stack_of_the_same_name_does_not_have() -> None:
    name = _made()["Vault"]["Properties"]["BackupVaultName"]
    assert name == "{AWS::StackName}-0a1b2c3d"


def test_the_vault_is_encrypted_with_the_key_that_was_named() -> None:
    key = "arn:aws-cn:kms:cn-north-1:123456789012:key/1"
    assert _made(KmsKeyArn=key)["Vault"]["Properties"]["EncryptionKeyArn"] == key
    assert "EncryptionKeyArn" not in _made()["Vault"]["Properties"]


def test_the_role_of_every_night_cannot_restore_and_so_writes_nothing() -> None:
    made = _made()
    of_night, of_restores = (
        {arn.rpartition("/")[2] for arn in made[name]["Properties"]["ManagedPolicyArns"]}
        for name in OF_ROLES
    )
    assert all(policy.endswith("Backup") for policy in of_night)
    assert all("Restore" in policy for policy in of_restores)


@pytest.mark.parametrize("name", OF_ROLES)
def test_only_aws_backup_takes_a_role_and_a_boundary_bounds_it(name: str) -> None:
    boundary = "arn:aws:iam::123456789012:policy/bounds"
    role = _made(PermissionsBoundary=boundary)[name]["Properties"]
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "backup.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": "{AWS::AccountId}"}}
    assert role["PermissionsBoundary"] == boundary
    assert "PermissionsBoundary" not in _made()[name]["Properties"]


def test_alarms_tell_of_backups_that_fail_and_of_backups_that_are_not_made() -> None:
    topic = "arn:aws:sns:us-west-2:123456789012:directory-AlarmTopic-1"
    made = _made(AlarmTopic=topic)
    for name, missing in (("BackupsFail", "notBreaching"), ("NothingIsBackedUp", "breaching")):
        alarm = made[name]["Properties"]
        assert alarm["TreatMissingData"] == missing
        assert alarm["AlarmActions"] == alarm["OKActions"] == [topic]
        assert alarm["Dimensions"] == [{"Name": "BackupVaultName", "Value": "{Vault}"}]
        assert "AlarmActions" not in _made()[name]["Properties"]


def test_no_partition_and_no_region_is_written_into_it() -> None:
    assert "arn:aws:" not in PATH.read_text()


def test_the_guide_names_every_parameter_and_every_alarm() -> None:
    guide = (ROOT / "docs" / "operations.md").read_text()
    section = guide.partition("### Backups by AWS Backup")[2].partition("\n### ")[0]
    names = [*template(PATH)["Parameters"], "BackupsFail", "NothingIsBackedUp"]
    assert [name for name in names if f"`{name}`" not in section] == []
