"""The doctor: each failure is produced and found, with what mends it; no secret is ever told."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from email.utils import formatdate
from pathlib import Path

import pytest
from moto import mock_aws

from app.contracts.checks import Check, Finding, State, failed, ok, warning
from app.diagnostics import Doctor, run_checks
from app.diagnostics.machine import (
    check_disk,
    check_metadata,
    check_records,
    check_region,
    check_settings,
    check_stress,
)
from app.diagnostics.photos import check_photos
from app.diagnostics.port import check_port, listening_on
from app.diagnostics.secret_key import check_key
from app.model.errors import StorageUnavailable
from app.runtime import ec2_metadata
from app.runtime.ttl import TtlValue
from app.runtime.version import version
from app.settings import Settings
from app.storage import open_stores
from app.storage.aws.checks import check_clock, check_credentials
from app.storage.photos_on_disk import open_folder_store
from app.text.plurals import count_of
from tests.runtime.test_ec2_metadata import Imds, ImdsServer
from tests.support.environment import isolated
from tests.support.in_time import LATE
from tests.support.model_store import ModelStore
from tests.support.needs import do_without, find
from tests.support.page_reader import PageReader
from tests.support.servers.http_messages import Reply
from tests.support.servers.live_app import app_in_thread
from tests.support.small_app import small_app, stores_of
from tests.web.machine.test_console import beat

pytestmark = pytest.mark.slow

SECRET = "wholly-unguessable-0815"
ON_AWS = {"DYNAMO_MODE": "on", "AWS_DEFAULT_REGION": "us-west-2", "PHOTOS_BUCKET": "faces"}


def settings(**env: str) -> Settings:
    return Settings.from_env({"INSTANCE_FOLDER": "/nowhere", **env})


def silent() -> None:
    raise StorageUnavailable("the database", "dynamodb:GetItem", "Employees-index", "no answer")


def reply(status: int, body: str, **headers: str) -> Reply:
    lines = "".join(f"{name.replace('_', '-')}: {text}\r\n" for name, text in headers.items())
    raw = body.encode()
    head = f"HTTP/1.1 {status} X\r\nContent-Type: text/xml\r\nContent-Length: {len(raw)}\r\n{lines}"
    return Reply(status, head.encode() + b"\r\n" + raw)


@pytest.fixture
def on_ec2(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A stand-in of the metadata service, in us-west-2."""
    monkeypatch.setattr(ec2_metadata, "_cache", TtlValue(ec2_metadata.RETRY_SECONDS))
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
    server = ImdsServer(("127.0.0.1", 0), Imds)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    monkeypatch.setenv(
        "AWS_EC2_METADATA_SERVICE_ENDPOINT", f"http://127.0.0.1:{server.server_port}/"
    )
    ec2_metadata.current_machine()
    # boto3 asks it too, for a role that this stand-in does not have.
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "false")
    yield
    server.shutdown()
    thread.join()
    server.server_close()


# Settings and region


def test_a_placeholder_left_in_is_named_with_the_line_to_change() -> None:
    found = check_settings(settings(PHOTOS_BUCKET="<INSERT BUCKET HERE>", DYNAMO_MODE="on"))
    assert found.state is State.FAILED
    assert "PHOTOS_BUCKET still has the placeholder <INSERT BUCKET HERE>" in found.message
    assert "PHOTOS_BUCKET=" in found.fix_command
    assert check_settings(settings()).state is State.OK


@pytest.mark.parametrize(
    ("region", "state"),
    [("", State.FAILED), ("somewhere", State.FAILED), ("us-west-2", State.OK)],
)
def test_a_region_that_is_not_there_or_is_none(region: str, state: State) -> None:
    found = check_region(settings(DYNAMO_MODE="on", AWS_DEFAULT_REGION=region))
    assert found.state is state
    if state is State.FAILED:
        assert "AWS_DEFAULT_REGION=us-west-2" in found.fix_command


def test_a_region_that_is_not_this_machine_s_is_to_be_looked_at(on_ec2: None) -> None:
    found = check_region(settings(DYNAMO_MODE="on", AWS_DEFAULT_REGION="eu-west-1"))
    assert found.state is State.WARNING
    assert "AWS_DEFAULT_REGION=us-west-2" in found.fix_command
    assert check_region(settings(**ON_AWS)).state is State.OK


def test_a_laptop_needs_no_region() -> None:
    assert check_region(settings()).state is State.OK


# Credentials and clock


