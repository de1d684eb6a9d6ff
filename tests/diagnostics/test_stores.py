"""The doctor's checks of tables, index and bucket, on real servers that refuse when told to."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import boto3
import pytest

from app.contracts.checks import Finding, State
from app.history.changes import Write
from app.model.employee import Employee
from app.storage.aws.s3_checks import BucketChecks
from app.storage.aws.s3_client import S3Calls
from app.storage.dynamodb import checks
from app.storage.dynamodb.checks import TableChecks
from tests.diagnostics.test_doctor import reply
from tests.support.aws_errors import access_denied, s3_error, throttled
from tests.support.repository import ROOT
from tests.support.servers.fault_proxy import FaultProxy
from tests.support.stores.accounts import admin
from tests.support.stores.dynamodb_binding import DynamoRoom, settings_for

pytestmark = pytest.mark.slow
MACHINE_POLICY = ROOT / "deploy" / "iam" / "machine.json"


class Patient:
    """Two tables behind a proxy, and the doctor's look at them."""

    def __init__(self, endpoint: str, proxy: FaultProxy) -> None:
        self.proxy = proxy
        self.room = DynamoRoom(endpoint, through=proxy.endpoint)
        self.room.store.set_up()  # a server that has just started may not take it all at once

    def find(self) -> dict[str, Finding]:
        store = self.room.open_another()
        tables = TableChecks(store.calls, store.tables, "us-west-2")
        return {check.name: check.run() for check in tables.all()}


@pytest.fixture
def patient(dynamodb_local: str, fault_proxy: Callable[[str], FaultProxy]) -> Iterator[Patient]:
    patient = Patient(dynamodb_local, fault_proxy(dynamodb_local))
    yield patient
    patient.room.close()


def test_tables_in_order_are_fine_and_say_what_was_compared(patient: Patient) -> None:
    for number in range(3):
        patient.room.store.add(Employee(id=f"e{number}", full_name=f"Ada {number}"), Write("form"))
    found = patient.find()
    assert {finding.state for finding in found.values()} == {State.OK}, found
    assert found["Index"].message == "The index lists and counts 3 people and matches every record."


def test_who_has_left_is_in_the_index_too(patient: Patient) -> None:
    for number in range(3):
        left_on = "2020-01-31" if number else ""
        person = Employee(id=f"e{number}", full_name=f"Ada {number}", left_on=left_on)
        patient.room.store.add(person, Write("form"))
    finding = patient.find()["Index"]
    assert finding.state is State.OK
    assert "lists and counts 1 person and 2 who left, and matches every record" in finding.message
    patient.room.delete_outside("e2")
    assert "has 2 people, but the index lists 3 and counts 3" in patient.find()["Index"].message