def test_without_credentials_the_command_that_gives_a_role_is_named(
    monkeypatch: pytest.MonkeyPatch, on_ec2: None
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    found = check_credentials("us-west-2")
    assert found.state is State.FAILED
    assert "aws ec2 associate-iam-instance-profile" in found.fix_command
    assert "--instance-id i-0123456789abcdef0" in found.fix_command


@pytest.mark.parametrize(
    ("code", "words"),
    [("ExpiredToken", "have expired"), ("InvalidClientTokenId", "InvalidClientTokenId")],
)
def test_credentials_that_aws_refuses(
    fault_proxy, monkeypatch: pytest.MonkeyPatch, code: str, words: str
) -> None:
    body = f"<ErrorResponse><Error><Code>{code}</Code><Message>No</Message></Error></ErrorResponse>"
    stand_in_sts(fault_proxy, monkeypatch, reply(403, body))
    found = check_credentials("us-west-2")
    assert (found.state, words in found.message) == (State.FAILED, True)
    assert found.fix_command


def stand_in_sts(fault_proxy, monkeypatch: pytest.MonkeyPatch, answer: Reply) -> None:
    proxy = fault_proxy("http://127.0.0.1:9")
    proxy.on("*").answer(lambda request: answer)
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", proxy.endpoint)


@pytest.mark.parametrize(
    ("arn", "state", "words"),
    [
        ("arn:aws:sts::111122223333:assumed-role/directory/i-1", State.OK, "Role directory in"),
        ("arn:aws:iam::111122223333:user/alice", State.OK, "User alice in"),
        ("arn:aws:iam::111122223333:root", State.WARNING, "root user"),
        ("arn:aws-cn:sts::111122223333:assumed-role/directory/i-1", State.OK, "111122223333"),
    ],
)
def test_whose_credentials_they_are(
    fault_proxy, monkeypatch: pytest.MonkeyPatch, arn: str, state: State, words: str
) -> None:
    body = (
        '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">'
        f"<GetCallerIdentityResult><Arn>{arn}</Arn><UserId>A</UserId>"
        "<Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
    )
    stand_in_sts(fault_proxy, monkeypatch, reply(200, body))
    found = check_credentials("us-west-2")
    assert (found.state, words in found.message) == (state, True), found


def test_access_keys_on_a_machine_are_to_be_looked_at(on_ec2: None) -> None:
    with mock_aws():
        found = check_credentials("us-west-2")
    assert found.state is State.WARNING
    assert "aws ec2 associate-iam-instance-profile" in found.fix_command


def test_where_nobody_says_who_we_are_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9")
    found = check_credentials("us-west-2")
    assert (found.state, "could not be reached" in found.message) == (State.WARNING, True)


@pytest.mark.parametrize(
    ("off", "state", "words"),
    [
        (0, State.OK, "to about a second"),
        (-3, State.OK, "[3-5] seconds"),
        (30, State.WARNING, "3[0-9] seconds behind"),
        (-30, State.WARNING, "seconds ahead of"),
        (900, State.FAILED, "AWS rejects"),
    ],
)
def test_a_clock_that_is_off(
    fault_proxy, monkeypatch: pytest.MonkeyPatch, off: int, state: State, words: str
) -> None:
    proxy = fault_proxy("http://127.0.0.1:9")
    proxy.on("*").answer(
        lambda request: reply(200, "healthy", Date=formatdate(time.time() + off, usegmt=True))
    )
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", proxy.endpoint)
    found = check_clock("us-west-2", "dynamodb")
    assert (found.state, bool(re.search(words, found.message))) == (state, True), found
    assert bool(found.fix_command) is (state is not State.OK)


@pytest.mark.parametrize("headers", [{}, {"Date": "yesterday"}])
def test_a_service_that_tells_no_time_is_not_compared_with(
    fault_proxy, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str]
) -> None:
    proxy = fault_proxy("http://127.0.0.1:9")
    proxy.on("*").answer(lambda request: reply(200, "healthy", **headers))
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", proxy.endpoint)
    found = check_clock("us-west-2", "s3")
    assert (found.state, "no date in the answer" in found.message) == (State.WARNING, True)
    proxy.refuse()
    assert check_clock("us-west-2", "s3").state is State.WARNING


# Records, photos, key


def test_a_database_that_answers_tells_its_time_and_people(tmp_path: Path) -> None:
    own = settings(INSTANCE_FOLDER=str(tmp_path))
    stores = open_stores(own)
    found = check_records(own, stores.employees)
    assert (found.state, found.fix_command) == (State.FAILED, "flask setup")
    stores.employees.set_up()
    found = check_records(own, stores.employees)
    assert (found.state, "; 0 people." in found.message) == (State.OK, True)


def test_a_folder_that_takes_no_photos(tmp_path: Path) -> None:
    own = settings(INSTANCE_FOLDER=str(tmp_path))
    assert own.photos_folder
    photos = open_folder_store(own.photos_folder)
    assert check_photos(own, photos, "").state is State.OK
    own.photos_folder.write_text("in its place")
    found = check_photos(own, photos, "")
    assert found.state is State.FAILED
    assert str(own.photos_folder) in found.fix_command


def test_photos_that_are_off_say_why_and_which_setting_mends_it() -> None:
    found = check_photos(settings(), None, "Photos are off, because no bucket is named.")
    assert (found.state, "PHOTOS_BUCKET=" in found.fix_command) == (State.WARNING, True)


def test_a_key_that_cannot_be_had() -> None:
    found = check_key(settings(**ON_AWS), silent, list)
    assert (found.state, "cannot be read" in found.message) == (State.FAILED, True)
    assert "SECRET_KEY=" in found.fix_command


def test_machines_that_sign_with_different_keys_are_found_by_their_marks() -> None:
    own = settings(**ON_AWS, SECRET_KEY=SECRET)
    same = [beat("i-a", key_mark="00ff"), beat("i-b", key_mark="00ff"), beat("i-c")]
    found = check_key(own, tuple, lambda: same)
    assert (found.state, "2 machines use the same key" in found.message) == (State.OK, True)
    gone = beat("i-e", key_mark="22ff", seconds_ago=60)
    assert check_key(own, tuple, lambda: [*same, gone]).state is State.OK
    found = check_key(own, tuple, lambda: [*same, beat("i-d", key_mark="11ff")])
    assert (found.state, "2 different keys" in found.message) == (State.FAILED, True)


def test_machines_that_share_a_database_share_the_key_in_it() -> None:
    shared = settings(DATABASE_URL="postgresql://u:p@h/d")
    assert check_key(shared, tuple, list).message.startswith("It is stored in the database")
    for own in (settings(), settings(**ON_AWS), settings(SECRET_KEY=SECRET)):
        assert check_key(own, tuple, list).state is State.OK


# The machine


FULL_DISK = """
mount -t tmpfs -o size=16m none "$INSTANCE_FOLDER"
head -c 16m /dev/zero > "$INSTANCE_FOLDER/film"
"$PYTHON" -m flask --app application.py doctor
"""


def test_a_disk_that_is_full(tmp_path: Path) -> None:
    assert check_disk(settings(INSTANCE_FOLDER=str(tmp_path))).state is not State.FAILED
    if os.geteuid() != 0:
        do_without("root", "a disk of our own, to fill it")
    apart = [find("unshare", "a disk of our own, to fill it"), "--mount", "sh", "-c", FULL_DISK]
    environment = isolated({"INSTANCE_FOLDER": str(tmp_path), "PYTHON": sys.executable})
    told = subprocess.run(apart, capture_output=True, text=True, env=environment, check=False)
    assert told.returncode == 1
    assert f"FAILED   Disk space: 0 MB free of 16 MB, for {tmp_path}." in told.stdout
    assert f"df -h {tmp_path}" in told.stdout


def test_metadata_that_should_answer_and_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    makers = tmp_path / "sys_vendor"
    monkeypatch.setattr("app.diagnostics.machine.VENDOR_FILE", makers)
    assert check_metadata().state is State.OK
    makers.write_text("QEMU\n")
    assert check_metadata().state is State.OK
    makers.write_text("Amazon EC2\n")
    found = check_metadata()
    assert found.state is State.FAILED
    assert "modify-instance-metadata-options" in found.fix_command


def test_metadata_that_answers_names_the_machine(on_ec2: None) -> None:
    found = check_metadata()
    assert (found.state, "i-0123456789abcdef0" in found.message) == (State.OK, True)


def test_the_program_stress_is_there_or_not_or_not_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = check_stress(settings())
    assert (found.state, "install -y stress" in found.fix_command) == (State.WARNING, True)
    assert check_stress(settings(STRESS="off")).state is State.OK
    (tmp_path / "stress").write_text("#!/bin/sh\n")
    (tmp_path / "stress").chmod(0o755)
    found = check_stress(settings())
    assert (found.state, str(tmp_path) in found.message) == (State.OK, True)


def test_a_port_where_nobody_listens() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as unused:
        port = unused.getsockname()[1]
    found = check_port(port, for_others=True)
    assert (found.state, "systemctl restart" in found.fix_command) == (State.FAILED, True)
    assert check_port(port, for_others=False).state is State.WARNING


def test_a_port_where_something_else_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.diagnostics.port._TIMEOUT_SECONDS", 0.2)
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]
        assert listening_on(port)
        found = check_port(port, for_others=False)
    assert (found.state, "in use by another program" in found.message) == (State.FAILED, True)
    assert f"sport = :{port}" in found.fix_command