def test_tables_that_are_not_there(dynamodb_local: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", dynamodb_local)
    from app.storage.dynamodb import open_dynamodb_store

    store = open_dynamodb_store(settings_for(f"None-{uuid4()}"))
    for check in TableChecks(store.calls, store.tables, "us-west-2").all():
        finding = check.run()
        assert (finding.state, finding.fix_command) == (State.FAILED, "flask setup"), check.name


def test_a_table_with_another_key(dynamodb_local: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", dynamodb_local)
    from app.storage.dynamodb import open_dynamodb_store

    name = f"Wrong-{uuid4()}"
    client = boto3.client("dynamodb", endpoint_url=dynamodb_local)
    client.create_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": "employee", "AttributeType": "N"}],
        KeySchema=[{"AttributeName": "employee", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    store = open_dynamodb_store(settings_for(name))
    finding = TableChecks(store.calls, store.tables, "us-west-2").all()[0].run()
    assert finding.state is State.FAILED
    assert "the key employee (number), but the directory needs id (string)" in finding.message
    assert "DYNAMO_TABLE=" in finding.fix_command
    client.delete_table(TableName=name)
    client.close()


def machine_policy(service: str, name: str) -> list[dict[str, Any]]:
    """A day's work as deploy/iam/machine.json allows it on one service, for this name."""
    text = MACHINE_POLICY.read_text().replace("<REGION>", "us-west-2").replace("<ACCOUNT_ID>", "*")
    text = text.replace("<PARTITION>", "aws")
    placeholder = "table/Employees" if service == "dynamodb" else "<PHOTOS_BUCKET>"
    named = text.replace(placeholder, f"table/{name}" if service == "dynamodb" else name)
    return [
        {key: value for key, value in statement.items() if key != "Sid"}
        for statement in json.loads(named)["Statement"]
        if f"arn:aws:{service}:" in str(statement["Resource"])
        and not statement["Sid"].startswith("SetUp")
    ]


def test_tables_that_refuse_us_name_action_and_policy(patient: Patient) -> None:
    patient.proxy.on("*").answer(access_denied())
    for name, finding in patient.find().items():
        assert finding.state is State.FAILED, name
        assert "access was denied" in finding.message
        assert json.loads(finding.fix_command) == machine_policy("dynamodb", patient.room.people)


def test_a_table_that_can_be_deleted_by_mistake(patient: Patient) -> None:
    patient.room.client.update_table(TableName=patient.room.people, DeletionProtectionEnabled=False)
    found = patient.find()
    assert found["Table of people"].state is State.WARNING
    assert found["Table of people"].fix_command == "flask setup"
    assert found["Table of the index"].state is State.OK


def test_a_table_whose_stream_is_off_says_that_others_are_not_followed(patient: Patient) -> None:
    off = {"StreamEnabled": False}
    patient.room.client.update_table(TableName=patient.room.people, StreamSpecification=off)
    finding = patient.find()["Changes by others"]
    assert (finding.state, finding.fix_command) == (State.WARNING, "flask setup")
    assert f"The stream of the table {patient.room.people} is off" in finding.message
    patient.room.store.set_up()
    assert patient.find()["Changes by others"].state is State.OK


def test_a_person_put_in_from_outside_is_missed_in_the_index_until_a_reindex(
    patient: Patient,
) -> None:
    patient.room.put_outside(Employee(id="out", full_name="Put Outside"))
    finding = patient.find()["Index"]
    assert (finding.state, finding.fix_command) == (State.FAILED, "flask reindex")
    assert "differs for 1 of 1 record checked" in finding.message
    list(patient.room.store.reindex())
    assert patient.find()["Index"].state is State.OK


def test_a_person_deleted_outside_is_still_listed_until_a_reindex(patient: Patient) -> None:
    for each in ("a", "b"):
        patient.room.store.add(Employee(id=each, full_name=f"Ada {each}"), Write("form"))
    patient.room.delete_outside("a")
    finding = patient.find()["Index"]
    assert (finding.state, finding.fix_command) == (State.FAILED, "flask reindex")
    assert "has 1 person, but the index lists 2 and counts 2" in finding.message
    list(patient.room.store.reindex())
    assert patient.find()["Index"].state is State.OK


def test_of_a_large_table_some_records_from_anywhere_are_compared(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "_SAMPLE_SIZE", 4)
    for number in range(12):
        patient.room.store.add(Employee(id=f"e{number}", full_name=f"Ada {number}"), Write("form"))
    finding = patient.find()["Index"]
    assert finding.state is State.OK
    assert "chosen at random, match the index. The index counts 12 people." in finding.message
    for number in range(12):
        patient.room.change_outside(f"e{number}", "full_name", "Changed Outside")
    assert patient.find()["Index"].state is State.FAILED


def test_a_database_that_has_no_time_for_us_is_a_finding(patient: Patient) -> None:
    patient.proxy.on("Scan").answer(throttled())
    finding = patient.find()["Index"]
    assert (finding.state, "throttled" in finding.message) == (State.FAILED, True)


class Bucket:
    """A bucket behind a proxy, and the doctor's look at it."""

    def __init__(self, endpoint: str, proxy: FaultProxy, name: str) -> None:
        self.proxy = proxy
        self.name = name
        os.environ["AWS_ENDPOINT_URL_S3"] = proxy.endpoint
        self.client = boto3.client("s3", endpoint_url=endpoint)

    def find(self) -> Finding:
        return BucketChecks(S3Calls(self.name, "us-west-2")).check_access()

    def keys(self) -> list[str]:
        listed = self.client.list_objects_v2(Bucket=self.name)
        return [each["Key"] for each in listed.get("Contents", [])]


@pytest.fixture
def bucket(s3_server: str, fault_proxy: Callable[[str], FaultProxy]) -> Iterator[Bucket]:
    bucket = Bucket(s3_server, fault_proxy(s3_server), f"faces-{uuid4()}")
    bucket.client.create_bucket(Bucket=bucket.name)
    yield bucket
    bucket.client.close()


def test_a_bucket_in_order_is_fine_and_as_it_was(bucket: Bucket) -> None:
    finding = bucket.find()
    assert (finding.state, bucket.name in finding.message) == (State.OK, True), finding
    assert bucket.keys() == []


def test_a_bucket_that_is_not_there(bucket: Bucket) -> None:
    bucket.name = f"none-{uuid4()}"
    finding = bucket.find()
    assert finding.state is State.FAILED
    assert finding.fix_command == f"aws s3 mb s3://{bucket.name} --region us-west-2"


@pytest.mark.parametrize(("method", "action"), [("PUT", "s3:PutObject"), ("GET", "s3:GetObject")])
def test_a_bucket_that_refuses_names_the_action_and_the_policy(
    bucket: Bucket, method: str, action: str
) -> None:
    bucket.proxy.on(method, path="*/employee_pic/*").answer(s3_error("AccessDenied", 403))
    finding = bucket.find()
    assert finding.state is State.FAILED
    assert action in finding.message
    assert json.loads(finding.fix_command) == machine_policy("s3", bucket.name)
    assert bucket.keys() == [], "what was put is removed, also when it cannot be read"


def test_a_bucket_that_can_be_used_and_not_listed_is_to_be_looked_at(bucket: Bucket) -> None:
    listing = bucket.proxy.on(lambda request: b"list-type=2" in request.raw_head)
    listing.answer(s3_error("AccessDenied", 403))
    finding = bucket.find()
    assert (finding.state, "not listed" in finding.message) == (State.WARNING, True)
    assert "s3:ListBucket" in finding.fix_command


def test_a_bucket_of_another_region(bucket: Bucket) -> None:
    bucket.proxy.on("*").answer(lambda request: reply(301, "", x_amz_bucket_region="eu-central-1"))
    finding = bucket.find()
    assert finding.state is State.FAILED
    assert "the bucket is in eu-central-1" in finding.message
    assert "--region us-west-2" in finding.fix_command


def test_a_bucket_server_that_gives_no_answer_is_a_finding(bucket: Bucket) -> None:
    bucket.proxy.refuse()
    assert bucket.find().state is State.FAILED


def test_accounts_are_told_since_they_cannot_be_built_anew(patient: Patient) -> None:
    table = patient.room.index
    assert patient.find()["Accounts"].message == f"{table} holds no accounts yet."
    accounts = patient.room.open_accounts()
    accounts.claim(admin("a1"))
    assert patient.find()["Accounts"].message == (
        f"{table} also holds 1 account and the history of people. Neither can be built anew, as "
        "its lists can."
    )
    off = {"ContinuousBackupsDescription": {"ContinuousBackupsStatus": "ENABLED"}}
    patient.proxy.on("DescribeContinuousBackups").answer(lambda _: reply(200, json.dumps(off)))
    finding = patient.find()["Accounts"]
    assert (finding.state, finding.fix_command) == (State.WARNING, "flask setup")
    assert finding.message.endswith("Its point-in-time recovery is off.")