def test_a_port_that_is_open_to_this_machine_alone(tmp_path: Path) -> None:
    with app_in_thread(small_app(tmp_path)) as url:
        port = int(url.rpartition(":")[2])
        found = check_port(port, for_others=True)
        assert (found.state, "on this machine only" in found.message) == (State.FAILED, True)
        assert check_port(port, for_others=False).state is State.OK


# The examination


def test_findings_come_worst_first_and_a_check_that_hangs_counts_as_broken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.diagnostics.runner.MAX_RUN_SECONDS", 0.3)
    waiting = threading.Event()

    def hang() -> Finding:
        waiting.wait(20)
        return ok("late")

    checks = [
        Check("a", lambda: ok("well")),
        Check("b", hang),
        Check("c", lambda: warning("hm", "do")),
        Check("d", lambda: failed("no", "do")),
    ]
    began = time.monotonic()
    report = run_checks(checks)
    waiting.set()
    assert time.monotonic() - began < 0.3 + LATE
    assert [name for name, _ in report.findings] == ["b", "d", "c", "a"]
    assert "did not finish within" in report.findings[0][1].message
    assert [report.count(state) for state in State] == [2, 1, 1]
    assert not report.healthy


def test_a_store_that_fails_in_a_check_is_a_finding_with_action_and_place() -> None:
    report = run_checks([Check("a", silent)])  # type: ignore[arg-type]
    ((_, finding),) = report.findings
    assert finding.state is State.FAILED
    assert "dynamodb:GetItem Employees-index: no answer" in finding.message


def test_however_many_ask_at_once_there_is_one_examination() -> None:
    looked = []

    def note() -> Finding:
        looked.append(1)
        time.sleep(0.1)
        return ok("well")

    doctor = Doctor(lambda: [Check("a", note)])
    threads = [threading.Thread(target=doctor.report) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(looked) == 1


def test_the_command_ends_with_1_exactly_when_something_is_broken(tmp_path: Path) -> None:
    well = small_app(tmp_path / "well")
    result = well.test_cli_runner().invoke(args=["doctor", "--port", "9"])
    assert result.exit_code == 0, result.output
    assert "0 failed, " in result.output
    assert (
        "Warning  Access: Everybody who reaches the directory may change everything"
        in result.output
    )
    assert result.stdout.splitlines()[-1] == f"Employee Directory {version()}"
    ill = small_app(tmp_path / "ill", PHOTOS_FOLDER="${PHOTOS}")
    result = ill.test_cli_runner().invoke(args=["doctor", "--port", "9"])
    assert result.exit_code == 1
    assert result.stdout.startswith("FAILED   Settings: PHOTOS_FOLDER still has")
    assert "PHOTOS_FOLDER=" in result.output


def test_the_page_and_its_json_tell_the_same(tmp_path: Path) -> None:
    app = small_app(tmp_path, PHOTOS_BUCKET="<BUCKET>")
    page = PageReader(app).get("/doctor")
    told = app.test_client().get("/doctor", headers={"Accept": "application/json"}).json
    assert told
    assert told["healthy"] is False
    assert page.h1 == "Health"
    assert [words(each) for each in page.all("h2")] == [each["name"] for each in told["checks"]]
    tally = [words(each) for each in page.one("ul", cls="tally").iter("li")]
    states = [each["state"] for each in told["checks"]]
    assert tally == [
        f"{states.count('broken')} failed",
        count_of(states.count("look"), "warning", "warnings"),
        f"{states.count('fine')} OK",
    ]
    for each in told["checks"]:
        assert each["found"] in page.text or "\n" in each["mend"]


def words(element) -> str:
    return " ".join(" ".join(element.itertext()).split())


def test_a_secret_is_told_to_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "very-secret-access-key")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")

    class Down(ModelStore):
        def check(self) -> None:
            silent()

    env = {
        "SECRET_KEY": SECRET,
        "PHOTOS_BUCKET": "faces",
        "AWS_DEFAULT_REGION": "us-west-2",
    }
    own = Settings.from_env({"INSTANCE_FOLDER": str(tmp_path), **env})
    stores = stores_of(Down(), None, "off", open_checks=open_stores(own).open_checks)
    app = small_app(tmp_path, stores, **env)
    told = json.dumps(app.test_client().get("/doctor", headers={"Accept": "text/json"}).text)
    told += app.test_client().get("/info").text
    told += app.test_cli_runner().invoke(args=["doctor"]).output
    assert "Photo bucket" in told
    for secret in (SECRET, "very-secret-access-key"):
        assert secret not in told


def test_the_settings_of_the_application_in_node_that_count_are_told() -> None:
    settings = Settings.from_env({"TABLE_NAME": "Staff", "DEFAULT_AWS_REGION": "eu-west-1"})
    assert "TABLE_NAME is used for DYNAMO_TABLE: Staff." in check_settings(settings).message
